# The test digits as t-SNE places them, coloured by what the model guesses, sized by how much it doubts.
# Drawn by make chapter3; data written by chapters/3-sharpening/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/tsne-T0.5.png'; stamp='...'; \
#               temperature='0.5'; accuracy='90.7'" figures/tsne.gp
# temperature  which columns of chapter3-tsne.tsv to draw: predicted_T... and confidence_T...
# accuracy     percentage of the guesses in that file that are right, for the title

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

# t-SNE's coordinates mean nothing but near and far: no ticks, and the same scale in both directions.
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
  sprintf("T = %s: %s, %s %% of %s test digits right", temperature, \
    temperature eq '1' ? 'guesses left as they are' : 'sharpened guesses', accuracy, thousands(X_records)), \
  "Each dot is a test digit; t-SNE puts similar ones close together. Colour is the model's guess, size its doubt.")

# --- The look of a dot ----------------------------------------------------------------------------

# Radius in the map's units. Doubt is 1 - confidence; fewer dots may be larger.
crowd = larger(1, smaller(2.2, (10000.0 / X_records) ** 0.25))
radius(doubt) = pixel * crowd * (0.9 + 4.4 * doubt)

# Doubtful dots let through what lies under them.
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

set label 100 'guess' at screen atX(legendX - 10), atY(classesY) font smallFont tc rgb softInk
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

# Clusters are named by large digits in a white halo.
named = "with labels font bold(30)"
halo = 2.5 * pixel

# Nothing hides what matters more, or is smaller: the sure dots lie at the bottom, above them the
# doubtful ones band by band from the largest to the smallest, first those that are right.
plot digits using (placed(@right && inBand(@doubt, 0))):@rest @sureDot, \
  for [k = 9 : 1 : -1] digits using (placed(@right && inBand(@doubt, k))):@rest @rightDot, \
  for [k = 9 : 0 : -1] digits using (placed(!@right && inBand(@doubt, k))):@rest @wrongDot, \
  for [k = 0 : 11] clusters using (column('x') + halo * cos(k * pi / 6)):(column('y') + halo * sin(k * pi / 6)):(strcol('digit')) @named tc rgb '#ffffff', \
  clusters using (column('x')):(column('y')):(strcol('digit')) @named tc rgb ink
