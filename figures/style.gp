# Shared by all figures: sizes, fonts, colours, and the positions of title, warning and stamp.
# Loaded by the other scripts of this folder; draws nothing itself. Works with gnuplot 5.2 to 6.0.
#
# Every figure is drawn from the repository root as
#   gnuplot -e "data='figures/data'; out='figures/NAME.png'; stamp='...'" figures/NAME.gp
# data       folder of the data files
# out        picture to write
# stamp      one line of provenance, printed small along the bottom
# watermark  optional: a warning such as 'SMOKE RUN', printed large across the picture
#
# A script for a figure has this structure:
#   load 'figures/style.gp'
#   eval beginPNG(900, 700)        # or beginSVG
#   eval heading("Finding", "How to read the figure")
#   ... set margins with atX and atY, plot ...
#
# All sizes are pixels of the page, on which a picture is 900 pixels wide. A PNG has two pixels for each of
# them in both directions, so that it is sharp on high-resolution screens.

if (!exists("watermark")) watermark = ''

set encoding utf8
set datafile separator "\t"
set datafile commentschars "#"

# With this setting gnuplot reads the header row, and column("name") finds a column by its name.
set key autotitle columnheader
unset key

# The ticks of an axis of shares from 0 to 1, as in `set ytics @percentTicks`.
percentTicks = "('0' 0, '20' 0.2, '40' 0.4, '60' 0.6, '80' 0.8, '100 %%' 1)"

# --- Type ---------------------------------------------------------------------------------------

titleSize = 18
textSize = 13
smallSize = 11
stampSize = 9

# `set terminal svg` accepts a list of families, of which the viewer uses the first installed one; other
# commands accept only one family.
fonts = 'DejaVu Sans, Arial, Helvetica, sans-serif'
sized(size) = sprintf(',%.1f', size)
bold(size) = sprintf('sans-serif:Bold,%d', size)
titleFont = bold(titleSize)
textFont = sized(textSize)
smallFont = sized(smallSize)
stampFont = sized(stampSize)

ink = '#1a1a1a'         # titles and values
softInk = '#5f5f5f'     # explanations
hairline = '#d9d9d9'    # grids and frames

# For labels at the edges of a panel, to be used as `set label ... @panelTitle`.
panelTitle = "font bold(textSize) textcolor rgb ink"
panelNote = "font smallFont textcolor rgb softInk"

smaller(a, b) = a < b ? a : b
larger(a, b) = a > b ? a : b

# The half length of an error bar: a single seed has no standard deviation.
spread(deviation) = deviation == deviation ? deviation : 0

# 10000 as 10,000
thousands(n) = n < 1000 ? sprintf('%d', n) : sprintf('%d,%03d', int(n) / 1000, int(n) % 1000)

# --- Colour -------------------------------------------------------------------------------------

# Petroff's ten colours (arXiv:2107.02270), which maximise the smallest difference between two colours for all
# kinds of colour vision. The order is our own: classes that are easily confused (digits 4 and 9, 3 and 5, 3 and
# 8; in CIFAR-10 cat and dog, automobile and truck) also differ in lightness.
palette10 = "0x92dadd 0xa96b59 0xe76300 0x94a4a2 0x717581 0xbd1f01 0xb9ac70 0x3f90da 0x832db6 0xffa90e"

# The colour of class k as 0xRRGGBB; the colours repeat from the eleventh class on.
classColor(k) = int(word(palette10, int(k) % 10 + 1))

# The colour of a training run in all figures, by its title.
runColor(title) = classColor(strstrt(title, 'MixMatch') == 1 ? 7 : strstrt(title, 'all labels') > 0 ? 8 : strstrt(title, '50 epochs') > 0 ? 2 : 4)

# The colour with a transparency from 0 (opaque) to 1, as 0xAARRGGBB.
transparent(color, amount) = color + (int(255 * amount) << 24)

# --- Page ---------------------------------------------------------------------------------------

pageMargin = 16

# Screen coordinates of a position in pixels from the left and bottom edges of the page.
atX(px) = px / (1.0 * pageWidth)
atY(px) = px / (1.0 * pageHeight)

# Commands that open a picture, to be run with `eval`. Cairo's font sizes are in points of 4/3 pixels.
beginPNG(width, height) = (pageWidth = width, pageHeight = height, \
  sprintf("set terminal pngcairo enhanced size %d,%d background '#ffffff' fontscale 1.5 linewidth 2 pointscale 2 font 'DejaVu Sans,%d'; set output out", \
    2 * width, 2 * height, textSize))
beginSVG(width, height) = (pageWidth = width, pageHeight = height, \
  sprintf("set terminal svg enhanced size %d,%d dynamic background '#ffffff' font '%s,%d'; set output out", \
    width, height, fonts, textSize))

# Breaks a text at spaces into lines of at most n characters; longer words are not broken.
lastSpace(text, n) = n < 1 || text[n:n] eq ' ' ? n : lastSpace(text, n - 1)
spaceAfter(text, n) = strstrt(text[n + 1:*], ' ') > 0 ? n + strstrt(text[n + 1:*], ' ') : strlen(text) + 1
breakAt(text, n) = lastSpace(text, n + 1) > 0 ? lastSpace(text, n + 1) : spaceAfter(text, n)
wrapped(text, n) = strlen(text) <= n || breakAt(text, n) > strlen(text) ? text : \
  text[1:breakAt(text, n) - 1] . "\n" . wrapped(text[breakAt(text, n) + 1:*], n)
lineCount(text) = strstrt(text, "\n") == 0 ? 1 : 1 + lineCount(text[strstrt(text, "\n") + 1:*])

# A text in which no character is markup, such as the underscore in the name of a class. (The labels themselves need
# enhanced text, because without it SVG has no bold font.)
plain(text) = strlen(text) > 1 ? plain(text[1:strlen(text) / 2]) . plain(text[strlen(text) / 2 + 1:*]) : \
  (strlen(text) == 1 && strstrt('_^{}@&~\', text) > 0 ? "\\" : '') . text

# Commands, to be run with `eval`, that write title, explanation, stamp and warning. They use label 1 (the
# warning, behind everything else) and labels from 901 on, and need 62 pixels at the top and, for a stamp of at
# most two lines, 34 pixels at the bottom.
heading(title, explanation) = (titleText = plain(title), explanationText = plain(explanation), \
  explanationSize = smaller(smallSize, 1.9 * (pageWidth - 2 * pageMargin) / (strlen(explanation) + 1)), \
  stampText = wrapped(stamp, int((pageWidth - 2 * pageMargin) / (0.54 * stampSize))), \
  stampBase = 10 + 12 * (lineCount(stampText) - 1), \
  watermarkSize = smaller(pageHeight / 6.0, 1.1 * pageWidth / (strlen(watermark) + 1)), \
  watermarkTilt = 23.0 * pageHeight / pageWidth, \
  "set label 1 watermark at screen 0.5, 0.5 center rotate by watermarkTilt font bold(watermarkSize) tc rgb '#d0d0d0' back;" . \
  "set label 901 titleText at screen atX(pageMargin), atY(pageHeight - 24) font titleFont tc rgb ink;" . \
  "set label 902 explanationText at screen atX(pageMargin), atY(pageHeight - 47) font sized(explanationSize) tc rgb softInk;" . \
  "set label 903 stampText at screen atX(pageMargin), atY(stampBase) font stampFont tc rgb softInk noenhanced")

# A command, to be run with `eval` after the heading, that draws the warning transparently over pictures, which
# would hide it otherwise.
warningOverPictures = "set label 1 front textcolor rgb '#70606060'"
