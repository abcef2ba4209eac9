# The test accuracy after each epoch with several temperatures: the mean over the seeds, and the range of the seeds.
# Drawn by make chapter3; data written by chapters/3-sharpening/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/sharpening-curves.svg'; stamp='...'; \
#               temperatures='1 0.5'; seeds='10'" figures/sharpening-curves.gp
# temperatures  the temperatures to draw: columns mean_T1, lowest_T1, highest_T1 ... of chapter3-curves.tsv
# seeds         the number of seeds

load 'figures/style.gp'

ours = data . '/chapter3-curves.tsv'
theirs = 'figures/article/sharpening-curve.tsv'
count = words(temperatures)
valueOf(kind, k) = column(kind . '_T' . word(temperatures, k))
color(k) = classColor(word('4 7 2 8 5 1 6 9 0 3', (k - 1) % 10 + 1))

# --- Final values -----------------------------------------------------------------------------------

array final[count]
lowest = 1.0
do for [k = 1 : count] {
  stats ours using (final[k] = valueOf('mean', k), valueOf('lowest', k)) name 'O' nooutput
  lowest = smaller(lowest, O_min)
}
stats ours using (column('epoch')) name 'E' nooutput
stats theirs using (articleEnd = column('accuracy')) name 'T' nooutput
hasArticle = strstrt(' ' . temperatures . ' ', ' 0.5 ') > 0
if (hasArticle) { lowest = smaller(lowest, T_min) }
lastEpoch = hasArticle ? larger(E_max, T_records) : E_max

eval beginSVG(900, 400)
reached(k) = sprintf('%.1f %% with T = %s', 100 * final[k], word(temperatures, k))
eval heading('After the last epoch: ' . reached(1) . (count > 1 ? ', ' . reached(count) : ''), \
  (seeds eq '1' ? 'Lines: accuracy on the test images, one seed.' : sprintf('Lines: mean accuracy on the test images over %s seeds; bands: the range of the seeds.', seeds)) \
  . (hasArticle ? ' Dots: the article’s run with T = 0.5.' : ''))

# --- One panel, with names at the ends of the lines ----------------------------------------------------

set lmargin at screen atX(pageMargin + 44)
set rmargin at screen atX(pageWidth - 190)
set bmargin at screen atY(74)
set tmargin at screen atY(pageHeight - 96)
set xrange [0.8 : lastEpoch + 0.2]
set yrange [floor(10 * lowest) / 10.0 : 1]
set border 1 linecolor rgb ink
set grid ytics linecolor rgb hairline linewidth 0.7 linetype 1
set xtics 1 scale 0.4 nomirror textcolor rgb ink font smallFont offset 0, 0.3
set ytics 0.1 scale 0 textcolor rgb softInk font smallFont
do for [tenth = 0 : 10] { set ytics add (sprintf('%d', 10 * tenth) . (tenth == 10 ? ' %%' : '') tenth / 10.0) }
set label 2 'epoch' at graph 1, screen atY(42) right @panelNote

# Names whose lines end close to each other move apart; the article's name is the last one.
names = count + hasArticle
array place[names]
do for [k = 1 : names] { place[k] = k <= count ? final[k] : articleEnd }
step = 0.055 * (1 - floor(10 * lowest) / 10.0)
do for [round = 1 : 20] {
  do for [a = 1 : names] {
    do for [b = 1 : names] {
      close = a != b && abs(place[a] - place[b]) < step
      isAbove = place[a] > place[b] || (place[a] == place[b] && a < b)
      if (close && isAbove) { place[a] = place[a] + 0.2 * step; place[b] = place[b] - 0.2 * step }
    }
  }
}
name(k) = k <= count ? sprintf('T = %s{/:Normal  %.1f %%}', word(temperatures, k), 100 * final[k]) : sprintf('the article{/:Normal  %.1f %%}', 100 * articleEnd)
do for [k = 1 : names] {
  set label 10 + k name(k) \
    at graph 1, first place[k] offset 1.2, 0 font bold(textSize) textcolor rgb k <= count ? color(k) : ink
}

plot for [k = 1 : count] ours using (column('epoch')):(valueOf('lowest', k)):(valueOf('highest', k)) \
    with filledcurves fillcolor rgb transparent(color(k), 0.8) fillstyle solid noborder, \
  for [k = 1 : count] ours using (column('epoch')):(valueOf('mean', k)) with linespoints pointtype 7 pointsize 0.35 linewidth 2.2 linecolor rgb color(k), \
  theirs using (hasArticle ? column('epoch') + 1 : NaN):(column('accuracy')) with points pointtype 7 pointsize 0.55 linecolor rgb ink
