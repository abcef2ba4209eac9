# One image with each transform alone, from the smallest to the largest value of its parameter.
# Drawn by make chapter1; data written by chapters/1-augmentation/Sheets.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/transforms.png'; stamp='...'; \
#               sheet='chapter1-transforms'; sheetWidth='304'; sheetHeight='252'; tile='32'" figures/transforms.gp
# sheet, ..., tile  see figures/sheet.gp

load 'figures/style.gp'
load 'figures/sheet.gp'

namesWidth = 100
eval beginPNG(900, int(72 + pixelFor(900 - 2 * pageMargin - namesWidth) * rows + 30))
eval heading('Each transform alone, over the range of its parameter', \
  'Below each image: the value of the parameter. Left: the probability with which the transform is applied.')
eval sheetAt(namesWidth, 30)

plot @pictures, \
  @words (left):(column('y') + 13):(text('name')) with labels left font bold(textSize) textcolor rgb ink, \
  @words (left):(column('y') + 20):(text('probability')) with labels left font smallFont textcolor rgb softInk, \
  @words (column('x') + edge / 2):(column('y') + 4):(text('value')) with labels center font smallFont textcolor rgb softInk
