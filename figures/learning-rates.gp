# The learning-rate range test: the loss while the learning rate rises from step to step.
# Drawn by make lr-find; data written by chapters/4-mixmatch/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/learning-rates.svg'; stamp='...'; peak='0.002'" \
#           figures/learning-rates.gp
# peak  the peak learning rate of the training run

load 'figures/style.gp'

curve = data . '/chapter4-learning-rates.tsv'

eval beginSVG(900, 420)
eval heading('Learning-rate range test: the loss rises when the rate is too high', \
  'Dots: loss of each step. Line: running mean. Dashed: peak of the one-cycle schedule.')

set lmargin at screen atX(70)
set rmargin at screen atX(pageWidth - pageMargin)
set bmargin at screen atY(86)
set tmargin at screen atY(pageHeight - 74)
set border 1 linecolor rgb ink
set tics nomirror font smallFont textcolor rgb ink
set grid ytics linecolor rgb hairline linewidth 1
set logscale x
set format x '10^{%L}'
set xlabel 'learning rate' font smallFont textcolor rgb softInk
set ylabel 'training loss' font smallFont textcolor rgb softInk

# An exponential moving average with weight 0.1 for each new value, with bias correction.
mean = 0.0
weight = 0.0
smoothed(loss) = (mean = 0.9 * mean + 0.1 * loss, weight = 0.9 * weight + 0.1, mean / weight)

set arrow from real(peak), graph 0 to real(peak), graph 1 nohead dashtype 2 linecolor rgb softInk
set label 'peak ' . peak at real(peak), graph 0.95 offset 0.7, 0 @panelNote

plot curve using 'rate':'loss' with points pointtype 7 pointsize 0.4 linecolor rgb classColor(0), \
  curve using 'rate':(smoothed(column('loss'))) with lines linewidth 2 linecolor rgb classColor(7)
