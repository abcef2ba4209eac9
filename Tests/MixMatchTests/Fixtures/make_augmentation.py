"""Writes augmentation.json: a small image under fastai v1's transforms, by PyTorch's grid_sample.

    pip install torch numpy scipy
    python make_augmentation.py

The formulas are those of fastai's vision/transform.py and vision/image.py, in double precision: one bilinear
resampling for warp, rotation and zoom together, then brightness and contrast on logits, then the mirror.
"""

import json
from math import cos, pi, sin
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from scipy.special import expit, logit

SIZE, CHANNELS = 12, 3
CORNERS = [(-1, -1), (-1, 1), (1, -1), (1, 1)]

row, column, channel = np.meshgrid(range(SIZE), range(SIZE), range(CHANNELS), indexing="ij")
# Smooth waves, with some values at both ends of the range.
image = np.round(127.5 + 127.5 * np.sin(0.9 * row + 0.05 * column * column + 2 * channel)).astype(int)
image[0, 0], image[5, 7] = 0, 255


def rotation(degrees):
    angle = degrees * pi / 180
    return np.array([[cos(angle), -sin(angle), 0], [sin(angle), cos(angle), 0], [0, 0, 1]])


def zoom(scale, row, column):
    rest = 1 - 1 / scale
    return np.array(
        [[1 / scale, 0, rest * (2 * column - 1)], [0, 1 / scale, rest * (2 * row - 1)], [0, 0, 1]]
    )


def warp(right, left, bottom, top):
    """The projective matrix that maps the moved corners to the image's, from eight linear equations."""
    moved = [
        (-1 - top, -1 - left),
        (-1 - bottom, 1 + left),
        (1 + top, -1 - right),
        (1 + bottom, 1 + right),
    ]
    equations = []
    for (x, y), (u, v) in zip(moved, CORNERS):
        equations += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    return np.append(np.linalg.solve(equations, np.ravel(CORNERS)), 1).reshape(3, 3)


def transformed(case):
    line = np.linspace(-1, 1, SIZE)
    x, y = np.meshgrid(line, line)
    grid = np.stack([x, y, np.ones_like(x)], -1).reshape(-1, 3)
    if "warp" in case:
        grid = grid @ warp(*case["warp"]).T
        grid /= grid[:, 2:]
    affine = np.eye(3)
    if "rotation" in case:
        affine = affine @ rotation(case["rotation"])
    if "zoom" in case:
        affine = affine @ zoom(*case["zoom"])
    grid = (grid @ affine.T)[:, :2].reshape(1, SIZE, SIZE, 2)
    sampled = F.grid_sample(
        torch.tensor(image / 255).permute(2, 0, 1)[None],
        torch.tensor(grid),
        mode="bilinear",
        padding_mode="reflection",
        align_corners=True,
    )[0].permute(1, 2, 0)
    if "brightness" in case or "contrast" in case:
        logits = logit(np.clip(sampled.numpy(), 1e-7, 1 - 1e-7))
        logits = (logits + logit(case.get("brightness", 0.5))) * case.get("contrast", 1)
        sampled = torch.tensor(expit(logits))
    return sampled.flip(1) if case.get("mirror") else sampled


def shifted(rows, columns):
    """The paper's shift: a crop of the original size from the image with a reflected border of 4 pixels."""
    padded = np.pad(image / 255, [(4, 4), (4, 4), (0, 0)], mode="reflect")
    return padded[4 - rows : 4 - rows + SIZE, 4 - columns : 4 - columns + SIZE]


everything = {
    "brightness": 0.43,
    "contrast": 1.21,
    "rotation": 8.5,
    "zoom": [1.08, 0.9, 0.2],
    "warp": [0.17, -0.19, -0.12, 0.2],
    "mirror": True,
}
cases = [{}] + [{name: value} for name, value in everything.items()] + [
    {"rotation": -10.0},
    {"warp": [-0.2, -0.2, -0.2, -0.2]},
    {"brightness": 0.6, "contrast": 0.8},
    everything,
]
results = [{**case, "pixels": np.asarray(transformed(case))} for case in cases]
results += [{"shift": s, "pixels": shifted(*s)} for s in ([4, -3], [-4, 4])]
for result in results:
    result["pixels"] = [float(f"{value:.7f}") for value in result["pixels"].ravel()]
content = {"size": SIZE, "image": image.ravel().tolist(), "cases": results}
Path(__file__).with_name("augmentation.json").write_text(
    json.dumps(content).replace('{"', '\n{"') + "\n"
)
