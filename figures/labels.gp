# Test accuracy over the number of labels: MixMatch, supervised training with and without mixup, and all labels as a
# line, beside the paper's.
# Drawn by make labels; data written by chapters/labels/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/labels.svg'; stamp='...'" figures/labels.gp

load 'figures/style.gp'

file = data . '/labels-curve.tsv'
array names[3] = ['MixMatch', 'supervised with mixup', 'supervised']
array colors[3] = [runColor(names[1]), classColor(2), runColor(names[3])]
array lastLabels[3]
array lastAccuracy[3]
is(name) = strcol('series') eq name
of(name, field) = is(name) ? column(field) : NaN

all = NaN
papersAll = NaN
stats file using (is('supervised, all labels') ? (all = column('accuracy'), papersAll = column('paper')) : NaN) nooutput

array at500[3]
do for [k = 1 : 3] {
  at500[k] = NaN
  stats file using (is(names[k]) && column('labels') == 500 ? (at500[k] = column('accuracy')) : NaN) nooutput
}

eval beginSVG(900, 520)
eval heading(at500[1] == at500[1] && at500[2] == at500[2] ? \
  sprintf('With 500 labels MixMatch reaches %.1f %%, supervised training with mixup %.1f %%', 100 * at500[1], 100 * at500[2]) : \
  'Accuracy over the number of labels', \
  'Test accuracy; vertical lines: standard deviation, where there are several seeds. Both dashed lines, and the diamonds (the paper): longer training.')

set lmargin at screen atX(64)
set rmargin at screen atX(pageWidth - 190)
set tmargin at screen atY(pageHeight - 76)
set bmargin at screen atY(84)
set border 1 linecolor rgb hairline
set logscale x
set xrange [220 : 4600]
set yrange [0 : 1]
set xtics ('250' 250, '500' 500, '1,000' 1000, '2,000' 2000, '4,000' 4000) scale 0 textcolor rgb softInk font smallFont
set ytics @percentTicks scale 0 textcolor rgb softInk font smallFont
set grid ytics linecolor rgb hairline linewidth 0.7 linetype 1 back
set label 10 'labelled images' at graph 0.5, screen atY(46) center @panelNote

do for [k = 1 : 3] {
  # stats does not set it for a series without results.
  lastAccuracy[k] = 0
  stats file using (is(names[k]) && column('accuracy') == column('accuracy') ? (lastLabels[k] = column('labels'), lastAccuracy[k] = column('accuracy')) : NaN) nooutput
  if (lastAccuracy[k] > 0) {
    set label 20 + k names[k] at lastLabels[k], lastAccuracy[k] offset 1.5, 0 font textFont textcolor rgb colors[k]
  }
}
if (all == all) {
  set arrow 30 from graph 0, first all to graph 1, first all nohead linewidth 1.4 dashtype 2 linecolor rgb softInk
  set label 30 'all labels' at graph 1, first all offset 1, 0 font textFont textcolor rgb softInk
}
if (papersAll == papersAll) {
  set arrow 31 from graph 0, first papersAll to graph 1, first papersAll nohead linewidth 1.4 dashtype 2 linecolor rgb classColor(5)
  set label 31 'paper, all labels' at graph 1, first papersAll offset 1, 0 font textFont textcolor rgb classColor(5)
}

plot for [k = 1 : 3] file using (of(names[k], 'labels')):(of(names[k], 'accuracy')) with lines linewidth 2.2 linecolor rgb colors[k], \
  for [k = 1 : 3] file using (of(names[k], 'labels')):(column('accuracy') - spread(column('deviation'))):(0):(2 * spread(column('deviation'))) \
    with vectors nohead linewidth 1.4 linecolor rgb colors[k], \
  for [k = 1 : 3] file using (of(names[k], 'labels')):(of(names[k], 'accuracy')) with points pointtype 7 pointsize 0.6 linecolor rgb colors[k], \
  file using (of('MixMatch', 'labels')):(column('paper')) with points pointtype 13 pointsize 1.1 linecolor rgb classColor(5)
