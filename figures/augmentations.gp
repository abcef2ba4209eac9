# An image of each class beside its augmented versions in two passes over the data.
# Drawn by make chapter1; data written by chapters/1-augmentation/Sheets.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/augmentations.png'; stamp='...'; sheetWidth='345'; \
#               sheetHeight='205'; tile='32'; augmentation='fastai'; versions='2'" figures/augmentations.gp
# sheetWidth, sheetHeight  how many pixels of the data file make up the sheet
# tile                     the height and width of a picture on it
# augmentation, versions   what was drawn, for the title

load 'figures/style.gp'

sheet = data . '/chapter1-augmentations.tsv'
words = data . '/chapter1-augmentations-words.tsv'
columns = int(sheetWidth)
rows = int(sheetHeight)

# A whole number of the PNG's pixels for each of the sheet's keeps their edges sharp.
scale = floor(2 * (900.0 - 2 * pageMargin) / columns) / 2.0
eval beginPNG(900, int(62 + scale * rows + 42))
eval heading(sprintf('One image, many versions: K = %s in each pass', versions), \
  'Left the original, beside it what two passes over the data make of it. Transforms: ' . augmentation . '.')
eval warningOverPictures

set lmargin at screen atX(pageMargin)
set rmargin at screen atX(pageMargin + scale * columns)
set bmargin at screen atY(42)
set tmargin at screen atY(42 + scale * rows)
set xrange [0 : columns]
set yrange [rows : 0]
unset tics
set border 0

edge = int(tile)
text(wanted) = strcol('kind') eq wanted ? strcol('text') : ''
placed(wanted) = strcol('kind') eq wanted ? column('x') : NaN
plot sheet using (int($0) % columns + 0.5):(int($0) / columns + 0.5):'red':'green':'blue' with rgbimage, \
  words using (placed('picture')):'y':'x':(column('x') + edge):'y':(column('y') + edge) with boxxyerror linecolor rgb hairline linewidth 0.5 fillstyle empty, \
  words using 'x':(column('y') - 3):(text('class')) with labels left font bold(smallSize) textcolor rgb ink, \
  words using 'x':(column('y') - 3):(text('pass')) with labels left font smallFont textcolor rgb softInk
