# The one-cycle schedule: learning rate and β₁ over the steps of a training.
# Drawn by make method; data written by chapters/method/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/one-cycle.svg'; stamp='...'" figures/one-cycle.gp

load 'figures/style.gp'

schedule = data . '/method-schedule.tsv'
stats schedule using 'rate' name 'R' nooutput
stats schedule using 'step' name 'N' nooutput

eval beginSVG(900, 340)
eval heading('The learning rate rises for 30 % of the steps, then falls almost to zero', \
  sprintf('The one-cycle schedule over the %s steps of chapter 4 at short. β₁ is the decay of Adam’s moving average of gradients.', thousands(N_max + 1)))

set bmargin at screen atY(76)
set tmargin at screen atY(pageHeight - 106)
set border 1 linecolor rgb ink
set xrange [0 : N_max + 1]
set xtics scale 0.4 nomirror textcolor rgb ink font smallFont offset 0, 0.3
set ytics scale 0 textcolor rgb softInk font smallFont
set grid ytics linecolor rgb hairline linewidth 0.7 linetype 1

set multiplot
set lmargin at screen atX(pageMargin + 50)
set rmargin at screen atX(pageMargin + 410)
set yrange [0 : 1.05 * R_max]
set xtics ('0' 0)
do for [k = 1 : 3] { set xtics add (thousands(int(k * N_max / 3000 + 0.5) * 1000) int(k * N_max / 3000 + 0.5) * 1000) }
set label 10 'learning rate' at graph 0, screen atY(pageHeight - 84) @panelTitle
set label 11 'steps' at graph 1, screen atY(48) right @panelNote
plot schedule using 'step':'rate' with lines linewidth 2.2 linecolor rgb classColor(7)

set lmargin at screen atX(pageMargin + 490)
set rmargin at screen atX(pageWidth - pageMargin - 10)
set yrange [0.84 : 0.96]
set ytics 0.05
set label 10 'β₁' at graph 0, screen atY(pageHeight - 84) @panelTitle
plot schedule using 'step':'beta1' with lines linewidth 2.2 linecolor rgb classColor(2)
unset multiplot
