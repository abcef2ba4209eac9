# One image under each transform alone, from the minimum of its parameter to the maximum.
# Drawn by make chapter1; data written by chapters/1-augmentation/Sheets.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/transforms.png'; stamp='...'; sheetWidth='304'; \
#               sheetHeight='252'; tile='32'" figures/transforms.gp
# sheetWidth, sheetHeight  how many pixels of the data file make up the sheet
# tile                     the height and width of a picture on it

load 'figures/style.gp'

sheet = data . '/chapter1-transforms.tsv'
words = data . '/chapter1-transforms-words.tsv'
columns = int(sheetWidth)
rows = int(sheetHeight)

namesWidth = 100
# A whole number of the PNG's pixels for each of the sheet's keeps their edges sharp.
scale = floor(2 * (900.0 - 2 * pageMargin - namesWidth) / columns) / 2.0
eval beginPNG(900, int(72 + scale * rows + 30))
eval heading('One transform at a time, over its range', \
  'Under each image its parameter''s value, between the least and the greatest; p is how often the transform happens.')
eval warningOverPictures

set lmargin at screen atX(pageMargin)
set rmargin at screen atX(pageMargin + namesWidth + scale * columns)
set bmargin at screen atY(30)
set tmargin at screen atY(30 + scale * rows)
left = -namesWidth / scale
set xrange [left : columns]
set yrange [rows : 0]
unset tics
set border 0

edge = int(tile)
text(wanted) = strcol('kind') eq wanted ? strcol('text') : ''
placed(wanted) = strcol('kind') eq wanted ? column('x') : NaN
plot sheet using (int($0) % columns + 0.5):(int($0) / columns + 0.5):'red':'green':'blue' with rgbimage, \
  words using (placed('picture')):'y':'x':(column('x') + edge):'y':(column('y') + edge) with boxxyerror linecolor rgb hairline linewidth 0.5 fillstyle empty, \
  words using (left):(column('y') + 13):(text('name')) with labels left font bold(textSize) textcolor rgb ink, \
  words using (left):(column('y') + 20):(text('probability')) with labels left font smallFont textcolor rgb softInk, \
  words using (column('x') + edge / 2):(column('y') + 4):(text('value')) with labels center font stampFont textcolor rgb softInk
