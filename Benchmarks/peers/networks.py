"""Training and inference of WRN-28-2 in PyTorch; worker.py describes the protocol."""

import argparse
from contextlib import nullcontext

import torch
from torch.nn import functional as F

from optimiser import make_adam
from wide_resnet import WideResNet
from worker import peak_memory, seconds_per_call, serve


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=["train", "infer", "memory"])
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--bf16", action="store_true", help="under automatic mixed precision")
    parser.add_argument("--compile", action="store_true", help="through torch.compile")
    options = parser.parse_args()
    serve(lambda: prepare(options))


def prepare(options):
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    model = WideResNet().to(memory_format=layout)
    images = torch.rand(options.batch, 3, 32, 32).to(memory_format=layout)
    if options.compile:
        model.compile()
    precision = torch.autocast("cpu", torch.bfloat16) if options.bf16 else nullcontext()

    step = inference(model, images, precision)
    if options.work != "infer":
        step = training(model, images, precision)
    for _ in range(3):
        step()
    if options.work == "memory":
        return lambda: {"value": peak_memory() * 1e-6}
    return lambda: {"value": options.batch / seconds_per_call(step)}


def training(model, images, precision):
    labels = torch.arange(len(images)) % 10
    adam = make_adam(model.parameters(), weight_decay=0.02)
    model.train()

    def step():
        adam.zero_grad(set_to_none=True)
        with precision:
            loss = F.cross_entropy(model(images), labels)
        loss.backward()
        adam.step()

    return step


def inference(model, images, precision):
    model.eval()

    @torch.inference_mode()
    def step():
        with precision:
            model(images)

    return step


if __name__ == "__main__":
    main()
