# A table as a picture; each column is as wide as its longest text.
# Drawn by make chapter5 and night; data written by Sources/ChapterKit/Drawing/TextTable.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/results.svg'; stamp='...'; table='results'; \
#               title='...'; explanation='...'; columns='7'" figures/table.gp
# table        the data file
# title        the finding
# explanation  how to read the table
# columns      the number of columns

load 'figures/style.gp'

# The header row is drawn like the other rows, in bold.
set key noautotitle
file = data . '/' . table . '.tsv'
columnCount = int(columns)
stats file using 0 name 'Rows' nooutput
rows = int(Rows_records)

# --- Size --------------------------------------------------------------------------

rowHeight = 25
columnGap = 22
# The width of a character, with some room for the bold header.
characterWidth = 0.61 * textSize
array left[columnCount + 1]
left[1] = pageMargin
do for [c = 1 : columnCount] {
  longest = 0
  stats file using (longest = larger(longest, strlen(strcol(c))), 0) nooutput
  left[c + 1] = left[c] + characterWidth * longest + columnGap
}
eval beginSVG(larger(900, left[columnCount + 1]), 62 + rowHeight * (rows + 0.5) + 40)
eval heading(title, explanation)

# --- Rows -------------------------------------------------------------------------------------------

unset border
unset tics
set lmargin at screen 0
set rmargin at screen 1
set bmargin at screen 0
set tmargin at screen 1
set xrange [0 : pageWidth]
set yrange [0 : pageHeight]
top = pageHeight - 62
middle(row) = top - rowHeight * (row + 0.6)
do for [row = 1 : rows] {
  set arrow from pageMargin, top - rowHeight * row to pageWidth - pageMargin, top - rowHeight * row \
    nohead linewidth 0.7 linecolor rgb (row == 1 ? ink : hairline)
}
plot for [c = 1 : columnCount] file using (left[c]):(middle(0)):(strcol(c)) every ::0::0 \
    with labels left font bold(textSize) textcolor rgb ink, \
  for [c = 1 : columnCount] file using (left[c]):(middle($0 + 1)):(strcol(c)) every ::1 \
    with labels left font textFont textcolor rgb ink noenhanced
