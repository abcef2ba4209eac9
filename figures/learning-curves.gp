# Learning curves of training runs: accuracy, compared with the article's notebook, and the two losses.
# Drawn by make chapter4, chapter5, night and own; data written by Sources/ResultTables/LearningCurves.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/learning-curves.svg'; stamp='...'; \
#               curves='chapter4-learning-curves'; runs='\"MixMatch, 500 labels\"'; \
#               article='mixmatch-500'" figures/learning-curves.gp
# curves   the data file
# runs     the names of the runs to draw, at most four, each in double quotes
# article  for each of them the name of a run in figures/article/learning-curves.tsv to compare with, or
#          'none'
# axis     optional: 'epochs' (the default), or 'share', the share of each run, for runs whose epochs differ in length

load 'figures/style.gp'

if (!exists("axis")) axis = 'epochs'
ours = data . '/' . curves . '.tsv'
theirs = 'figures/article/learning-curves.tsv'
runCount = words(runs)
isOurs(k) = strcol('run') eq word(runs, k)
isTheirs(k) = strcol('run') eq word(article, k)
hasTheirs(k) = word(article, k) ne 'none'
color(k) = runColor(word(runs, k))

eval beginSVG(900, 640)
anyTheirs = 0
anyValidation = 0
allValidation = 1
do for [k = 1 : runCount] { anyTheirs = anyTheirs || hasTheirs(k) }

# --- Last epochs and final values -----------------------------------------------

stats ours using (column('epoch')) name 'Ours' nooutput
firstEpoch = smaller(1, Ours_min)
lastEpoch = Ours_max
array ourEnd[runCount]
array ourLast[runCount]
array theirEnd[runCount]
array hasValidation[runCount]
array highestLoss[2]
# A method without unlabelled images has the unlabelled loss 0, which is not drawn.
lossOrZero(panel) = column(word('labelledLoss unlabelledLoss', panel))
loss(panel) = lossOrZero(panel) > 0 ? lossOrZero(panel) : NaN
do for [k = 1 : runCount] {
  stats ours using (isOurs(k) ? (ourEnd[k] = column('test'), column('epoch')) : NaN) name 'O' nooutput
  ourLast[k] = O_max
  stats ours using (isOurs(k) ? (strcol('validation') eq 'NaN' ? 0 : 1) : NaN) name 'V' nooutput
  hasValidation[k] = V_max > 0
  anyValidation = anyValidation || hasValidation[k]
  allValidation = allValidation && hasValidation[k]
  if (hasTheirs(k)) {
    stats theirs using (isTheirs(k) ? (theirEnd[k] = column('accuracy'), column('epoch') + 1) : NaN) name 'T' nooutput
    lastEpoch = larger(lastEpoch, T_max)
  }
}
do for [panel = 1 : 2] {
  stats ours using (lossOrZero(panel)) name 'L' nooutput
  highestLoss[panel] = L_max > 0 ? L_max : 1.0
  if (panel == 1 || L_max > 0) { panelCount = panel }
}

# --- Title: the accuracy of the run of MixMatch, or of the first one, beside the article's or that of the other run ---

isMixMatch(k) = strstrt(word(runs, k), 'MixMatch') == 1
shown = 1
do for [k = 1 : runCount] { if (isMixMatch(k)) { shown = k } }
labelledLossNote = !isMixMatch(shown) ? 'cross-entropy' : runCount == 1 ? 'cross-entropy on X′' : 'cross-entropy; that of MixMatch on X′'
reached(k) = sprintf('Test accuracy of the first seed: %.1f %% (%s)', 100 * ourEnd[k], word(runs, k))
other = runCount == 2 ? 3 - shown : shown
finding = hasTheirs(shown) ? sprintf('%s, %.1f %% (the article)', reached(shown), 100 * theirEnd[shown]) : \
  other == shown ? reached(shown) : sprintf('%s, %.1f %% (%s)', reached(shown), 100 * ourEnd[other], word(runs, other))
eval heading(finding, (anyValidation ? 'Thick lines: validation accuracy' . (allValidation ? '. ' : ', or else test accuracy. ') : '') . \
  (anyValidation ? 'Dots, numbers: test accuracy.' : 'Lines and dots: test accuracy.') . \
  (anyTheirs ? ' Thin lines: the article.' : '') . \
  (axis eq 'share' ? '' : ' Epochs are passes over the unlabelled images, or else the labelled ones.'))

