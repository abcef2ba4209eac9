# The guessed labels during training: accuracy, confidence, and entropy before and after sharpening.
# Drawn by make chapter4; data written by chapters/4-mixmatch/Pictures.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/guesses.svg'; stamp='...'" figures/guesses.gp
# classes  optional: the number of classes, if not 10

load 'figures/style.gp'

if (!exists("classes")) classes = '10'
uniform = log(real(classes))

guesses = data . '/chapter4-guesses.tsv'
stats guesses using (accuracyEnd = column('accuracy'), confidenceEnd = column('confidence'), column('epoch')) name 'X' nooutput
stats guesses using (rawEnd = column('entropy'), sharpEnd = column('sharpenedEntropy'), column('epoch')) name 'X' nooutput

eval beginSVG(900, 420)
eval heading(sprintf('In the end %.1f %% of the guesses are right, at a mean confidence of %.1f %%', 100 * accuracyEnd, 100 * confidenceEnd), \
  'Means over the iterations between two evaluations. The true classes are known to the figure, not to the method.')

set bmargin at screen atY(80)
set tmargin at screen atY(pageHeight - 118)
set xrange [0 : X_max]
set border 1 linecolor rgb ink
set xtics scale 0.4 nomirror textcolor rgb ink font smallFont offset 0, 0.3
set ytics scale 0 textcolor rgb softInk font smallFont
set grid ytics linecolor rgb hairline linewidth 0.7 linetype 1

rightColor = classColor(7)
sureColor = classColor(2)
rawColor = classColor(4)
sharpColor = sureColor
line = "with lines linewidth 2.2 linecolor rgb"
named = "left front font smallFont textcolor rgb"

set multiplot

# --- Left: accuracy and confidence ------------------------------------------------

# The vertical shift of the label of a line that ends at `a`, so that it does not overlap the label of a line
# that ends at `b`, on an axis that covers `range`: labels stay at least 30 pixels apart.
panelHeight = pageHeight - 118 - 80.0
apart(a, b, range) = abs(a - b) > 30 * range / panelHeight ? 0 : (a < b ? -1 : 1) * (15 * range / panelHeight - abs(a - b) / 2)

set lmargin at screen atX(pageMargin + 40)
set rmargin at screen atX(pageMargin + 338)
set yrange [0 : 1]
set ytics @percentTicks
set label 10 'accuracy and confidence' at graph 0, screen atY(pageHeight - 84) @panelTitle
set label 11 'sharpened guesses' at graph 0, screen atY(pageHeight - 102) @panelNote
set label 12 'epochs' at graph 1, screen atY(50) right @panelNote
set label 13 sprintf("accuracy\n{/:Bold %.1f %%}", 100 * accuracyEnd) at graph 1, first accuracyEnd + apart(accuracyEnd, confidenceEnd, 1) offset 1, 0.5 @named rightColor
set label 14 sprintf("confidence\n{/:Bold %.1f %%}", 100 * confidenceEnd) at graph 1, first confidenceEnd + apart(confidenceEnd, accuracyEnd, 1) offset 1, 0.5 @named sureColor
plot guesses using 'epoch':'confidence' @line sureColor, \
  guesses using 'epoch':'accuracy' @line rightColor

# --- Right: entropy before and after sharpening -----------------------------------------------------

unset label
top = 1.08 * uniform
set lmargin at screen atX(pageMargin + 476)
set rmargin at screen atX(pageMargin + 774)
set yrange [0 : top]
set ytics 0.5
set label 10 'entropy, in nats' at graph 0, screen atY(pageHeight - 84) @panelTitle
set label 11 'the shaded area is removed by sharpening' at graph 0, screen atY(pageHeight - 102) @panelNote
set label 12 'epochs' at graph 1, screen atY(50) right @panelNote
set label 13 sprintf("guessed\n{/:Bold %.2f}", rawEnd) at graph 1, first rawEnd + apart(rawEnd, sharpEnd, top) offset 1, 0.5 @named rawColor
set label 14 sprintf("sharpened\n{/:Bold %.2f}", sharpEnd) at graph 1, first sharpEnd + apart(sharpEnd, rawEnd, top) offset 1, 0.5 @named sharpColor
set arrow 10 from graph 0, first uniform to graph 1, first uniform nohead front dashtype 2 linewidth 1 linecolor rgb ink
set label 15 sprintf("ln %s: uniform\ndistribution", classes) at graph 1, first uniform offset 1, 0.5 @named ink
plot guesses using 'epoch':'entropy':'sharpenedEntropy' with filledcurves fillcolor rgb 0xeef0f3, \
  guesses using 'epoch':'entropy' @line rawColor, \
  guesses using 'epoch':'sharpenedEntropy' @line sharpColor

unset multiplot
