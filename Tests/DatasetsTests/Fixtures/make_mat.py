#!/usr/bin/env python3
"""Makes MATLAB files in the format of SVHN with SciPy: three training images compressed, two test images not, and
one file with arrays of other types.

    python3 make_mat.py        (scipy, numpy)
"""

import pathlib

import numpy as np
from scipy.io import savemat

here = pathlib.Path(__file__).parent


def images(count, first):
    """Images (32, 32, 3, count); each value depends on its position."""
    row, column, channel, image = np.meshgrid(
        np.arange(32), np.arange(32), np.arange(3), np.arange(first, first + count), indexing="ij")
    return ((41 * image + 7 * row + 3 * column + 101 * channel) % 256).astype(np.uint8)


def write(name, arrays, compressed):
    """Writes a file, with a description in its header that does not name the date, as SciPy's does."""
    file = here / name
    savemat(file, arrays, do_compression=compressed)
    file.write_bytes(b"MATLAB 5.0 MAT-file".ljust(116) + file.read_bytes()[116:])


write("train_32x32.mat", {"X": images(3, 0), "y": np.array([[1], [10], [4]], np.uint8)}, True)
write("test_32x32.mat", {"X": images(2, 3), "y": np.array([[10], [2]], np.uint8)}, False)
types = {
    "doubles": np.array([[1.0, 2.0], [3.0, 255.0]]), "ints": np.array([[7, 8]], np.int32),
    "text": "not an array of numbers", "half": np.array([[1, 2, 3]], np.int16),
}
write("types.mat", types, True)