# The largest tick step of at most `x` / 2 that is 1, 2 or 5 times a power of ten.
power(x) = 10 ** floor(log10(x / 2))
tickStep(x) = power(x) * (x / 2 < 2 * power(x) ? 1 : x / 2 < 5 * power(x) ? 2 : 5)

# The run of the title has a solid line, each other one its own dashes.
dash(k) = k == shown ? 1 : k < shown ? k + 1 : k

# --- Legend -----------------------------------------------------------------------------------------

# The width of the name or of the numbers below it, whichever is larger.
legendWidth(k) = 34 + larger(170, 8 * strlen(word(runs, k)))
legendX = pageMargin
legendY = pageHeight - 78
do for [k = 1 : runCount] {
  set arrow 10 + k from screen atX(legendX), atY(legendY) to screen atX(legendX + 20), atY(legendY) nohead linewidth 2.2 dashtype dash(k) linecolor rgb color(k)
  set label 10 + k word(runs, k) at screen atX(legendX + 28), atY(legendY) font bold(textSize) textcolor rgb ink
  set label 20 + k sprintf(anyTheirs ? 'ours{/:Bold  %.1f %%}' : '{/:Bold %.1f %%}', 100 * ourEnd[k]) . (hasTheirs(k) ? sprintf(', article''s{/:Bold  %.1f %%}', 100 * theirEnd[k]) : '') \
    at screen atX(legendX + 28), atY(legendY - 18) font smallFont textcolor rgb softInk
  legendX = legendX + legendWidth(k)
}

# --- Two or three panels with a common axis -------------------------------------

set lmargin at screen atX(pageMargin + 40)
set rmargin at screen atX(pageWidth - pageMargin - 10)
if (axis eq 'share') { set xrange [0 : 1.02] } else { set logscale x; set xrange [firstEpoch / 1.15 : 1.1 * lastEpoch] }
ourX(k) = isOurs(k) ? (axis eq 'share' ? column('epoch') / ourLast[k] : column('epoch')) : NaN
set border 1 linecolor rgb ink
set grid xtics ytics linecolor rgb hairline linewidth 0.7 linetype 1
set ytics scale 0 textcolor rgb softInk font smallFont
ticks(labelled) = (axis eq 'share' ? sprintf("set xtics 0, 0.2, 1 format '%s' ", labelled ? '%.1f' : '') : \
  sprintf("set xtics (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000) format '%s' ", labelled ? '%g' : '')) . \
  "scale 0.4 nomirror textcolor rgb ink font smallFont offset 0, 0.3"
ourLine = "with lines linewidth 2.2 dashtype dash(k) linecolor rgb color(k)"

set multiplot

eval ticks(0)
set tmargin at screen atY(pageHeight - 134)
set bmargin at screen atY(288)
set yrange [0 : 1]
set ytics @percentTicks
set label 30 'accuracy' at graph 0, screen atY(pageHeight - 122) @panelTitle
plot for [k = 1 : runCount] theirs using (isTheirs(k) ? column('epoch') + 1 : NaN):(column('accuracy')) with lines linewidth 0.9 linecolor rgb color(k), \
  for [k = 1 : runCount] ours using (ourX(k)):(column(hasValidation[k] ? 'validation' : 'test')) @ourLine, \
  for [k = 1 : runCount] ours using (ourX(k)):(column('test')) with points pointtype 7 pointsize 0.5 linecolor rgb ink, \
  for [k = 1 : runCount] ours using (ourX(k)):(column('test')) with points pointtype 7 pointsize 0.35 linecolor rgb color(k)

unset label
unset arrow
do for [panel = 1 : panelCount] {
  set yrange [0 : 1.05 * highestLoss[panel]]
  set ytics tickStep(highestLoss[panel])
  set tmargin at screen atY(panel == 1 ? 258 : 148)
  set bmargin at screen atY(panel < panelCount ? 178 : 68)
  eval ticks(panel == panelCount)
  set label 30 panel == 1 ? 'labelled loss Lₓ' : 'unlabelled loss Lᵤ' at graph 0, graph 1 offset 0, 0.7 @panelTitle
  set label 31 panel == 1 ? labelledLossNote : 'squared error on U′, before weighting' at graph 0, graph 1 offset 19, 0.7 @panelNote
  if (panel == panelCount) { set label 32 axis eq 'share' ? 'share of the run' : 'epochs' at graph 1, screen atY(38) right @panelNote }
  plot for [k = 1 : runCount] ours using (ourX(k)):(loss(panel)) @ourLine
  unset label
}

unset multiplot
