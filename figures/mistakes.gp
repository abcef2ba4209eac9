# The most confident wrong predictions: test images with their true and predicted classes.
# Drawn by make chapter4 and make own; data written by Sources/ResultTables/EvaluationFigures.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/mistakes.png'; stamp='...'; sheet='chapter4-mistakes'; \
#               sheetWidth='212'; sheetHeight='176'; tile='32'; mistakes='2650'; images='10000'" figures/mistakes.gp
# sheet, ..., tile  see figures/sheet.gp
# mistakes, images  the number of misclassified test images, and of all test images

load 'figures/style.gp'
load 'figures/sheet.gp'

eval beginPNG(900, int(70 + pixelFor(900 - 2 * pageMargin) * rows + 30))
eval heading(int(mistakes) > 0 ? 'The most confident wrong predictions' : 'The least confident predictions', \
  int(mistakes) == 0 ? sprintf('All of %s test images are classified correctly; these have the lowest confidence. Bold: true class. Colour: predicted class and confidence.', \
    thousands(int(images))) : sprintf('Of %s test images, %s are misclassified; these have the highest confidence. Bold: true class. Colour: predicted class and confidence.', \
    thousands(int(images)), thousands(int(mistakes))))
eval sheetAt(0, 30)

under(line) = column('y') + edge + (4 + 15 * line) / scale
plot @pictures, \
  @words 'x':(under(0.3)):(text('truth')) with labels left font bold(smallSize) textcolor rgb ink noenhanced, \
  @words 'x':(under(1.3)):(text('answer')) with labels left font smallFont textcolor rgb classColor(2) noenhanced, \
  @words (placed('confidence') + edge):(under(1.3)):(text('confidence')) with labels right font smallFont textcolor rgb classColor(2)
