"""Writes mixing.json, losses and gradients of manifold mixup and of AdaMixUp in PyTorch: pip install torch, then run it
in this folder.

Partners, coefficients and the numbers u are given, because the engine draws its own. Everything is in double precision.
Filters are stored as (K, K, C, D), matrices as (inputs, outputs), images as (N, H, W, C).
"""

import json

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
COUNT, CLASSES, SIZE = 6, 4, 8


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        if inputs != outputs or stride > 1:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x):
        h = F.relu(self.norm1(x))
        shortcut = self.shortcut(h) if hasattr(self, "shortcut") else h
        return 0.2 * self.conv2(F.relu(self.norm2(self.conv1(h)))) + shortcut


class WideResNet(nn.Module):
    """fastai's network of depth 10 with 3, 3, 6 and 12 channels."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 3, 3, 1, 1, bias=False)
        self.groups = nn.ModuleList([Block(3, 3, 1), Block(3, 6, 2), Block(6, 12, 2)])
        self.norm = nn.BatchNorm2d(12)
        self.head = nn.Linear(12, CLASSES)

    def forward(self, x, change, place):
        """`change` is applied to the images (place 0), or after group 1 or 2."""
        x = self.stem(change(x) if place == 0 else x)
        for index, group in enumerate(self.groups):
            x = group(x)
            if place == index + 1:
                x = change(x)
        return self.head(F.relu(self.norm(x)).mean((2, 3)))


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3, padding=1)
        self.norm = nn.BatchNorm2d(6)
        self.head = nn.Linear(6, CLASSES)

    def features(self, x):
        return F.relu(self.norm(self.conv(x))).mean((2, 3))


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 2, 1)
        self.conv2 = nn.Conv2d(16, 32, 3, 2, 1)
        self.norm = nn.BatchNorm2d(32)
        self.first = nn.Linear(32, 3)
        self.second = nn.Linear(32, 3)

    def forward(self, x, partners):
        h = self.norm(F.relu(self.conv2(F.relu(self.conv1(x))))).mean((2, 3))
        return F.softmax(self.first(h) + self.second(h[partners]), 1)


def rounded(tensor):
    """The values that a Float has, so that both engines start from the same numbers."""
    return tensor.float().double()


def prepared(module):
    """The module with rounded weights, and batch norms that differ from channel to channel."""
    with torch.no_grad():
        for layer in module.modules():
            if isinstance(layer, nn.BatchNorm2d):
                nn.init.uniform_(layer.weight, 0.5, 1.5)
                nn.init.uniform_(layer.bias, -0.5, 0.5)
        for parameter in module.parameters():
            parameter.copy_(rounded(parameter))
    return module.train()


def numbers(tensor, digits=9):
    """The values; nine digits identify a Float."""
    return [float(f"{value:.{digits}g}") for value in tensor.flatten().tolist()]


def ours(tensor, digits=9):
    order = {4: (2, 3, 1, 0), 2: (1, 0), 1: (0,)}[tensor.dim()]
    return numbers(tensor.detach().permute(order), digits)


def weights(module):
    return [ours(parameter) for parameter in module.parameters()]


def gradients(module):
    return [ours(parameter.grad, digits=6) for parameter in module.parameters()]


def interpolated(x):
    shares = λ.view(-1, *[1] * (x.dim() - 1))
    return shares * x + (1 - shares) * x[partners]


def manifold_case(place):
    network.load_state_dict(start)
    loss = F.cross_entropy(network(images, interpolated, place), interpolated(labels))
    network.zero_grad()
    loss.backward()
    running = [
        numbers(values)
        for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)
        for values in (layer.running_mean, layer.running_var)
    ]
    return {"loss": loss.item(), "gradients": gradients(network), "running": running}


def adamixup_case():
    classifier, policy, discriminator = prepared(Classifier()), prepared(Policy()), prepared(nn.Linear(6, 2))
    parts = policy(images, partners)
    share = parts[:, 0] + u * parts[:, 1]
    x = share.view(-1, 1, 1, 1) * images + (1 - share.view(-1, 1, 1, 1)) * images[partners]
    # No gradient flows through the labels.
    constant = share.detach().view(-1, 1)
    p = constant * labels + (1 - constant) * labels[partners]
    h = classifier.features(torch.cat([x, images]))
    classification = F.cross_entropy(classifier.head(h), torch.cat([p, labels]))
    intrusion = F.cross_entropy(discriminator(h), torch.arange(2).repeat_interleave(COUNT))
    (classification + intrusion).backward()
    parts_of_it = {"classifier": classifier, "policy": policy, "discriminator": discriminator}
    return {
        "low": numbers(parts[:, 0]), "high": numbers(parts[:, 0] + parts[:, 1]), "lambda": numbers(share),
        "classification": classification.item(), "intrusion": intrusion.item(),
        "parameters": {name: weights(part) for name, part in parts_of_it.items()},
        "gradients": {name: gradients(part) for name, part in parts_of_it.items()},
    }


images = rounded(torch.randn(COUNT, 3, SIZE, SIZE))
classes = torch.tensor([0, 1, 2, 3, 1, 2])
labels = F.one_hot(classes, CLASSES).double()
partners = torch.tensor([3, 0, 5, 1, 4, 2])
λ = rounded(torch.rand(COUNT) / 2 + 0.5)
u = rounded(torch.rand(COUNT))
network = prepared(WideResNet())
start = {name: value.clone() for name, value in network.state_dict().items()}

with open("mixing.json", "w") as file:
    json.dump(
        {
            "images": numbers(images.permute(0, 2, 3, 1)), "labels": classes.tolist(),
            "partners": partners.tolist(), "lambda": numbers(λ), "u": numbers(u),
            "parameters": weights(network), "manifold": [manifold_case(place) for place in range(3)],
            "adaMixUp": adamixup_case(),
        },
        file,
        separators=(",", ":"),
    )
    file.write("\n")
