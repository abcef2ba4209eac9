# The test accuracy of each row of a table as a bar, with the paper's values as diamonds.
# Drawn by make ablations and make mixing; data written by Sources/ResultTables/AccuracyBars.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/ablations-bars.svg'; stamp='...'; bars='ablations-bars'; \
#               finding='Accuracy without single parts of MixMatch'; explanation='Test accuracy ...'; \
#               published=1" figures/accuracy-bars.gp
# bars         the data file
# finding      the title
# explanation  the line below the title
# published    1 if there are values of the paper, otherwise 0

load 'figures/style.gp'

file = data . '/' . bars . '.tsv'
stats file using 0 nooutput
lines = int(STATS_records)
# The accuracy of the first row; once axes have ranges, stats looks only at what lies within them.
baseline = NaN
stats file using ($0 == 0 ? (baseline = column('accuracy')) : NaN) name 'Baseline' nooutput
rowHeight = 26

eval beginSVG(900, 62 + rowHeight * lines + 74)
eval heading(finding, explanation)

set lmargin at screen atX(290)
set rmargin at screen atX(pageWidth - pageMargin - 80)
set tmargin at screen atY(pageHeight - 66)
set bmargin at screen atY(66)
set border 0
set yrange [lines - 0.4 : -0.6]
set xrange [0 : 1]
unset ytics
set xtics @percentTicks scale 0 textcolor rgb softInk font smallFont
set grid xtics linecolor rgb hairline linewidth 0.7 linetype 1 back
# The arguments are strings, because a missing number would remove the label.
number(accuracy, deviation) = accuracy eq 'NaN' ? 'not run yet' : deviation eq 'NaN' ? \
  sprintf('%.1f', 100 * real(accuracy)) : sprintf('%.1f ± %.1f', 100 * real(accuracy), 100 * real(deviation))

if (baseline == baseline) { set arrow from baseline, graph 0 to baseline, graph 1 nohead linewidth 1 dashtype 3 linecolor rgb ink front }

plot file using (column('accuracy')):0:(0):(column('accuracy')):($0 - 0.34):($0 + 0.34) with boxxyerror \
    fillstyle solid 1 noborder linecolor rgb classColor(7), \
  file using (column('accuracy') - spread(column('deviation'))):0:(2 * spread(column('deviation'))):(0) with vectors \
    nohead linewidth 1.4 linecolor rgb ink, \
  for [k = 1 : published + 0] file using (column('paper')):0 with points pointtype 13 pointsize 0.9 linecolor rgb classColor(2), \
  file using (0):0:(strcol('line')) with labels right offset -1, 0 font textFont textcolor rgb ink, \
  file using (1):0:(number(strcol('accuracy'), strcol('deviation'))) with labels left offset 0.3, 0 font smallFont textcolor rgb ink
