# One random distribution over the classes, untouched and sharpened at two temperatures.
# Drawn by make chapter3; data written by chapters/3-sharpening/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/sharpening.svg'; stamp='...'" figures/sharpening.gp

load 'figures/style.gp'

distribution = data . '/chapter3-sharpening.tsv'
temperatures = '1 0.5 0.1'
panels = words(temperatures)
T(panel) = word(temperatures, panel)
probability(panel) = 'T' . T(panel)

eval beginSVG(900, 360)
eval heading('Sharpening lets the likeliest class win', \
  'One random distribution over the classes. At T = 1 it is left as it is; its outline stays behind the sharpened bars.')

set lmargin at screen atX(pageMargin + 38)
set rmargin at screen atX(pageWidth - pageMargin)
set bmargin at screen atY(76)
set tmargin at screen atY(pageHeight - 116)

# --- Three panels along one x axis, so that they share one y axis -----------------------------------

# p log2 p tends to 0 with p.
bits(p) = p > 0 ? -p * log(p) / log(2) : 0
array entropy[panels]
array best[panels]
do for [panel = 1 : panels] {
  stats distribution using (bits(column(probability(panel)))) name 'H' nooutput
  entropy[panel] = H_sum
  stats distribution using (column(probability(panel))) name 'P' nooutput
  best[panel] = P_max
}
classes = P_records
gap = 1.2
offset(panel) = (panel - 1) * (classes + gap)
end(panel) = offset(panel) + classes

set xrange [-0.7 : end(panels) - 0.3]
set yrange [0 : 1]
set border 0
set xtics scale 0 textcolor rgb ink font sized(smallSize) offset 0, 0.4
set ytics 0.25 scale 0 textcolor rgb softInk font sized(smallSize)
set format y '%.2f'
set grid ytics front linetype 1 linecolor rgb hairline
unset grid
