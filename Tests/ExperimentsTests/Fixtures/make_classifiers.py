#!/usr/bin/env python3
"""Makes small networks in PyTorch, with their weights, pictures and logits, for ClassifierTests.

    python3 make_classifiers.py        (torch 2.15, numpy)
"""

import json
import pathlib
import struct
import sys

import numpy as np
import torch

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here / "../../../scripts"))
import pytorch_predict  # noqa: E402


def write_safetensors(path, tensors, metadata):
    """Writes tensors and metadata in the safetensors format."""
    header, elements = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        values = tensor.detach().numpy().astype("<f4").tobytes()
        header[name] = {
            "dtype": "F32", "shape": list(tensor.shape),
            "data_offsets": [len(elements), len(elements) + len(values)],
        }
        elements += values
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + elements)


torch.manual_seed(0)
torch.set_num_threads(1)
pixels = np.random.default_rng(0).integers(0, 256, (5, 16, 16, 3), dtype=np.uint8)
result = {"pixels": pixels.reshape(-1).tolist()}
for variant in ["fastai", "paper"]:
    description = {
        "classes": ["a", "b", "c"], "size": 16, "mean": [0.5, 0.4, 0.3], "deviation": [0.2, 0.25, 0.3],
        "network": {"depth": 16, "widenFactor": 2, "startChannels": 2, "variant": variant},
        "origin": f"made in PyTorch {torch.__version__}",
    }
    network = pytorch_predict.build(description)
    state = network.state_dict()
    for name, tensor in state.items():
        # Batch norm's values differ from their defaults, so that each of them matters.
        if name.endswith("running_var") or name.endswith("norm.weight") or ".norm" in name:
            tensor.copy_(torch.rand_like(tensor.float()) + 0.5)
    # Larger logits differ more between pictures.
    state["head.weight"] *= 10
    weights = {name: tensor for name, tensor in state.items() if "num_batches" not in name}
    write_safetensors(
        here / f"classifier-{variant}.safetensors", weights,
        {"format": "pt", "classifier": json.dumps(description)})
    reloaded, description = pytorch_predict.load(here / f"classifier-{variant}.safetensors")
    result[variant] = pytorch_predict.logits(reloaded, description, pixels).reshape(-1).tolist()
(here / "classifiers.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")
print(result["fastai"][:6], result["paper"][:6])
