# The t-SNE map of the test digits, coloured by the predicted class; larger dots have lower confidence.
# Drawn by make chapter3; data written by chapters/3-sharpening/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/tsne-T0.5.png'; stamp='...'; \
#               temperature='0.5'; accuracy='90.7'" figures/tsne.gp
# temperature  the columns of chapter3-tsne.tsv to draw: predicted_T... and confidence_T...
# accuracy     the accuracy of the predictions in that file in per cent, for the title

load 'figures/style.gp'

digits = data . '/chapter3-tsne.tsv'
clusters = data . '/chapter3-tsne-labels.tsv'
predicted = 'predicted_T' . temperature
confidence = 'confidence_T' . temperature

# --- Page: the map, and to its right the legend ---------------------------------------------------

mapWidth = 764.0
mapHeight = 680.0
mapBottom = 38.0
eval beginPNG(900, 782)

set lmargin at screen atX(pageMargin)
set rmargin at screen atX(pageMargin + mapWidth)
set bmargin at screen atY(mapBottom)
set tmargin at screen atY(mapBottom + mapHeight)
set border linecolor rgb hairline

# t-SNE's coordinates have no meaning except distance: no ticks, and equal scales in both directions.
unset tics
stats digits using (column('x')) name 'X' nooutput
stats digits using (column('y')) name 'Y' nooutput
stats digits using (larger(column(predicted), column('label'))) name 'Class' nooutput
pixel = 1.04 * larger((X_max - X_min) / mapWidth, (Y_max - Y_min) / mapHeight)
left = (X_min + X_max - pixel * mapWidth) / 2
bottom = (Y_min + Y_max - pixel * mapHeight) / 2
set xrange [left : left + pixel * mapWidth]
set yrange [bottom : bottom + pixel * mapHeight]

eval heading( \
  sprintf("T = %s: training with %s, %s %% accuracy on %s test digits", temperature, \
    temperature eq '1' ? 'unsharpened guesses' : 'sharpened guesses', accuracy, thousands(X_records)), \
  "t-SNE map: each dot is a test digit, and similar digits are close together. Colour: predicted class (first seed). Size: 1 − confidence.")

# --- Style of a dot ----------------------------------------------------------------------------

# The radius in the map's units. Doubt is 1 - confidence; dots are larger if there are fewer.
crowd = larger(1, smaller(2.2, (10000.0 / X_records) ** 0.25))
radius(doubt) = pixel * crowd * (0.9 + 4.4 * doubt)

# Dots with low confidence are transparent.
tint(class, doubt) = transparent(classColor(class), doubt < 0.1 ? 0 : 0.25)

rightDot = "with circles linecolor rgb variable fillstyle solid border rgb '#ffffff'"
wrongDot = "with circles linecolor rgb variable linewidth 0.45 fillstyle solid border rgb ink"
sureDot = "with circles linecolor rgb variable fillstyle solid noborder"

# --- Legend ---------------------------------------------------------------------------------------

legendX = pageMargin + mapWidth + 34
classesY = mapBottom + mapHeight - 10
classes = int(Class_max) + 1
classStep = smaller(24, 300.0 / classes)
sizesY = classesY - classStep * classes - 44
marksY = sizesY - 5 * 24 - 20

set label 100 'prediction' at screen atX(legendX - 10), atY(classesY) font smallFont tc rgb softInk
do for [k = 0 : classes - 1] {
  rowY = classesY - 4 - classStep * (k + 0.8)
  set object 101 + k circle at screen atX(legendX), atY(rowY) size 7 * pixel fillcolor rgb classColor(k) fillstyle solid noborder
  set label 101 + k sprintf('%d', k) at screen atX(legendX + 20), atY(rowY) font textFont tc rgb ink
}

set label 200 'confidence' at screen atX(legendX - 10), atY(sizesY) font smallFont tc rgb softInk
do for [k = 1 : 5] {
  rowY = sizesY - 22 * k
  share = word('1.0 0.9 0.7 0.5 0.3', k)
  set object 200 + k circle at screen atX(legendX), atY(rowY) size radius(1 - share) fillcolor rgb softInk fillstyle solid noborder
  set label 200 + k share at screen atX(legendX + 20), atY(rowY) font textFont tc rgb ink
}

set label 300 'outline' at screen atX(legendX - 10), atY(marksY) font smallFont tc rgb softInk
set object 301 circle at screen atX(legendX), atY(marksY - 22) size radius(0.9) fillcolor rgb hairline fillstyle solid noborder
set label 301 'right' at screen atX(legendX + 20), atY(marksY - 22) font textFont tc rgb ink
set object 302 circle at screen atX(legendX), atY(marksY - 44) size radius(0.9) fillcolor rgb hairline fillstyle solid border rgb ink linewidth 0.45
set label 302 'wrong' at screen atX(legendX + 20), atY(marksY - 44) font textFont tc rgb ink

# --- Map ------------------------------------------------------------------------------------------

doubt = "(1 - column(confidence))"
right = "(column(predicted) == column('label'))"
rest = "(column('y')):(radius(@doubt)):(tint(column(predicted), @doubt))"
placed(wanted) = wanted ? column('x') : NaN
inBand(doubt, k) = larger(0, smaller(9, floor(10 * doubt))) == k

# A large digit with a white halo labels each cluster.
named = "with labels font bold(30)"
halo = 2.5 * pixel

# Dots are drawn in this order, so that important and small dots are not hidden: correct predictions with high
# confidence, correct ones with lower confidence from large to small, wrong predictions from large to small.
plot digits using (placed(@right && inBand(@doubt, 0))):@rest @sureDot, \
  for [k = 9 : 1 : -1] digits using (placed(@right && inBand(@doubt, k))):@rest @rightDot, \
  for [k = 9 : 0 : -1] digits using (placed(!@right && inBand(@doubt, k))):@rest @wrongDot, \
  for [k = 0 : 11] clusters using (column('x') + halo * cos(k * pi / 6)):(column('y') + halo * sin(k * pi / 6)):(strcol('digit')) @named tc rgb '#ffffff', \
  clusters using (column('x')):(column('y')):(strcol('digit')) @named tc rgb ink
