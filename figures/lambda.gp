# The densities of λ and of λ′ = max(λ, 1 − λ).
# Drawn by make chapter2; data written by chapters/2-mixup/main.swift.
#
#   gnuplot -e "data='figures/data'; out='figures/lambda.svg'; stamp='...'; \
#               alpha='0.75'; mean='0.778'; draws='256000'" figures/lambda.gp
# alpha  the parameter of the distribution
# mean   the mean of λ′
# draws  the number of draws in chapter2-lambda-draws.tsv

load 'figures/style.gp'

densities = data . '/chapter2-lambda.tsv'
histogram = data . '/chapter2-lambda-draws.tsv'

eval beginSVG(900, 400)
eval heading(sprintf('λ′ = max(λ, 1 − λ): the first image has %.0f %% of the blend on average', 100 * mean), \
  sprintf('Densities of λ, drawn from Beta(α, α) with α = %s, and of λ′. Dots: histogram of %s draws of λ′. Vertical axis: probability density.', alpha, thousands(int(draws))))

set bmargin at screen atY(68)
set tmargin at screen atY(pageHeight - 118)

stayed = 0x9cc8ee
folded = 0xf6b26b
lineColor = ink

inside(x, y) = x > 0.019 && x < 0.981 ? y : NaN
stats densities using (inside(column('x'), column('larger'))) name 'D' nooutput
set xrange [0 : 1]
set yrange [0 : 1.12 * D_max]
set border 1 linecolor rgb ink
set xtics 0.25 format '%g' scale 0.4 nomirror textcolor rgb ink font smallFont offset 0, 0.3
set ytics scale 0 textcolor rgb softInk font smallFont
set grid ytics linecolor rgb hairline linewidth 0.7 linetype 1
set style fill solid noborder

right(x) = x >= 0.5 ? x : NaN
leftOf(x) = x <= 0.5 ? x : NaN

set multiplot

# --- Left: λ --------------------------------------------------------------------------------------

set lmargin at screen atX(pageMargin + 40)
set rmargin at screen atX(pageMargin + 412)
set label 10 'λ' at graph 0, screen atY(pageHeight - 84) font bold(textSize + 1) textcolor rgb ink
set label 11 'as drawn: either image may have the larger part' at graph 0, screen atY(pageHeight - 102) @panelNote

plot densities using (leftOf(column('x'))):(column('lambda')) with filledcurves y=0 fillcolor rgb folded, \
  densities using (right(column('x'))):(column('lambda')) with filledcurves y=0 fillcolor rgb stayed, \
  densities using (column('x')):(column('lambda')) with lines linewidth 1.6 linecolor rgb lineColor

# --- Right: λ′ ------------------------------------------------------------------------------------

unset label
set lmargin at screen atX(pageMargin + 484)
set rmargin at screen atX(pageWidth - pageMargin - 12)
set label 10 'λ′ = max(λ, 1 − λ)' at graph 0, screen atY(pageHeight - 84) font bold(textSize + 1) textcolor rgb ink
set label 11 'the part below ½ is mirrored onto the part above' at graph 0, screen atY(pageHeight - 102) @panelNote
set arrow 10 from mean, 0 to mean, graph 1 nohead front dashtype 2 linewidth 1 linecolor rgb ink
set label 12 sprintf('mean %.3f', real(mean)) at mean, graph 1 right offset -0.6, -0.6 font smallFont textcolor rgb ink front

plot densities using (right(column('x'))):(column('larger')) with filledcurves y=0 fillcolor rgb folded, \
  densities using (right(column('x'))):(column('lambda')) with filledcurves y=0 fillcolor rgb stayed, \
  densities using (right(column('x'))):(column('larger')) with lines linewidth 1.6 linecolor rgb lineColor, \
  histogram using (column('x')):(column('larger')) with points pointtype 7 pointsize 0.35 linecolor rgb ink

unset multiplot
