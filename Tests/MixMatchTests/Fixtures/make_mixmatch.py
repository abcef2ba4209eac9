"""Writes mixmatch.json, the loss of a MixMatch step and its gradients in PyTorch: pip install torch, then run it in
this folder.

The examples are not mixed, because mixup draws its random numbers in the engine: X' = X and U' = U. The small network
has convolutions, batch norm in training mode and a linear layer. Everything is in double precision.
"""

import json

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
LABELLED, UNLABELLED, VERSIONS, CLASSES, SIZE = 5, 4, 2, 4, 6
TEMPERATURE, WEIGHT = 0.5, 75 * 0.25


def rounded(tensor):
    """The values that a Float has, so that both engines start from the same numbers."""
    return tensor.float().double()


def network():
    model = nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(),
        nn.Conv2d(6, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, CLASSES))
    for layer in model:
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.uniform_(layer.bias, -0.5, 0.5)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(rounded(parameter))
    return model.train()


def ours(tensor):
    """A weight or gradient in the engine's layout: filters (K, K, C, D), matrices (inputs, outputs)."""
    order = {4: (2, 3, 1, 0), 2: (1, 0), 1: (0,)}[tensor.dim()]
    return numbers(tensor.detach().permute(order))


def images(tensor):
    return numbers(tensor.permute(0, 2, 3, 1))


def numbers(tensor):
    """The values with nine digits, which identify a Float."""
    return [float(f"{value:.9g}") for value in tensor.flatten().tolist()]


def case(groups, versions):
    """The groups are the examples that the model learns from at once, the versions those that it guesses at once."""
    model.load_state_dict(start)
    predictions = torch.cat([F.softmax(model(version), 1) for version in versions])
    guess = predictions.view(VERSIONS, UNLABELLED, CLASSES).mean(0).detach()
    guess = guess ** (1 / TEMPERATURE)
    guess = guess / guess.sum(1, keepdim=True)
    inputs = torch.cat([x, u])
    targets = torch.cat([F.one_hot(labels, CLASSES).double(), guess.repeat(VERSIONS, 1)])
    logits = torch.empty(len(inputs), CLASSES)
    for group in groups:
        logits[group] = model(inputs[group])
    labelled = F.cross_entropy(logits[:LABELLED], targets[:LABELLED])
    unlabelled = F.mse_loss(F.softmax(logits[LABELLED:], 1), targets[LABELLED:])
    model.zero_grad()
    (labelled + WEIGHT * unlabelled).backward()
    return {
        "labelled": labelled.item(),
        "unlabelled": unlabelled.item(),
        "gradients": [ours(parameter.grad) for parameter in model.parameters()],
    }


model = network()
start = {name: value.clone() for name, value in model.state_dict().items()}
x = rounded(torch.randn(LABELLED, 3, SIZE, SIZE))
u = rounded(torch.randn(VERSIONS * UNLABELLED, 3, SIZE, SIZE))
labels = torch.tensor([0, 1, 2, 3, 1])
count = len(x) + len(u)

with open("mixmatch.json", "w") as file:
    json.dump(
        {
            "parameters": [ours(parameter) for parameter in model.parameters()],
            "labelled": images(x),
            "labels": labels.tolist(),
            "unlabelled": images(u),
            "whole": case([torch.arange(count)], [u]),
            "versionsApart": case([torch.arange(count)], u.split(UNLABELLED)),
            "interleaved": case(
                [torch.arange(group, count, VERSIONS + 1) for group in range(VERSIONS + 1)],
                u.split(UNLABELLED)),
        },
        file,
        separators=(",", ":"),
    )
    file.write("\n")
