# Wide residual networks as boxes: the width shows the channels, the height the size of the images. Below, one block.
# Drawn by make method; data written by chapters/method/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/wide-resnet.svg'; stamp='...'" figures/wide-resnet.gp

load 'figures/style.gp'

networks = data . '/method-networks.tsv'
array blocks[6]; array start[6]; array channels[6]; array side[6]; array parameters[6]
array names[6]
stats networks using (blocks[$0 + 1] = column('blocks'), 0) nooutput
stats networks using (start[$0 + 1] = column('start'), 0) nooutput
stats networks using (channels[$0 + 1] = column('channels'), 0) nooutput
stats networks using (side[$0 + 1] = column('side'), 0) nooutput
stats networks using (parameters[$0 + 1] = column('parameters'), 0) nooutput
stats networks using (names[$0 + 1] = strcol('name'), 0) nooutput

eval beginSVG(900, 560)
eval heading('A wide residual network: images become smaller, and have more channels', \
  'Width of a box: channels. Height: image size. Each group has residual blocks of two 3×3 convolutions.')

yTop(px) = atY(pageHeight - px)
nextObject = 1
nextLabel = 10
box(x, y, width, height, rgb) = (nextObject = nextObject + 1, \
  sprintf("set object %d rectangle from screen %f,%f to screen %f,%f fillcolor rgb '%s' fillstyle solid border linecolor rgb '#5f5f5f'", \
    nextObject, atX(x), yTop(y + height / 2.0), atX(x + width), yTop(y - height / 2.0), rgb))
caption(line, x, y) = (nextLabel = nextLabel + 1, \
  sprintf("set label %d \"%s\" at screen %f,%f center font smallFont textcolor rgb ink", nextLabel, line, atX(x), yTop(y)))
line(x1, y1, x2, y2, head) = (nextObject = nextObject + 1, \
  sprintf("set arrow %d from screen %f,%f to screen %f,%f linewidth 1.2 linecolor rgb '#5f5f5f' %s", \
    nextObject, atX(x1), yTop(y1), atX(x2), yTop(y2), head))
arrow(x1, x2, y) = line(x1, y, x2, y, 'size screen 0.008,20 filled')

do for [row = 0 : 1] {
  first = 3 * row + 1
  y = 140 + 158 * row
  set label 1000 + row sprintf("{/:Bold %s}\n%.2f million\nparameters", names[first], parameters[first] / 1e6) \
    at screen atX(pageMargin), yTop(y - 14) font smallFont textcolor rgb ink
  x = 150
  width = larger(8, start[first] * 0.6)
  eval box(x, y, width, 84, '#f6d9a8')
  eval caption(sprintf("3×3\\n%d", start[first]), x + width / 2, y + 58)
  x = x + width + 26
  eval arrow(x - 24, x - 3, y)
  do for [group = 0 : 2] {
    i = first + group
    width = channels[i] * 0.6
    height = side[i] * 84 / 32.0
    eval box(x, y, width, height, '#bcd8f3')
    eval caption(sprintf("%d blocks\\n%d channels\\n%d×%d", blocks[i], channels[i], side[i], side[i]), x + larger(width, 60) / 2, y + 58)
    x = x + larger(width, 60) + 34
    eval arrow(x - 30, x - 4, y)
  }
  eval box(x, y, 60, 26, '#d6ead6')
  eval caption("mean over\\npositions", x + 30, y + 34)
  eval arrow(x + 64, x + 88, y)
  eval box(x + 92, y, 50, 26, '#f3c6cd')
  eval caption("linear:\\n10 logits", x + 117, y + 34)
}
# --- A block ------------------------------------------------------------------------------------------

y = 496
set label 1002 "{/:Bold One block}\nwith its shortcut" at screen atX(pageMargin), yTop(y - 6) font smallFont textcolor rgb ink
eval caption('input', 172, y + 4)
eval arrow(192, 216, y)
eval box(220, y, 96, 26, '#e4dff2')
eval caption('norm, ReLU', 268, y + 4)
eval arrow(318, 372, y)
eval box(376, y, 84, 26, '#bcd8f3')
eval caption('3×3', 418, y + 4)
eval arrow(462, 486, y)
eval box(490, y, 96, 26, '#e4dff2')
eval caption('norm, ReLU', 538, y + 4)
eval arrow(588, 612, y)
eval box(616, y, 84, 26, '#bcd8f3')
eval caption('3×3', 658, y + 4)
eval arrow(702, 744, y)
eval caption('× 0.2', 722, y - 8)
eval caption('{/:Bold +}', 754, y + 5)
eval arrow(764, 800, y)
eval caption('output', 826, y + 4)
eval line(345, y, 345, y - 38, 'nohead')
eval line(345, y - 38, 754, y - 38, 'nohead')
eval line(754, y - 38, 754, y - 12, 'size screen 0.008,20 filled')
eval caption('shortcut: unchanged, or a 1×1 convolution in the first block of a group', 550, y - 44)

set xrange [0 : 1]
set yrange [0 : 1]
unset border
unset tics
plot NaN notitle
