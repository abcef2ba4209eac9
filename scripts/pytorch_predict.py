#!/usr/bin/env python3
"""Builds the network of a weights file in PyTorch, and prints its predictions for pictures.

    pip install torch pillow numpy
    python3 scripts/pytorch_predict.py figures/own-mixmatch.safetensors picture.png ...

The file is one that make own, chapter 4 or export-weights wrote. The names and layouts of its tensors are those of
the module below, so that load_state_dict needs no changes. Its metadata contain the rest: classes, picture size,
pixel scaling, and the size of the network. For pictures of that size the predictions are those of the program
predict up to rounding; Pillow resamples others slightly differently than libvips.
"""

import json
import os
import struct
import sys

try:
    import numpy as np
    import torch
    from PIL import Image, ImageOps
    from torch import nn
    from torch.nn import functional as F
except ImportError as error:
    sys.exit(f"pytorch_predict: found no module {error.name}, expected torch, numpy and pillow; pip install them")


def read_safetensors(path):
    """Returns the tensors by name, and the metadata, of a file in the safetensors format."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        elements = file.read()
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = np.frombuffer(elements[start:end], "<f4").reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors, metadata


class Block(nn.Module):
    """A pre-activated residual block of a wide residual network."""

    def __init__(self, inputs, outputs, stride, slope, factor, activated):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        if inputs != outputs or stride != 1:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
        self.slope, self.factor, self.activated = slope, factor, activated

    def forward(self, x):
        active = F.leaky_relu(self.norm1(x), self.slope)
        branch = self.conv2(F.leaky_relu(self.norm2(self.conv1(active)), self.slope))
        shortcut = active if self.activated else x
        if hasattr(self, "shortcut"):
            shortcut = self.shortcut(shortcut)
        return shortcut + self.factor * branch


class WideResNet(nn.Module):
    """The wide residual network of fastai v1, or of the MixMatch paper's code."""

    def __init__(self, depth, widenFactor, startChannels, variant, classes):
        super().__init__()
        fastai = variant == "fastai"
        self.slope = 0.0 if fastai else 0.1
        self.stem = nn.Conv2d(3, startChannels, 3, 1, 1, bias=False)
        self.groups = nn.ModuleList()
        channels = startChannels
        for group in range(3):
            blocks = nn.ModuleList()
            for block in range((depth - 4) // 6):
                outputs = startChannels * widenFactor << group
                blocks.append(
                    Block(
                        channels, outputs, 2 if group > 0 and block == 0 else 1, self.slope,
                        0.2 if fastai else 1.0, fastai or (group == 0 and block == 0)))
                channels = outputs
            self.groups.append(blocks)
        self.norm = nn.BatchNorm2d(channels)
        self.head = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.stem(x)
        for blocks in self.groups:
            for block in blocks:
                x = block(x)
        return self.head(F.leaky_relu(self.norm(x), self.slope).mean((2, 3)))


def build(description):
    """The network that a description in the metadata describes."""
    network = WideResNet(**description["network"], classes=len(description["classes"]))
    return network.eval()


def logits(network, description, pixels):
    """The logits for pictures: bytes (N, size, size, 3) → (N, classes)."""
    x = torch.from_numpy(pixels.astype(np.float32)) / 255
    x = (x - torch.tensor(description["mean"])) / torch.tensor(description["deviation"])
    with torch.no_grad():
        return network(x.permute(0, 3, 1, 2))


def load(path):
    """The network and the description in a weights file."""
    tensors, metadata = read_safetensors(path)
    description = json.loads(metadata["classifier"])
    network = build(description)
    network.load_state_dict(tensors)
    # Fails here if the size or the scaling of the pixels is missing or has another type.
    size = description["size"]
    logits(network, description, np.zeros((1, size, size, 3), np.uint8))
    return network, description


def picture_pixels(path, size):
    """The pixels of a picture: bytes (1, size, size, 3)."""
    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    return np.asarray(ImageOps.fit(picture, (size, size), Image.Resampling.LANCZOS))[None]


def main():
    if len(sys.argv) < 3:
        sys.exit("pytorch_predict: found no weights or no pictures, expected pytorch_predict.py WEIGHTS PICTURE ...")
    try:
        network, description = load(sys.argv[1])
    except OSError as error:
        sys.exit(f"pytorch_predict: {sys.argv[1]}: cannot be read ({error.strerror})")
    except (AttributeError, KeyError, MemoryError, OverflowError, RuntimeError, TypeError, ValueError, struct.error):
        sys.exit(f"pytorch_predict: {sys.argv[1]}: found other content, expected weights that make own, chapter 4 "
                 "or export-weights wrote")
    # The name of a file may have bytes that are no UTF-8.
    sys.stdout.reconfigure(errors="surrogateescape")
    for path in sys.argv[2:]:
        try:
            pixels = picture_pixels(path, description["size"])
        except Exception as error:  # Pillow's readers of damaged pictures raise errors of many types.
            sys.exit(f"pytorch_predict: {path}: found no picture that Pillow can read ({type(error).__name__}), "
                     "expected one")
        shares = logits(network, description, pixels).softmax(1)[0]
        best = int(shares.argmax())
        print(f"{path}\t{description['classes'][best]}\t{shares[best]:.4f}")


if __name__ == "__main__":
    try:
        main()
        sys.stdout.flush()
    except BrokenPipeError:  # The reader, such as head, has ended. What is left must not be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
