# An image of each class beside its augmented versions in two epochs.
# Drawn by make chapter1; data written by chapters/1-augmentation/Sheets.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/augmentations.png'; stamp='...'; \
#               sheet='chapter1-augmentations'; sheetWidth='345'; sheetHeight='205'; tile='32'; \
#               augmentation='fastai'; versions='2'" figures/augmentations.gp
# sheet, ..., tile         see figures/sheet.gp
# augmentation, versions   the transforms and the number of versions, for the title

load 'figures/style.gp'
load 'figures/sheet.gp'

eval beginPNG(900, int(62 + pixelFor(900 - 2 * pageMargin) * rows + 42))
eval heading(sprintf('Augmentation changes each image differently: K = %s versions per epoch', versions), \
  'Left: the original image. Right: its augmented versions in two epochs. Transforms: ' . augmentation . '.')
eval sheetAt(0, 42)

plot @pictures, \
  @words 'x':(column('y') - 3):(text('class')) with labels left font bold(smallSize) textcolor rgb ink, \
  @words 'x':(column('y') - 3):(text('epoch')) with labels left font smallFont textcolor rgb softInk
