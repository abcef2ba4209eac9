"""Writes statistics.json: quantiles of Student's distribution and Welch's confidence intervals, by SciPy.

    pip install scipy
    python make_statistics.py
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats

quantiles = [
    {"probability": p, "degrees": d, "quantile": float(stats.t.ppf(p, d))}
    for p in (0.5, 0.6, 0.95, 0.975, 0.9995)
    for d in (1, 2, 2.6, 3.9, 4, 11.5, 30, 1000)
]

random = np.random.default_rng(0)
intervals = []
for n, m, shift, spread in [(3, 3, 0.1, 0.02), (3, 5, 0.0, 0.3), (10, 3, -0.2, 0.01), (4, 4, 0.01, 0.05)]:
    a = random.normal(0.7 + shift, 0.03, n)
    b = random.normal(0.7, spread, m)
    welch = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    single = stats.ttest_1samp(a, 0.75).confidence_interval(0.95)
    intervals.append(
        {
            "a": a.tolist(),
            "b": b.tolist(),
            "difference": [float(welch.low), float(welch.high)],
            "number": 0.75,
            "distance": [float(single.low) - 0.75, float(single.high) - 0.75],
        }
    )

text = json.dumps({"quantiles": quantiles, "intervals": intervals}, indent=1)
Path(__file__).with_name("statistics.json").write_text(text + "\n")
