# Where mixtures of the two outer of three classes on a line lie while AdaMixUp learns, and the loss of the
# discriminator with learned and with fixed intervals, in several runs.
# Drawn by make mixing; data written by chapters/mixing-further/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/mixing-line.svg'; stamp='...'" figures/mixing-line.gp

load 'figures/style.gp'

points = data . '/mixing-line.tsv'
stats points using (column('run')) name 'R' nooutput
stats points using (column('step')) name 'X' nooutput
stats points using (column('discriminatorLoss')) name 'L' nooutput
runs = int(R_max)
ofRun(k, learns, y) = column('run') == k && column('learns') == learns ? y : NaN

eval beginSVG(900, 560)
eval heading('The policy moves mixtures of the outer classes away from the class between them', \
  sprintf('Generated points of three classes. %d runs learn the intervals, %d have fixed ones. Place: mean middle of the interval of a pair of outer classes.', runs + 1, runs + 1))

set lmargin at screen atX(pageMargin + 44)
set rmargin at screen atX(pageWidth - pageMargin - 120)
set xrange [0 : X_max]
set border 1 linecolor rgb ink
set ytics scale 0 textcolor rgb softInk font smallFont
set grid ytics linecolor rgb hairline linewidth 0.7 linetype 1
placeColor = classColor(7)
lossColor = classColor(2)
fixedColor = classColor(4)

set multiplot

set tmargin at screen atY(pageHeight - 96)
set bmargin at screen atY(282)
set yrange [-1.15 : 1.15]
set ytics ('−1' -1, '0' 0, '1' 1)
set xtics scale 0.4 nomirror format '' 
set label 10 'place on the line' at graph 0, graph 1 offset 0, 0.7 @panelTitle
do for [k = 0 : 2] {
  set label 11 + k word('first second third', k + 1) . ' class' at graph 1, first (k - 1) offset 1, 0 font smallFont textcolor rgb ink
  set arrow 11 + k from graph 0, first (k - 1) to graph 1, first (k - 1) nohead back linewidth 1 dashtype 2 linecolor rgb ink
}
plot for [k = 0 : runs] points using (ofRun(k, 1, column('step'))):(column('place')) with lines linewidth 1.6 linecolor rgb placeColor

unset label
unset arrow
set tmargin at screen atY(244)
set bmargin at screen atY(72)
set yrange [0.97 * L_min : 1.03 * L_max]
set ytics 0.05
set xtics scale 0.4 nomirror format '%g' textcolor rgb ink font smallFont offset 0, 0.3
set label 10 'loss of the discriminator' at graph 0, graph 1 offset 0, 0.7 @panelTitle
set label 12 'steps' at graph 1, screen atY(42) right @panelNote
set label 13 'ln 2: guessing' at graph 1, first log(2) offset 1, 0 @panelNote
do for [k = 0 : 1] {
  set arrow 14 + k from screen atX(pageMargin + 250 + 170 * k), atY(254) rto screen atX(20), 0 nohead linewidth 2.2 linecolor rgb k == 0 ? lossColor : fixedColor
  set label 14 + k k == 0 ? 'intervals learned' : 'all intervals [⅓, ⅔]' at screen atX(pageMargin + 278 + 170 * k), atY(254) font smallFont textcolor rgb ink
}
set arrow 10 from graph 0, first log(2) to graph 1, first log(2) nohead back linewidth 1 dashtype 2 linecolor rgb ink
plot for [k = 0 : runs] points using (ofRun(k, 1, column('step'))):(column('discriminatorLoss')) with lines linewidth 1.2 linecolor rgb lossColor, \
  for [k = 0 : runs] points using (ofRun(k, 0, column('step'))):(column('discriminatorLoss')) with lines linewidth 1.2 linecolor rgb fixedColor

unset multiplot
