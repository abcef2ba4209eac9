"""Writes elementary.json, elementary functions by mpmath: pip install mpmath, then run it in this folder.

A case is a function's arguments and its value, both rounded to the nearest double. mpmath computes with 60 digits.
"""

import json
import random
import struct

from mpmath import mp

mp.dps = 60
random.seed(1)
COUNT = 40


def uniform(low, high):
    return [random.uniform(low, high) for _ in range(COUNT)]


def spread(low, high):
    """Of all magnitudes between two powers of ten."""
    return [10 ** random.uniform(low, high) for _ in range(COUNT)]


def either_sign(numbers):
    return [random.choice([-1, 1]) * x for x in numbers]


FUNCTIONS = {
    "exp": (mp.exp, zip(uniform(-80, 80))),
    "expMinusOne": (mp.expm1, zip(either_sign(spread(-12, 2)))),
    "log": (mp.log, zip(spread(-37, 37) + uniform(0.9, 1.1))),
    "logOnePlus": (mp.log1p, zip(spread(-12, 12))),
    "pow": (mp.power, zip(spread(-8, 2), uniform(-4, 4))),
    "sin": (mp.sin, zip(either_sign(spread(-4, 3)))),
    "cos": (mp.cos, zip(either_sign(spread(-4, 3)))),
    "atan2": (mp.atan2, zip(uniform(-2, 2), uniform(-2, 2))),
    "logGamma": (lambda x: mp.loggamma(x).real, zip(spread(-3, 4))),
}


def as_single(arguments):
    """To numbers that a Float holds, so that the same cases serve both precisions."""
    return [struct.unpack("f", struct.pack("f", x))[0] for x in arguments]


cases = {}
for name, (function, arguments) in FUNCTIONS.items():
    rows = [as_single(x) for x in arguments]
    cases[name] = [x + [float(function(*map(mp.mpf, x)))] for x in rows]

with open("elementary.json", "w") as file:
    lines = [f"{json.dumps(name)}:{json.dumps(rows, separators=(',', ':'))}" for name, rows in cases.items()]
    file.write("{\n" + ",\n".join(lines) + "\n}\n")
