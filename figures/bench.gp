# Speed of the engine: convolutions compared with matrix products, and whole networks.
# Drawn by make bench; data written by Benchmarks/Results.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/bench.svg'; stamp='...'" figures/bench.gp

load 'figures/style.gp'

bench = data . '/bench.tsv'

eval beginSVG(900, 620)
eval heading('Speed of convolutions and of whole networks', \
  'Bars: medians of several rounds; lines: slowest to fastest round. GFLOP/s count the operations of a direct convolution; "/2" means stride 2.')

# --- Rows of the data file -----------------------------------------------------------

median(metric) = strcol('metric') eq metric ? column('median') : NaN
isOf(quantity) = strstrt(strcol('metric'), quantity) > 0
before(mark, text) = text[1 : strstrt(text, mark) - 1]
after(mark, text) = text[strstrt(text, mark) + strlen(mark) : *]

# Returns `value` for the rows of a quantity and counts them in `row`; each plot below starts with it.
next(quantity, value) = (row = row + isOf(quantity), isOf(quantity) ? value : NaN)

stats bench using (median('sgemmPeakGflops')) name 'Peak' nooutput
stats bench using (isOf('Gflops') ? column('max') : NaN) name 'Kernel' nooutput
stats bench using (isOf('forwardGflops') ? 1 : NaN) name 'Kernels' nooutput
stats bench using (isOf('ImagesPerSecond.batch') ? column('max') : NaN) name 'Network' nooutput

# --- Style -----------------------------------------------------------------------------------------

forwardColor = classColor(7)
gradientsColor = classColor(9)

unset tics
set border 0
set style fill solid noborder
set bmargin at screen atY(64)
set tmargin at screen atY(pageHeight - 112)

bar = "with boxxyerror linecolor rgb"
spread = "with vectors nohead linewidth 1.2 linecolor rgb ink"
name = "font smallFont textcolor rgb ink"
number = "with labels left offset 0.6, 0 font smallFont textcolor rgb ink"

set multiplot

# --- Left: convolutions ---------------------------------------------------------------------------

set lmargin at screen atX(pageMargin + 150)
set rmargin at screen atX(pageMargin + 530)
set xrange [0 : 1.08 * Kernel_max]
set yrange [-Kernels_records : 0]

set label 10 'WRN-28-2''s convolutions, batch 64, GFLOP/s' at graph 0, screen atY(pageHeight - 84) @panelTitle
set label 11 '{/:Bold forward}' at graph 0, screen atY(pageHeight - 102) font smallFont textcolor rgb forwardColor
set label 12 '{/:Bold both gradients}' at graph 0.16, screen atY(pageHeight - 102) font smallFont textcolor rgb gradientsColor
set arrow 10 from Peak_max, 0 to Peak_max, -Kernels_records nohead front dashtype 2 linewidth 1 linecolor rgb softInk
set label 13 sprintf('sgemm %.0f', Peak_max) at Peak_max, screen atY(50) center @panelNote

plot row = 0, bench using (next('forwardGflops', 0)):(-row):(0):(column('median')):(0.5 - row):(0.86 - row) @bar forwardColor, \
  row = 0, bench using (next('gradientsGflops', 0)):(-row):(0):(column('median')):(0.14 - row):(0.5 - row) @bar gradientsColor, \
  row = 0, bench using (next('forwardGflops', column('max'))):(0.68 - row):(sprintf('%.0f', column('median'))) @number, \
  row = 0, bench using (next('gradientsGflops', column('max'))):(0.32 - row):(sprintf('%.0f', column('median'))) @number, \
  row = 0, bench using (next('forwardGflops', 0)):(0.5 - row):(before(', forward', strcol('title'))) with labels right offset -0.8, 0 @name, \
  row = 0, bench using (next('forwardGflops', column('min'))):(0.68 - row):(column('max') - column('min')):(0) @spread, \
  row = 0, bench using (next('gradientsGflops', column('min'))):(0.32 - row):(column('max') - column('min')):(0) @spread

# --- Right: networks, and tasks measured in seconds ------------------------------------------------------

unset label
unset arrow
set lmargin at screen atX(pageMargin + 580)
set rmargin at screen atX(pageWidth - pageMargin - 40)
set xrange [0 : 1.08 * Network_max]
set yrange [-10 : 0]
set label 10 'WRN-28-2, images/s' at graph 0, screen atY(pageHeight - 84) @panelTitle

plot row = 0, bench using (next('ImagesPerSecond.batch', 0)):(-row):(0):(column('median')):(0.1 - row):(0.5 - row) @bar classColor(8), \
  row = 0, bench using (next('ImagesPerSecond.batch', 0)):(0.72 - row):(after('WRN-28-2 ', strcol('title'))) with labels left @name, \
  row = 0, bench using (next('ImagesPerSecond.batch', column('max'))):(0.3 - row):(sprintf('%.0f', column('median'))) @number, \
  row = 0, bench using (next('ImagesPerSecond.batch', column('min'))):(0.3 - row):(column('max') - column('min')):(0) @spread, \
  row = 0, bench using (next('Seconds', 0)):(-3.1 - 0.5 * row):(sprintf('{/:Bold %.2f s}  %s', column('median'), strcol('title'))) with labels left @name

unset multiplot
