"""Chapter 3's training in PyTorch, at T = 0.5 after the ramp, on random images of MNIST's size.

worker.py describes the protocol.
"""

import argparse

import torch
from torch import nn
from torch.nn import functional as F

from optimiser import make_adam
from sharpening import sharpened
from worker import seconds_per_call, serve

IMAGES = 10_000


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--passes", type=int, choices=[1, 2], required=True,
                        help="forward passes over the unlabelled batch per iteration")
    options = parser.parse_args()
    serve(lambda: prepare(options))


def prepare(options):
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    pixels = torch.randint(256, (IMAGES, 1, 28, 28), dtype=torch.uint8)
    labels = torch.arange(IMAGES) % 10
    model = nn.Sequential(
        nn.Conv2d(3, 64, 3, stride=2, padding=1), nn.ReLU(inplace=True),
        nn.Conv2d(64, 128, 3, stride=2, padding=1), nn.ReLU(inplace=True),
        nn.BatchNorm2d(128), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10),
    ).to(memory_format=layout)
    adam = make_adam(model.parameters(), weight_decay=1e-4)

    def batch(indices):
        grey = pixels[indices].float() / 255
        return grey.expand(-1, 3, -1, -1).contiguous(memory_format=layout)

    def iterate():
        labelled, unlabelled = torch.randint(500, (64,)), torch.randint(IMAGES, (128,))
        u = batch(unlabelled)
        if options.passes == 2:
            with torch.no_grad():
                guess = sharpened(model(u).softmax(1))
        prediction = model(u).softmax(1)
        if options.passes == 1:
            guess = sharpened(prediction.detach())
        loss = F.cross_entropy(model(batch(labelled)), labels[labelled])
        loss = loss + 10 * F.mse_loss(prediction, guess)
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()

    for _ in range(5):
        iterate()
    return lambda: {"value": 1 / seconds_per_call(iterate)}


if __name__ == "__main__":
    main()
