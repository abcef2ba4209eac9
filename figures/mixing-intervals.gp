# The intervals of λ that AdaMixUp has learned, for pairs of one class and of two classes, and the loss of its
# discriminator.
# Drawn by make mixing; data written by chapters/mixing-further/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/mixing-intervals.svg'; stamp='...'" figures/mixing-intervals.gp

load 'figures/style.gp'

intervals = data . '/mixing-intervals.tsv'
stats intervals using (column('step')) name 'X' nooutput
stats intervals using (intrusionEnd = column('intrusion'), column('intrusion')) name 'L' nooutput

eval beginSVG(900, 480)
eval heading('Where AdaMixUp draws λ from, and how well mixtures can be told from images', \
  'Bands: mean interval [α, α + Δ] over the pairs since the evaluation before, first seed. Lines: its ends.')

set xrange [0 : X_max]
set border 1 linecolor rgb ink
set ytics scale 0 textcolor rgb softInk font smallFont
set grid ytics linecolor rgb hairline linewidth 0.7 linetype 1
lossColor = classColor(2)
panelTitle = "font bold(textSize) textcolor rgb ink"
panelNote = "font smallFont textcolor rgb softInk"
colors = '7 4'
names = 'like unlike'

set multiplot

# --- One panel for each kind of pair ----------------------------------------------------------------

set tmargin at screen atY(pageHeight - 92)
set bmargin at screen atY(202)
set yrange [0 : 1]
set ytics 0.25
set xtics scale 0.4 nomirror format '' 
do for [panel = 1 : 2] {
  name = word(names, panel)
  color = classColor(word(colors, panel))
  set lmargin at screen atX(pageMargin + 44 + (panel - 1) * 430)
  set rmargin at screen atX(pageMargin + 420 + (panel - 1) * 430)
  set label 10 panel == 1 ? 'λ for two images of one class' : 'λ for images of two classes' at graph 0, graph 1 offset 0, 0.7 @panelTitle
  plot intervals using (column('step')):(column(name . 'Low')):(column(name . 'High')) with filledcurves fillcolor rgb transparent(color, 0.5), \
    intervals using (column('step')):(column(name . 'Low')) with linespoints pointtype 7 pointsize 0.3 linewidth 1.6 linecolor rgb color, \
    intervals using (column('step')):(column(name . 'High')) with linespoints pointtype 7 pointsize 0.3 linewidth 1.6 linecolor rgb color
  unset label 10
}

# --- The discriminator ------------------------------------------------------------------------------

unset label
set lmargin at screen atX(pageMargin + 44)
set rmargin at screen atX(pageWidth - pageMargin - 130)
set tmargin at screen atY(160)
set bmargin at screen atY(72)
set yrange [0 : larger(0.75, 1.05 * L_max)]
set ytics 0.2
set xtics scale 0.4 nomirror format '%g' textcolor rgb ink font smallFont offset 0, 0.3
set label 10 'loss of the discriminator' at graph 0, graph 1 offset 0, 0.7 @panelTitle
set label 12 'steps' at graph 1, screen atY(42) right @panelNote
set label 13 'ln 2: guessing' at graph 1, first log(2) offset 1, 0 @panelNote
set label 14 sprintf('{/:Bold %.2f}', intrusionEnd) at graph 1, first intrusionEnd offset 1, 0 font smallFont textcolor rgb lossColor
set arrow 10 from graph 0, first log(2) to graph 1, first log(2) nohead back linewidth 1 dashtype 2 linecolor rgb ink
plot intervals using 'step':'intrusion' with linespoints pointtype 7 pointsize 0.3 linewidth 2.2 linecolor rgb lossColor

unset multiplot
