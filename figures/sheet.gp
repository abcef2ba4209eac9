# Shared by figures that are sheets of small pictures: the position of the sheet and the plot commands.
# Loaded by other scripts of this folder after style.gp; draws nothing itself.
#
# sheet                    the data file of the pixels; the data file of the words is SHEET-words
# sheetWidth, sheetHeight  the size of the sheet in pixels
# tile                     the height and width of a picture on it
# A script that loads this reads as
#   eval beginPNG(900, int(62 + pixelFor(868) * rows + 42))
#   eval heading("Finding", "How to read the figure")
#   eval sheetAt(0, 42)
#   plot @pictures, @words 'x':'y':(text('class')) with labels

sheetPixels = data . '/' . sheet . '.tsv'
sheetWords = data . '/' . sheet . '-words.tsv'
columns = int(sheetWidth)
rows = int(sheetHeight)
edge = int(tile)

# The size of a sheet pixel if the sheet fills `width` pixels of the page. It is a whole number of PNG pixels,
# two of which are one pixel of the page, so that edges are sharp.
pixelFor(width) = (scale = floor(2.0 * width / columns) / 2.0)

# A command, to be run with `eval`, that places the sheet `room` pixels from the left margin and `bottom` pixels
# from the lower edge of the page. Coordinates are then sheet pixels; left of the sheet, x is negative, from
# `left` on.
sheetAt(room, bottom) = (left = -room / scale, sheetBottom = bottom, \
  "set lmargin at screen atX(pageMargin); set rmargin at screen atX(pageMargin + scale * (columns - left));" . \
  "set bmargin at screen atY(sheetBottom); set tmargin at screen atY(sheetBottom + scale * rows);" . \
  "set xrange [left : columns]; set yrange [rows : 0]; unset tics; set border 0;" . warningOverPictures)

# The texts and positions of the entries of one kind; other entries are left out.
text(wanted) = strcol('kind') eq wanted ? strcol('text') : ''
placed(wanted) = strcol('kind') eq wanted ? column('x') : NaN

words = "sheetWords using"
pictures = "sheetPixels using (int($0) % columns + 0.5):(int($0) / columns + 0.5):'red':'green':'blue' with rgbimage, " . \
  "sheetWords using (placed('picture')):'y':'x':(column('x') + edge):'y':(column('y') + edge) with boxxyerror linecolor rgb hairline linewidth 0.5 fillstyle empty"
