"""WRN-28-2 as fastai v1 builds it, in PyTorch."""

import torch
from torch import nn
from torch.nn import functional as F


def convolution(inputs, outputs, size, stride=1):
    layer = nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False)
    nn.init.kaiming_normal_(layer.weight)
    return layer


class Block(nn.Module):
    """A pre-activation block: its shortcut starts after the first activation, and its residual branch is
    scaled by 0.2."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inputs)
        self.conv1 = convolution(inputs, outputs, 3, stride)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.conv2 = convolution(outputs, outputs, 3)
        changes_shape = stride != 1 or inputs != outputs
        self.shortcut = convolution(inputs, outputs, 1, stride) if changes_shape else nn.Identity()

    def forward(self, x):
        h = F.relu(self.norm1(x), inplace=True)
        u = F.relu(self.norm2(self.conv1(h)), inplace=True)
        return torch.add(self.shortcut(h), self.conv2(u), alpha=0.2)


class WideResNet(nn.Sequential):
    """Maps images (N, 3, 32, 32) to logits (N, 10)."""

    def __init__(self, depth=28, widen_factor=2, start_channels=16, classes=10):
        layers = [convolution(3, start_channels, 3)]
        inputs = start_channels
        for group in range(3):
            outputs = start_channels * widen_factor * 2**group
            for block in range((depth - 4) // 6):
                layers.append(Block(inputs, outputs, stride=2 if group and not block else 1))
                inputs = outputs
        head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, classes)]
        super().__init__(*layers, nn.BatchNorm2d(inputs), nn.ReLU(inplace=True), *head)
