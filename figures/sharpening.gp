# A random distribution over the classes, unchanged and sharpened with two temperatures.
# Drawn by make chapter3; data written by chapters/3-sharpening/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/sharpening.svg'; stamp='...'" figures/sharpening.gp

load 'figures/style.gp'

distribution = data . '/chapter3-sharpening.tsv'
temperatures = '1 0.5 0.1'
panels = words(temperatures)
p(panel) = column('T' . word(temperatures, panel))

eval beginSVG(900, 360)
eval heading('Sharpening increases the probability of the most likely class', \
  'A random distribution over the classes (T = 1), and the same distribution sharpened. Dark outline: T = 1.')

set lmargin at screen atX(pageMargin + 70)
set rmargin at screen atX(pageWidth - pageMargin)
set bmargin at screen atY(68)
set tmargin at screen atY(pageHeight - 122)

# --- Three panels along one x axis, so that they share the y axis -----------------------------------

nats(p) = p > 0 ? -p * log(p) : 0
array entropy[panels]
array highest[panels]
do for [i = 1 : panels] {
  stats distribution using (nats(p(i))) name 'H' nooutput
  stats distribution using (p(i)) name 'P' nooutput
  entropy[i] = H_sum
  highest[i] = P_max
}
classes = P_records
panelStep = classes + 1.2
x(panel) = (panel - 1) * panelStep + column('class')

set xrange [-0.6 : (panels - 1) * panelStep + classes - 0.4]
set yrange [0 : 1]
set border 0
set xtics scale 0 textcolor rgb ink font smallFont offset 0, 0.4
set ytics 0.25 scale 0 textcolor rgb softInk font smallFont
set ylabel 'probability' textcolor rgb softInk font smallFont
set label 2 'class' at screen atX(pageMargin + 63), atY(57) right textcolor rgb softInk font smallFont

do for [i = 1 : panels] {
  left = (i - 1) * panelStep - 0.5
  do for [line = 0 : 4] {
    set arrow 10 * i + line from left, 0.25 * line to left + classes, 0.25 * line nohead back linewidth 0.7 linecolor rgb line == 0 ? ink : hairline
  }
  set label 10 * i sprintf('T = %s', word(temperatures, i)) at left, screen atY(pageHeight - 84) font bold(textSize + 1) textcolor rgb ink
  set label 10 * i + 1 sprintf('entropy %.2f nats', entropy[i]) at left, screen atY(pageHeight - 102) @panelNote
}

# --- Bars: the most likely class in full colour, with values above bar and outline -------------------------------

winner = classColor(7)
others = 0xbcd8f3
barColor(i) = p(i) == highest[i] ? winner : others
# Neighbouring labels of low bars would touch.
shown(p) = p < 0.03 ? '' : sprintf('%.2f', p)
top(i) = p(i) > p(1) ? p(i) : p(1)

set boxwidth 0.8
plot for [i = 1 : panels] distribution using (x(i)):(p(i)):(barColor(i)):xticlabels(strcol('class')) \
    with boxes linecolor rgb variable fillstyle solid noborder, \
  for [i = 2 : panels] distribution using (x(i)):(p(1)) with boxes linecolor rgb ink linewidth 0.8 fillstyle empty border, \
  for [i = 1 : panels] distribution using (x(i)):(top(i)):(shown(p(i))) with labels offset 0, 0.5 font smallFont textcolor rgb ink
