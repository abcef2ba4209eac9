# The confusion matrix on the test images.
# Drawn by make chapter4 and make own; data written by Sources/ResultTables/EvaluationFigures.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/confusion.png'; stamp='...'" figures/confusion.gp
# confusionTable  optional: the data file
# explanation     optional: how to read the figure, if not all classes are shown

load 'figures/style.gp'

if (!exists("confusionTable")) confusionTable = 'chapter4-confusion'
if (!exists("explanation")) explanation = ''
confusion = data . '/' . confusionTable . '.tsv'
stats confusion using 0 name 'Class' nooutput
classes = Class_records

# --- Number of images per class, and the most frequent confusion ----------------------------------

# Classes count from 0, as in the data file, and arrays from 1.
taken(answer) = column(sprintf('taken%d', answer))
array names[classes]
array total[classes]
do for [answer = 0 : classes - 1] {
  stats confusion using (k = $0 + 1, names[k] = strcol('class'), total[k] = (answer == 0 ? 0 : total[k]) + taken(answer)) nooutput
}
share(answer) = taken(answer) / (total[$0 + 1] > 0 ? total[$0 + 1] : 1)

images = 0
right = 0
worst = -1
do for [answer = 0 : classes - 1] {
  images = images + total[answer + 1]
  stats confusion using ($0 == answer ? (right = right + taken(answer)) : \
    share(answer) > worst ? (worst = share(answer), mistake = sprintf('%s predicted as %s', strcol('class'), names[answer + 1]), 0) : 0) nooutput
}

# --- Page: the matrix, with class names to its left and above it --------------------------------

namesWidth = 92.0
cell = (900 - 2 * pageMargin - namesWidth) / classes
cellHeight = 46.0
eval beginPNG(900, 118 + classes * cellHeight + 44)
eval heading(worst > 0 ? sprintf('The most frequent confusion: %s, %.1f %%', mistake, 100 * worst) : 'No test image of these classes is predicted wrongly', \
  strlen(explanation) > 0 ? explanation : sprintf('Each row: the test images of one class, in per cent; orange is full from 25 %% on, blue at 100 %%. Test accuracy on all %s images: %.1f %%.', thousands(images), 100.0 * right / images))
eval warningOverPictures

set lmargin at screen atX(pageMargin + namesWidth)
set rmargin at screen atX(pageWidth - pageMargin)
set bmargin at screen atY(44)
set tmargin at screen atY(44 + classes * cellHeight)
set xrange [0 : classes]
set yrange [classes : 0]
unset tics
set border 0
set style fill solid noborder

# --- Cells: correct predictions in blue, wrong ones in orange ------------------------------------------

# Interpolates from white (amount 0) to `color` (amount 1).
channel(color, shift, amount) = int(255 - amount * (255 - ((color >> shift) & 255))) << shift
tint(color, amount) = channel(color, 16, amount) + channel(color, 8, amount) + channel(color, 0, amount)
# Wrong predictions are rarer, so their full colour stands for a quarter of a class.
cellColor(answer) = $0 == answer ? tint(classColor(7), share(answer)) : tint(classColor(2), smaller(1, 4 * share(answer)))
shown(answer) = share(answer) == 0 ? '' : sprintf('%.1f', 100 * share(answer))

do for [k = 1 : classes] {
  set label 10 + k names[k] at k - 0.5, graph 1 center offset 0, 0.7 font smallFont textcolor rgb ink noenhanced
}
set label 10 'predicted as' at graph 0, screen atY(pageHeight - 82) @panelNote

plot for [answer = 0 : classes - 1] confusion using (answer + 0.5):($0 + 0.5):(answer + 0.02):(answer + 0.98):($0 + 0.03):($0 + 0.97):(cellColor(answer)) with boxxyerror linecolor rgb variable, \
  for [answer = 0 : classes - 1] confusion using ($0 == answer ? NaN : answer + 0.5):($0 + 0.5):(shown(answer)) with labels font textFont textcolor rgb ink, \
  for [answer = 0 : classes - 1] confusion using ($0 == answer ? answer + 0.5 : NaN):($0 + 0.5):(shown(answer)) with labels font bold(textSize) textcolor rgb ink, \
  confusion using (0):($0 + 0.5):(strcol('class')) with labels right offset -0.8, 0 font smallFont textcolor rgb ink noenhanced
