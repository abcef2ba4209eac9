"""Writes beta.json, values of SciPy's Beta(α, α): pip install scipy, then run it in this folder.

The points are the 32-quantiles, except those so close to 1 that 1 − x has no precision in double.
"""

import json

from scipy.stats import beta

ALPHAS = [0.05, 0.2, 0.75, 1, 10, 100, 1000]


def case(alpha):
    distribution = beta(alpha, alpha)
    quantiles = [float(distribution.ppf(i / 32)) for i in range(1, 32)]
    points = [float(f"{x:.9g}") for x in quantiles if x < 1 - 1e-9]
    return {
        "alpha": alpha,
        "points": points,
        "cumulative": [float(distribution.cdf(x)) for x in points],
        "density": [float(distribution.pdf(x)) for x in points],
        "variance": float(distribution.var()),
        # E|x − ½| = 2·E[x; x > ½] − ½, and x times this density is half that of Beta(α + 1, α).
        "meanDeviation": float(beta(alpha + 1, alpha).sf(0.5) - 0.5),
    }


with open("beta.json", "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case(a), separators=(",", ":")) for a in ALPHAS) + "\n]\n")
