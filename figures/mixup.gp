# Blends of two images with several coefficients, and the blended labels.
# Drawn by make chapter2; data written by chapters/2-mixup/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/mixup.png'; stamp='...'; \
#               lambdas='1 0.9 0.8 0.7 0.6 0.5 0'; classes='6 9'" figures/mixup.gp
# lambdas  the coefficient of each blend: red1, green1, blue1, ... of chapter2-images.tsv and p1, ... of
#          chapter2-labels.tsv
# classes  the two images' classes

load 'figures/style.gp'

images = data . '/chapter2-images.tsv'
labels = data . '/chapter2-labels.tsv'
blends = words(lambdas)

stats images using (column('x')) name 'X' nooutput
stats labels using (column('p1')) name 'P' nooutput
classCount = P_records

# --- Page: a column for each blend, with the class names on the left ------------------------

namesWidth = 86.0
columnsWidth = 900 - 2 * pageMargin - namesWidth
headHeight = 92.0
barStep = 17.0
# An image pixel has a whole number of PNG pixels; two of these are one pixel of the page.
imageSize = X_max + 1
side = imageSize * floor(2 * (columnsWidth / blends - 10) / imageSize) / 2
gap = (columnsWidth - blends * side) / (blends - 1)
eval beginPNG(900, headHeight + side + 18 + classCount * barStep + 48)
eval heading('Mixup interpolates between two images and between their labels', \
  'Fraction λ of the first image, 1 − λ of the second (last column: only the second). Bars: label probabilities.')

imageBottom = pageHeight - headHeight - side
barTop = imageBottom - 18
barBottom = barTop - classCount * barStep
columnLeft(k) = floor(pageMargin + namesWidth + (k - 1) * (side + gap))

unset tics
set border 0
set style fill solid noborder

# One plot for all images and one for all bars, in pixels of the page.
set lmargin at screen 0
set rmargin at screen 1
set bmargin at screen 0
set tmargin at screen 1
set xrange [0 : pageWidth]
set yrange [0 : pageHeight]

pixel = side / imageSize
pixelX(k) = columnLeft(k) + (column('x') + 0.5) * pixel
pixelY(k) = imageBottom + side - (column('y') + 0.5) * pixel
color(name, k) = column(sprintf('%s%d', name, k))

barHeight = 0.64 * barStep
barWidth = side - 18.0
barY(row) = barTop - (row + 0.5) * barStep
p(k) = column(sprintf('p%d', k))
barColor(row) = row == int(word(classes, 1)) ? classColor(7) : row == int(word(classes, 2)) ? classColor(9) : hairline

do for [k = 1 : blends] {
  set label 10 + k sprintf('%s{/:Bold %s}', k == 1 ? 'λ = ' : '', word(lambdas, k)) at columnLeft(k), imageBottom + side + 14 font textFont textcolor rgb ink
  set arrow 10 + k from columnLeft(k), barTop to columnLeft(k), barBottom nohead linewidth 0.7 linecolor rgb softInk
}

plot for [k = 1 : blends] images using (pixelX(k)):(pixelY(k)):(color('red', k)):(color('green', k)):(color('blue', k)) with rgbimage, \
  for [k = 1 : blends] labels using (columnLeft(k)):(barY($0)):(columnLeft(k)):(columnLeft(k) + barWidth * p(k)):(barY($0) - barHeight / 2):(barY($0) + barHeight / 2):(barColor($0)) with boxxyerror linecolor rgb variable, \
  for [k = 1 : blends] labels using (columnLeft(k) + barWidth * p(k) + 3):(barY($0)):(p(k) > 0 ? sprintf('%.1f', p(k)) : '') with labels left font smallFont textcolor rgb ink, \
  labels using (pageMargin + namesWidth - 8):(barY($0)):(strcol('class')) with labels right font smallFont textcolor rgb ink
