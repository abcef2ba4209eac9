"""Iterations of MixMatch in PyTorch on WRN-28-2, on random images of CIFAR-10's size.

An iteration mirrors and shifts images, guesses labels, sharpens, mixes, trains, and updates the EMA of
the weights. A batch has 64 labelled images and 64 unlabelled images in K = 2 versions. worker.py
describes the protocol.
"""

import argparse
from contextlib import nullcontext

import torch
from torch.nn import functional as F

from optimiser import make_adam
from sharpening import sharpened
from wide_resnet import WideResNet
from worker import seconds_per_call, serve

IMAGES = 10_000
BATCH = 64
ALPHA = 0.75
UNLABELLED_WEIGHT = 75
DECAY = 0.999
MEAN = torch.tensor([0.491, 0.482, 0.447]).view(3, 1, 1)
DEVIATION = torch.tensor([0.247, 0.243, 0.261]).view(3, 1, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--bf16", action="store_true", help="under automatic mixed precision")
    options = parser.parse_args()
    serve(lambda: prepare(options))


def prepare(options):
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    pixels = torch.randint(256, (IMAGES, 3, 32, 32), dtype=torch.uint8)
    classes = torch.arange(IMAGES) % 10
    model = WideResNet().to(memory_format=torch.channels_last)
    adam = make_adam(model.parameters(), weight_decay=0.02)
    ema = [value.clone() for value in ema_sources(model)]
    precision = torch.autocast("cpu", torch.bfloat16) if options.bf16 else nullcontext()

    def iterate():
        labelled, unlabelled = torch.randint(500, (BATCH,)), torch.randint(IMAGES, (BATCH,))
        x = mirrored_and_shifted(pixels[labelled])
        u = mirrored_and_shifted(pixels[torch.cat([unlabelled, unlabelled])])
        with torch.no_grad(), precision:
            guess = sharpened(model(u).float().softmax(1).view(2, BATCH, 10).mean(0))
        images, targets = mixed(
            torch.cat([x, u]), torch.cat([F.one_hot(classes[labelled], 10).float(), guess, guess]))

        with precision:
            logits = model(images.contiguous(memory_format=torch.channels_last)).float()
        loss = F.cross_entropy(logits[:BATCH], targets[:BATCH])
        loss = loss + UNLABELLED_WEIGHT * F.mse_loss(logits[BATCH:].softmax(1), targets[BATCH:])
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()
        with torch.no_grad():
            torch._foreach_lerp_(ema, ema_sources(model), 1 - DECAY)

    model.train()
    for _ in range(3):
        iterate()
    return lambda: {"value": 1 / seconds_per_call(iterate)}


def ema_sources(model):
    """The tensors that the EMA follows: weights and batch norm's running statistics."""
    return [value for value in model.state_dict().values() if value.is_floating_point()]


def mirrored_and_shifted(images):
    """Random mirrorings and shifts of up to four pixels, for the whole batch at once, which is faster."""
    count = len(images)
    scaled = (images.float() / 255 - MEAN) / DEVIATION
    bordered = F.pad(scaled, (4, 4, 4, 4), mode="reflect").permute(0, 2, 3, 1)
    rows = torch.randint(9, (count, 1)) + torch.arange(32)
    columns = torch.randint(9, (count, 1)) + torch.arange(32)
    columns = torch.where(torch.rand(count, 1) < 0.5, columns.flip(1), columns)
    shifted = bordered[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
    return shifted.permute(0, 3, 1, 2)


def mixed(images, targets):
    coefficients = torch.distributions.Beta(ALPHA, ALPHA).sample((len(images),))
    coefficients = torch.maximum(coefficients, 1 - coefficients)
    partners = torch.randperm(len(images))
    return (
        torch.lerp(images[partners], images, coefficients.view(-1, 1, 1, 1)),
        torch.lerp(targets[partners], targets, coefficients.view(-1, 1)))


if __name__ == "__main__":
    main()
