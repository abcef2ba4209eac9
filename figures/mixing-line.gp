# Where mixtures of the two outer of three classes on a line lie while AdaMixUp learns.
# Drawn by make mixing; data written by chapters/mixing-further/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/mixing-line.svg'; stamp='...'" figures/mixing-line.gp

load 'figures/style.gp'

line = data . '/mixing-line.tsv'
stats line using (lowEnd = column('low'), highEnd = column('high'), column('step')) name 'X' nooutput
stats line using (intrusionEnd = column('intrusion'), column('intrusion')) name 'L' nooutput

eval beginSVG(900, 460)
eval heading('The policy moves mixtures of the outer classes away from the class between them', \
  'Three classes at −1, 0 and 1. Band: mean interval in which mixtures of the classes at −1 and 1 lie.')

set lmargin at screen atX(pageMargin + 44)
set rmargin at screen atX(pageWidth - pageMargin - 130)
set xrange [0 : X_max]
set border 1 linecolor rgb ink
set ytics scale 0 textcolor rgb softInk font smallFont
set grid ytics linecolor rgb hairline linewidth 0.7 linetype 1
bandColor = classColor(7)
lossColor = classColor(2)
panelTitle = "font bold(textSize) textcolor rgb ink"
panelNote = "font smallFont textcolor rgb softInk"

set multiplot

set tmargin at screen atY(pageHeight - 92)
set bmargin at screen atY(186)
set yrange [-1.15 : 1.15]
set ytics ('−1' -1, '0' 0, '1' 1)
unset xtics
set label 10 'place on the line' at graph 0, graph 1 offset 0, 0.7 @panelTitle
do for [k = 0 : 2] {
  set label 11 + k sprintf('class %d', k + 1) at graph 1, first (k - 1) offset 1, 0 font smallFont textcolor rgb ink
  set arrow 11 + k from graph 0, first (k - 1) to graph 1, first (k - 1) nohead back linewidth (k == 1 ? 2 : 1) dashtype 2 linecolor rgb ink
}
middle = (lowEnd + highEnd) / 2
set label 15 'mixtures of\nclasses 1 and 3' at graph 1, first middle offset 1, 0.4 font smallFont textcolor rgb bandColor
plot line using 'step':'low':'high' with filledcurves fillcolor rgb transparent(bandColor, 0.5), \
  line using 'step':'low' with lines linewidth 1.6 linecolor rgb bandColor, \
  line using 'step':'high' with lines linewidth 1.6 linecolor rgb bandColor

unset label
unset arrow
set tmargin at screen atY(150)
set bmargin at screen atY(72)
set yrange [0 : larger(0.75, 1.05 * L_max)]
set ytics 0.2
set xtics scale 0.4 nomirror textcolor rgb ink font smallFont offset 0, 0.3
set label 10 'loss of the discriminator' at graph 0, graph 1 offset 0, 0.7 @panelTitle
set label 12 'steps' at graph 1, screen atY(42) right @panelNote
set label 13 'ln 2: guessing' at graph 1, first log(2) offset 1, 0 @panelNote
set label 14 sprintf('{/:Bold %.2f}', intrusionEnd) at graph 1, first intrusionEnd offset 1, 0 font smallFont textcolor rgb lossColor
set arrow 10 from graph 0, first log(2) to graph 1, first log(2) nohead back linewidth 1 dashtype 2 linecolor rgb ink
plot line using 'step':'intrusion' with lines linewidth 2.2 linecolor rgb lossColor

unset multiplot
