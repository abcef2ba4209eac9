# The intervals of λ that AdaMixUp has learned, for pairs of one class and of two classes, and the loss of its
# discriminator.
# Drawn by make mixing; data written by chapters/mixing-further/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/mixing-intervals.svg'; stamp='...'" figures/mixing-intervals.gp

load 'figures/style.gp'

intervals = data . '/mixing-intervals.tsv'
stats intervals using (column('step')) name 'X' nooutput
stats intervals using (column('seed')) name 'S' nooutput
stats intervals using (column('discriminatorLoss')) name 'L' nooutput
ofSeed(s, y) = column('seed') == s ? y : NaN
names = 'like unlike'

eval beginSVG(900, 520)
middleAtEnd(kind) = column('step') == X_max ? (column(kind . 'Low') + column(kind . 'High')) / 2 : NaN
do for [kind in names] { stats intervals using (middleAtEnd(kind)) name kind nooutput }
eval heading('AdaMixUp''s λ ends near ' . (sprintf('%.2f', like_mean) eq sprintf('%.2f', unlike_mean) ? \
  sprintf('%.2f for both kinds of pairs', like_mean) : \
  sprintf('%.2f for pairs of one class, and near %.2f for the others', like_mean, unlike_mean)), \
  'Bands: mean interval of λ over 100 steps, mirrored where its middle lies above ½; ½ is an even mixture. One band per seed.')

set xrange [0 : X_max]
set border 1 linecolor rgb ink
set ytics scale 0 textcolor rgb softInk font smallFont
set xtics scale 0.4 nomirror format '%g' textcolor rgb ink font smallFont offset 0, 0.3
set grid ytics linecolor rgb hairline linewidth 0.7 linetype 1
lossColor = classColor(2)
colors = '7 4'

set multiplot

# --- One panel for each kind of pair ----------------------------------------------------------------

set tmargin at screen atY(pageHeight - 92)
set bmargin at screen atY(252)
set yrange [0 : 0.7]
set ytics 0.1
do for [panel = 1 : 2] {
  name = word(names, panel)
  color = classColor(word(colors, panel))
  set lmargin at screen atX(pageMargin + 44 + (panel - 1) * 430)
  set rmargin at screen atX(pageMargin + 420 + (panel - 1) * 430)
  set label 10 panel == 1 ? 'λ, for two images of one class' : 'λ, for images of two classes' at graph 0, graph 1 offset 0, 0.7 @panelTitle
  set label 12 'steps' at graph 1, screen atY(222) right @panelNote
  plot for [s = S_min : S_max] intervals using (ofSeed(s, column('step'))):(column(name . 'Low')):(column(name . 'High')) with filledcurves fillcolor rgb transparent(color, 0.7), \
    for [s = S_min : S_max] intervals using (ofSeed(s, column('step'))):(column(name . 'Low')) with linespoints pointtype 7 pointsize 0.2 linewidth 1.2 linecolor rgb color, \
    for [s = S_min : S_max] intervals using (ofSeed(s, column('step'))):(column(name . 'High')) with linespoints pointtype 7 pointsize 0.2 linewidth 1.2 linecolor rgb color
  unset label
}

# --- The discriminator ------------------------------------------------------------------------------

set lmargin at screen atX(pageMargin + 44)
set rmargin at screen atX(pageWidth - pageMargin - 130)
set tmargin at screen atY(178)
set bmargin at screen atY(72)
set yrange [0 : larger(0.75, 1.05 * L_max)]
set ytics 0.2
set label 10 'loss of the discriminator' at graph 0, graph 1 offset 0, 0.7 @panelTitle
set label 12 'steps' at graph 1, screen atY(42) right @panelNote
set label 13 'ln 2: guessing' at graph 1, first log(2) offset 1, 0 @panelNote
set arrow 10 from graph 0, first log(2) to graph 1, first log(2) nohead back linewidth 1 dashtype 2 linecolor rgb ink
plot for [s = S_min : S_max] intervals using (ofSeed(s, column('step'))):(column('discriminatorLoss')) with linespoints pointtype 7 pointsize 0.2 linewidth 1.6 linecolor rgb lossColor

unset multiplot
