# One iteration of MixMatch with numbers, on images of one pixel.
# Drawn by make method; data written by chapters/method/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/mixmatch.svg'; stamp='...'; lossX='0.9'; lossU='0.02'; \
#               weight='75'; loss='2.4'; temperature='0.5'" figures/mixmatch.gp
# lossX        the loss on the labelled images
# lossU        the loss on the unlabelled images
# weight       the weight of the latter in the sum
# loss         the sum
# temperature  the temperature of sharpening

load 'figures/style.gp'

iteration = data . '/method-iteration.tsv'

eval beginSVG(900, 640)
eval heading('MixMatch guesses the label of an image, sharpens it, and mixes it with others', \
  'Images of one pixel; bars: probabilities of red, green and blue. Computed by the functions that train.')

# --- Parts of the diagram, in pixels from the left and upper edges ------------------------------------

yTop(px) = atY(pageHeight - px)
stats iteration using 'share' nooutput
rowCount = STATS_records + STATS_invalid
array R[rowCount]; array G[rowCount]; array B[rowCount]
array P[rowCount]; array Q[rowCount]; array S[rowCount]; array L[rowCount]
number(name) = strcol(name) eq 'NaN' ? -1 : column(name)
stats iteration using (R[$0 + 1] = number('red'), 0) nooutput
stats iteration using (G[$0 + 1] = number('green'), 0) nooutput
stats iteration using (B[$0 + 1] = number('blue'), 0) nooutput
stats iteration using (P[$0 + 1] = number('p_red'), 0) nooutput
stats iteration using (Q[$0 + 1] = number('p_green'), 0) nooutput
stats iteration using (S[$0 + 1] = number('p_blue'), 0) nooutput
stats iteration using (L[$0 + 1] = number('share'), 0) nooutput

channel(v) = int(255 * v + 0.5)
colour(i) = sprintf('#%02x%02x%02x', channel(R[i]), channel(G[i]), channel(B[i]))
nextObject = 1
nextLabel = 10
side = 46

swatch(i, x, y) = (nextObject = nextObject + 1, \
  sprintf("set object %d rectangle from screen %f,%f to screen %f,%f fillcolor rgb '%s' fillstyle solid border linecolor rgb '#5f5f5f'", \
    nextObject, atX(x), yTop(y + side), atX(x + side), yTop(y), colour(i)))
bar(x, y, p, rgb) = (nextObject = nextObject + 1, nextLabel = nextLabel + 1, \
  sprintf("set object %d rectangle from screen %f,%f to screen %f,%f fillcolor rgb '%s' fillstyle solid noborder;", \
    nextObject, atX(x), yTop(y + side - 12), atX(x + 22), yTop(y + side - 12 - (side - 14) * p), rgb) . \
  sprintf("set label %d '%.2f' at screen %f,%f center font smallFont textcolor rgb ink", \
    nextLabel, p, atX(x + 11), yTop(y + side - 4)))
bars(i, x, y) = bar(x, y, P[i], '#d1495b') . ';' . bar(x + 28, y, Q[i], '#3f9b6b') . ';' . bar(x + 56, y, S[i], '#3f76c4')
text(words, x, y) = (nextLabel = nextLabel + 1, \
  sprintf("set label %d \"%s\" at screen %f,%f font smallFont textcolor rgb softInk", nextLabel, words, atX(x), yTop(y)))
strong(words, x, y) = (nextLabel = nextLabel + 1, \
  sprintf("set label %d \"%s\" at screen %f,%f font bold(textSize) textcolor rgb ink", nextLabel, words, atX(x), yTop(y)))
arrow(x1, y1, x2, y2) = (nextObject = nextObject + 1, \
  sprintf("set arrow %d from screen %f,%f to screen %f,%f linewidth 1.2 linecolor rgb '#5f5f5f' size screen 0.008,20 filled", \
    nextObject, atX(x1), yTop(y1), atX(x2), yTop(y2)))

# --- Above: the guess -------------------------------------------------------------------------------

eval strong('3. augment', 130, 84)
eval strong('4. predict, and take the mean', 270, 84)
eval strong(sprintf('5. sharpen, T = %s', temperature), 650, 84)
eval text('unlabelled image u', 16, 196)
eval swatch(2, 30, 133)
eval arrow(82, 156, 138, 130)
eval arrow(82, 156, 138, 186)
eval swatch(3, 146, 104)
eval swatch(4, 146, 166)
eval arrow(198, 127, 270, 127)
eval arrow(198, 189, 270, 189)
eval bars(3, 280, 104)
eval bars(4, 280, 166)
eval arrow(370, 127, 448, 148)
eval arrow(370, 189, 448, 166)
eval bars(5, 458, 133)
eval text('the guess', 458, 196)
eval arrow(548, 156, 644, 156)
eval bars(6, 654, 133)
eval text('the sharpened guess q, for both versions', 654, 196)

# --- Below: mixtures, each row an example of X or U ---------------------------------------------------

eval strong('7. image and partner', 16, 246)
eval strong('8, 9. mixture', 250, 246)
eval strong('prediction', 370, 246)
eval strong('label of the mixture', 520, 246)
eval strong('loss', 700, 246)
do for [k = 0 : 2] {
  i = 7 + 4 * k
  y = 266 + 92 * k
  eval text(sprintf('%.2f ×', L[i]), 16, y + 24)
  eval swatch(i, 62, y)
  eval text(k == 0 ? 'labelled x' : sprintf('version %d', k), 58, y + 62)
  eval text(sprintf('+ %.2f ×', L[i + 1]), 116, y + 24)
  eval swatch(i + 1, 174, y)
  eval text('partner', 174, y + 62)
  eval text('=', 231, y + 24)
  eval swatch(i + 2, 252, y)
  eval text(k == 0 ? "X′" : "U′", 266, y + 62)
  eval arrow(304, y + 23, 360, y + 23)
  eval bars(i + 3, 370, y)
  eval text('should be', 456, y + 24)
  eval bars(i + 2, 520, y)
}
eval text("Lₓ: cross-entropy of\nlabel and prediction", 700, 280)
eval strong(sprintf('Lₓ = %s', lossX), 700, 326)
eval text("Lᵤ: mean squared\ndifference of the bars", 700, 372)
eval strong(sprintf('Lᵤ = %s', lossU), 700, 418)
eval strong(sprintf('loss  =  Lₓ + λᵤ Lᵤ  =  %s + %s · %s  =  %s', lossX, weight, lossU, loss), 16, 566)

set xrange [0 : 1]
set yrange [0 : 1]
unset border
unset tics
plot NaN notitle
