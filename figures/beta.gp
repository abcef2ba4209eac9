# The density of Beta(α, α) for five values of α, with histograms of draws.
# Drawn by make chapter2; data written by chapters/2-mixup/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/beta.svg'; stamp='...'; \
#               alphas='0.2 0.75 1 10 100'; draws='100000'" figures/beta.gp
# alphas  the columns of chapter2-beta.tsv and chapter2-beta-draws.tsv to draw: alpha0.2...
# draws   the number of draws in each histogram

load 'figures/style.gp'

curves = data . '/chapter2-beta.tsv'
histograms = data . '/chapter2-beta-draws.tsv'
panels = words(alphas)
f(panel) = column('alpha' . word(alphas, panel))

eval beginSVG(900, 330)
eval heading('Beta(α, α): small α hardly mixes, large α mixes half and half', \
  sprintf('Lines: probability density (vertical) of λ (horizontal). Bars: histogram of %s draws. Each panel has its own scale; it leaves out the outermost 0.01 at both ends.', thousands(int(draws))))

set bmargin at screen atY(66)
set tmargin at screen atY(pageHeight - 118)

stats histograms using (column('x')) name 'Bin' nooutput
binWidth = (Bin_max - Bin_min) / (Bin_records - 1)

curveColor = classColor(7)
barColor = 0xd4e6f7

unset xtics
set xrange [0 : 1]
set border 1 linecolor rgb ink
set xtics 0.5 format '%g' scale 0.4 nomirror textcolor rgb ink font smallFont offset 0, 0.3
set ytics scale 0 textcolor rgb softInk font smallFont offset 0.6, 0
set grid ytics linecolor rgb hairline linewidth 0.7 linetype 1
set boxwidth binWidth
set style fill solid noborder

# --- Five panels side by side -----------------------------------------------------------------------

gap = 42.0
panelWidth = (pageWidth - 2 * pageMargin - panels * gap + 12) / panels
left(panel) = pageMargin - 12 + panel * gap + (panel - 1) * panelWidth

set multiplot
do for [i = 1 : panels] {
  if (i > 1) { unset label }
  set yrange [*:*]
  stats curves using (f(i)) name 'F' nooutput
  stats histograms using (f(i)) name 'H' nooutput
  set lmargin at screen atX(left(i))
  set rmargin at screen atX(left(i) + panelWidth)
  set yrange [0 : 1.08 * larger(F_max, H_max)]
  set ytics F_max > 8 ? 4 : F_max > 2.5 ? 1 : 0.5
  set label 10 sprintf('α = %s', word(alphas, i)) at graph 0, screen atY(pageHeight - 84) font bold(textSize + 1) textcolor rgb ink
  set label 11 sprintf('%.0f %% outside the plot', 100 * larger(0, 1 - binWidth * H_sum)) at graph 0, screen atY(pageHeight - 102) @panelNote
  plot histograms using (column('x')):(f(i)) with boxes linecolor rgb barColor, \
    curves using (column('x')):(f(i)) with lines linewidth 2 linecolor rgb curveColor
}
unset multiplot
