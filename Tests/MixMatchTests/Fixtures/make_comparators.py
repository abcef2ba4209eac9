"""Writes comparators.json, the losses of other methods and their gradients in PyTorch: pip install torch, then
run it in this folder.

The network has global average pooling and two linear layers with a ReLU between them, in double precision.
"""

import json

import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
LABELLED, UNLABELLED, CLASSES, HIDDEN = 3, 4, 5, 6


def weights():
    shapes = [(3, HIDDEN), (HIDDEN,), (HIDDEN, CLASSES), (CLASSES,)]
    return [torch.randn(shape).float().double().requires_grad_() for shape in shapes]


def network(w, images):
    return torch.relu(images.mean((1, 2)) @ w[0] + w[1]) @ w[2] + w[3]


model, teacher = weights(), weights()
x = torch.randn(LABELLED, 2, 2, 3).float().double()
u = torch.randn(2 * UNLABELLED, 2, 2, 3).float().double()
d = torch.randn(UNLABELLED, 2, 2, 3).float().double()
labels = torch.tensor([0, 3, 4])
u1, u2 = u[:UNLABELLED], u[UNLABELLED:]


def pseudo_label():
    logits = network(model, u1)
    p = F.softmax(logits, 1).detach()
    sure = (p.max(1).values >= 0.35).double()
    return (sure * F.cross_entropy(logits, p.argmax(1), reduction="none")).mean()


def pi_model():
    return F.mse_loss(F.softmax(network(model, u2), 1), F.softmax(network(model, u1), 1).detach())


def mean_teacher():
    return F.mse_loss(F.softmax(network(model, u1), 1), F.softmax(network(teacher, u2), 1).detach())


def unit(r):
    return r / r.flatten(1).norm(dim=1)[:, None, None, None]


def perturbation():
    p = F.softmax(network(model, u1), 1).detach()
    r = (0.1 * unit(d)).requires_grad_()
    divergence = F.kl_div(F.log_softmax(network(model, u1 + r), 1), p, reduction="batchmean")
    # The radius 12 is for images of 32 x 32 pixels; these have 2 x 2.
    return 12 * 2 / 32 * unit(torch.autograd.grad(divergence, r)[0])


def vat():
    p = F.softmax(network(model, u1), 1).detach()
    return F.kl_div(F.log_softmax(network(model, u1 + perturbation()), 1), p, reduction="batchmean")


def entropy():
    return torch.distributions.Categorical(logits=network(model, u1)).entropy().mean()


def case(unlabelled):
    loss = unlabelled()
    gradients = torch.autograd.grad(loss, model)
    return {"unlabelled": loss.item(), "gradients": [g.flatten().tolist() for g in gradients]}


def numbers(value):
    if isinstance(value, torch.Tensor):
        return value.detach().flatten().tolist()
    return [numbers(v) for v in value]


with open("comparators.json", "w") as file:
    json.dump(
        {
            "model": numbers(model),
            "teacher": numbers(teacher),
            "labelled": numbers(x),
            "labels": labels.tolist(),
            "unlabelled": numbers(u),
            "direction": numbers(d),
            "labelledLoss": F.cross_entropy(network(model, x), labels).item(),
            "perturbation": numbers(perturbation()),
            "pseudoLabel": case(pseudo_label),
            "piModel": case(pi_model),
            "meanTeacher": case(mean_teacher),
            "vat": case(vat),
            "entropy": case(entropy),
        },
        file,
        separators=(",", ":"),
    )
    file.write("\n")
