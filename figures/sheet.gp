# What sheets of small pictures have in common: where the sheet lies on the page, and how it is drawn.
# Loaded by other scripts of this folder after style.gp; draws nothing itself.
#
# sheet                    the data file with the sheet's pixels; that of the words is called SHEET-words
# sheetWidth, sheetHeight  how many pixels make up the sheet
# tile                     the height and width of a picture on it
# A script that loads this reads as
#   eval beginPNG(900, int(62 + pixelFor(868) * rows + 42))
#   eval heading("What the figure tells", "How to read it")
#   eval sheetAt(0, 42)
#   plot @pictures, @words 'x':'y':(text('class')) with labels

sheetPixels = data . '/' . sheet . '.tsv'
sheetWords = data . '/' . sheet . '-words.tsv'
columns = int(sheetWidth)
rows = int(sheetHeight)
edge = int(tile)

# How large a pixel of the sheet is drawn to fill `width` pixels of the page: a whole number of the
# PNG's pixels, two of which are one of the page, keeps its edges sharp.
pixelFor(width) = (scale = floor(2.0 * width / columns) / 2.0)

# A command that puts the sheet `room` pixels from the left margin and `bottom` pixels from the page's
# lower edge; run it with `eval`. Its pixels become the coordinates; in the room left of it x is
# negative, from `left` on.
sheetAt(room, bottom) = (left = -room / scale, sheetBottom = bottom, \
  "set lmargin at screen atX(pageMargin); set rmargin at screen atX(pageMargin + scale * (columns - left));" . \
  "set bmargin at screen atY(sheetBottom); set tmargin at screen atY(sheetBottom + scale * rows);" . \
  "set xrange [left : columns]; set yrange [rows : 0]; unset tics; set border 0;" . warningOverPictures)

# The words of one kind, and where the things of one kind are; others are left out.
text(wanted) = strcol('kind') eq wanted ? strcol('text') : ''
placed(wanted) = strcol('kind') eq wanted ? column('x') : NaN

words = "sheetWords using"
pictures = "sheetPixels using (int($0) % columns + 0.5):(int($0) / columns + 0.5):'red':'green':'blue' with rgbimage, " . \
  "sheetWords using (placed('picture')):'y':'x':(column('x') + edge):'y':(column('y') + edge) with boxxyerror linecolor rgb hairline linewidth 0.5 fillstyle empty"
