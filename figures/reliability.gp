# The accuracy of predictions by their confidence, beside the diagonal on which both agree.
# Drawn by make own; data written by chapters/own-images/Figures.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/own-reliability.svg'; stamp='...'; \
#               runs='\"supervised\" \"MixMatch\"'; errors='21.0 9.4'" figures/reliability.gp
# runs     the names of the runs to draw, at most two, each in double quotes
# errors   their expected calibration errors, in percentage points

load 'figures/style.gp'

reliability = data . '/own-reliability.tsv'
runCount = words(runs)
isRun(k) = strcol('run') eq word(runs, k)
color(k) = runColor(word(runs, k))

# The largest group has a radius of 1.6.
stats reliability using (column('count')) name 'Group' nooutput
pointSize(n) = 0.35 + 1.25 * sqrt(n / (1.0 * Group_max))

# Filled squares and circles, as in the legend.
symbol(k) = k == 1 ? 5 : 7

eval beginSVG(900, 560)
last = runCount
eval heading(sprintf('Confidence and accuracy differ by %s points on average after %s', word(errors, last), word(runs, last)), \
  'Test pictures in groups of similar confidence; below the diagonal the network is too certain. Area of a point: number of pictures. ECE: expected calibration error.')

do for [k = 1 : runCount] {
  set label 10 + k sprintf('%s %s, ECE %s points', k == 1 ? '■' : '●', word(runs, k), word(errors, k)) \
    at graph 1.05, graph 0.97 - 0.06 * (k - 1) font bold(textSize) textcolor rgb color(k)
}

set lmargin at screen atX(pageMargin + 70)
set rmargin at screen atX(pageMargin + 70 + 430)
set bmargin at screen atY(90)
set tmargin at screen atY(pageHeight - 70)
set xrange [0 : 1]
set yrange [0 : 1]
set border 3 linecolor rgb ink
set grid xtics ytics linecolor rgb hairline linewidth 0.7 linetype 1
set xtics @percentTicks scale 0 nomirror textcolor rgb ink font smallFont
set ytics @percentTicks scale 0 nomirror textcolor rgb ink font smallFont
set xlabel 'confidence' font smallFont textcolor rgb softInk
set ylabel 'accuracy' font smallFont textcolor rgb softInk

plot x with lines linewidth 0.9 linecolor rgb softInk, \
  for [k = 1 : runCount] reliability using (isRun(k) ? column('confidence') : NaN):(column('accuracy')) with lines linewidth 1.2 linecolor rgb color(k), \
  for [k = 1 : runCount] reliability using (isRun(k) ? column('confidence') : NaN):(column('accuracy')):(pointSize(column('count'))) with points pointtype symbol(k) pointsize variable linecolor rgb color(k)
