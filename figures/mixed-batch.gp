# Examples of a mixed batch: images, their partners, and the blends.
# Drawn by make chapter4; data written by chapters/4-mixmatch/Pictures.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/mixed-batch.png'; stamp='...'; sheet='chapter4-mixed-batch'; \
#               sheetWidth='334'; sheetHeight='246'; tile='32'" figures/mixed-batch.gp
# sheet, ..., tile  see figures/sheet.gp

load 'figures/style.gp'
load 'figures/sheet.gp'

eval beginPNG(900, int(94 + pixelFor(900 - 2 * pageMargin) * rows + 30))
eval heading('Each image of a mixed batch is blended with a random one of the batch', \
  'Blend: λ′ times an augmented image plus 1 − λ′ times its partner. The labels are blended in the same way; their largest probabilities are shown.')
eval sheetAt(0, 30)

set label 10 'X′' at 0, graph 1 offset 0, 0.7 font bold(textSize + 1) textcolor rgb ink
set label 11 'labelled images' at 10, graph 1 offset 0, 0.7 @panelNote
set label 12 'U′' at columns / 2, graph 1 offset 0, 0.7 font bold(textSize + 1) textcolor rgb ink
set label 13 'unlabelled images with guessed labels' at columns / 2 + 10, graph 1 offset 0, 0.7 @panelNote

# A bar below each class shows its probability; the grey track has the length of probability 1.
trackLength = 1.35 * edge
share(wanted) = strcol('kind') eq wanted ? real(strcol('text')) : NaN
bar(length) = column('x') + trackLength * length
barTop = 6.6
barBottom = 8

set style fill solid noborder
plot @pictures, \
  @words (placed('share') + edge / 2.0):(column('y') + edge + 4):(text('share')) with labels center font smallFont textcolor rgb softInk, \
  @words (placed('sign') + 2.5):(column('y') + edge / 2.0):(text('sign')) with labels center textcolor rgb softInk, \
  @words (placed('class')):(column('y') + 3):(text('class')) with labels left font smallFont textcolor rgb ink, \
  @words (placed('probability') + trackLength):(column('y') + 3):(text('probability')) with labels right font smallFont textcolor rgb ink, \
  @words (placed('probability')):'y':'x':(bar(1)):(column('y') + barTop):(column('y') + barBottom) with boxxyerror linecolor rgb '#ececec', \
  @words (placed('probability')):'y':'x':(bar(share('probability'))):(column('y') + barTop):(column('y') + barBottom) with boxxyerror linecolor rgb classColor(7)
