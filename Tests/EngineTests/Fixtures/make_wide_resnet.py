"""Writes wide_resnet.json: the losses of 200 training steps of a WRN-10-2 in PyTorch.

    pip install torch numpy
    python make_wide_resnet.py

Weights and images are not stored: both sides compute them from the same hash (SplitMix64), to the bit.
The losses are those of a run in single precision and of one in double precision.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

STEPS, BATCH, EXAMPLES, SIZE, PEAK, DECAY = 200, 16, 320, 16, 2e-3, 1e-4


def uniform(stream, count):
    """Multiples of 2^-24 in [-0.5, 0.5): SplitMix64 of stream·2^32 + index."""
    with np.errstate(over="ignore"):
        z = np.uint64(stream << 32) + np.arange(1, count + 1, dtype=np.uint64)
        z = z * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) * 2.0**-24 - 0.5


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.shortcut = None
        if inputs != outputs or stride > 1:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x):
        h = F.relu(self.norm1(x))
        shortcut = h if self.shortcut is None else self.shortcut(h)
        return 0.2 * self.conv2(F.relu(self.norm2(self.conv1(h)))) + shortcut


class WideResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.blocks = nn.Sequential(Block(16, 32, 1), Block(32, 64, 2), Block(64, 128, 2))
        self.norm = nn.BatchNorm2d(128)
        self.head = nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.norm(self.blocks(self.stem(x))))
        return self.head(x.mean((2, 3)))

    def weights(self):
        """In the order of our own parameters, without what starts at 0 or 1."""
        yield self.stem.weight
        for block in self.blocks:
            yield block.conv1.weight
            yield block.conv2.weight
            if block.shortcut is not None:
                yield block.shortcut.weight
        yield self.head.weight


def set_weights(network):
    with torch.no_grad():
        for stream, weight in enumerate(network.weights(), start=1):
            fan = weight[0].numel()
            values = uniform(stream, weight.numel()) * math.sqrt(24 / fan)
            values = torch.tensor(values.astype(np.float32))
            if weight.dim() == 4:  # ours are (K, K, inputs, outputs)
                outputs, inputs, k, _ = weight.shape
                weight.copy_(values.view(k, k, inputs, outputs).permute(3, 2, 0, 1))
            else:  # ours are (inputs, outputs)
                weight.copy_(values.view(weight.shape[1], weight.shape[0]).T)
        network.head.bias.zero_()


def examples():
    labels = np.arange(EXAMPLES) * 7 % 10
    templates = uniform(100, 10 * SIZE * SIZE * 3).reshape(10, -1)
    noise = uniform(101, EXAMPLES * SIZE * SIZE * 3).reshape(EXAMPLES, -1)
    images = (templates[labels] + 3 * noise).astype(np.float32).reshape(EXAMPLES, SIZE, SIZE, 3)
    return torch.tensor(images).permute(0, 3, 1, 2), torch.tensor(labels)


def schedule(step):
    climb = int(STEPS * 0.3)
    cosine = lambda a, b, p: b + (a - b) / 2 * (math.cos(math.pi * p) + 1)
    if step < climb:
        return cosine(PEAK / 25, PEAK, step / climb), cosine(0.95, 0.85, step / climb)
    p = (step - climb) / (STEPS - climb)
    return cosine(PEAK, PEAK / 2.5e5, p), cosine(0.85, 0.95, p)


def losses(dtype):
    network = WideResNet()
    set_weights(network)
    network.to(dtype)
    images, labels = examples()
    images = images.to(dtype)
    adam = torch.optim.Adam(network.parameters(), betas=(0.95, 0.99), eps=1e-8)
    result = []
    for step in range(STEPS):
        rows = [(step * BATCH + i) % EXAMPLES for i in range(BATCH)]
        rate, momentum = schedule(step)
        for group in adam.param_groups:
            group["lr"], group["betas"] = rate, (momentum, 0.99)
        loss = F.cross_entropy(network(images[rows]), labels[rows])
        adam.zero_grad()
        loss.backward()
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.mul_(1 - DECAY * rate)
        adam.step()
        result.append(float(loss.detach()))
    return result


if __name__ == "__main__":
    single, double = losses(torch.float32), losses(torch.float64)
    drift = [abs(a - b) for a, b in zip(single, double)]
    print("losses", single[0], single[49], single[99], single[199])
    print("single against double, up to step 10, 50, 100, 200:",
          *(max(drift[:n]) for n in (10, 50, 100, 200)))
    path = Path(__file__).with_name("wide_resnet.json")
    rounded = lambda values: [float(f"{v:.9g}") for v in values]
    path.write_text(json.dumps({
        "steps": STEPS, "batch": BATCH, "examples": EXAMPLES, "size": SIZE, "peak": PEAK,
        "decay": DECAY, "single": rounded(single), "double": rounded(double)}) + "\n")
