"""The peer of StepServer: the same network, weights, batch, loss and optimiser in PyTorch, one training step a line of input.

Usage: torch_step.py FILE.safetensors; answers each line with CPU seconds, loss and peak memory in KiB.
"""
import json
import sys
import time

import numpy
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
with open(sys.argv[1], "rb") as file:
    header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    data = file.read()
batch = int(header.pop("__metadata__")["batch"])
tensors = {
    name: torch.from_numpy(numpy.frombuffer(data[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"]).copy())
    for name, entry in header.items()}
image, labels = tensors.pop("image"), tensors.pop("labels").long()
image = image.expand(batch, 1, *image.shape).contiguous()
labels = labels.expand(batch, *labels.shape).contiguous()
dimensions = labels.dim() - 1
conv = F.conv3d if dimensions == 3 else F.conv2d
conv_transpose = F.conv_transpose3d if dimensions == 3 else F.conv_transpose2d
levels = 1 + max(int(name.split(".")[1]) for name in tensors if name.startswith("encoder."))
trained = [value.requires_grad_() for name, value in tensors.items() if "running" not in name]
optimiser = torch.optim.SGD(trained, lr=0.01, momentum=0.99, nesterov=True, weight_decay=3e-5)


def block(name, value, stride):
    for n in range(2):
        value = conv(value, tensors[f"{name}.conv{n}.weight"], tensors[f"{name}.conv{n}.bias"], stride if n == 0 else 1, 1)
        norm = f"{name}.norm{n}"
        if norm + ".running_mean" in tensors:
            value = F.batch_norm(value, tensors[norm + ".running_mean"], tensors[norm + ".running_var"],
                                 tensors[norm + ".weight"], tensors[norm + ".bias"], training=True)
        else:
            value = F.instance_norm(value, weight=tensors[norm + ".weight"], bias=tensors[norm + ".bias"])
        value = F.leaky_relu(value, 0.01, inplace=True)
    return value


def network(value):
    skips = []
    for level in range(levels):
        value = block(f"encoder.{level}", value, 1 if level == 0 else 2)
        skips.append(value)
    skips.pop()
    for level in reversed(range(levels - 1)):
        up = conv_transpose(value, tensors[f"decoder.{level}.up.weight"], tensors[f"decoder.{level}.up.bias"], 2)
        value = block(f"decoder.{level}", torch.cat([up, skips.pop()], 1), 1)
    return conv(value, tensors["head.weight"], tensors["head.bias"])


def dice_and_cross_entropy(logits):
    shares = torch.softmax(logits, 1).flatten(2)
    truth = F.one_hot(labels.flatten(1), logits.shape[1]).transpose(1, 2).float()
    both, each = (shares * truth).sum((0, 2)), (shares + truth).sum((0, 2))
    dice = 1 - ((2 * both + 1e-5) / (each + 1e-5))[1:].mean()
    return dice + F.cross_entropy(logits, labels)


def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


for _ in sys.stdin:
    start = time.thread_time()
    loss = dice_and_cross_entropy(network(image))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 12)
    optimiser.step()
    optimiser.zero_grad()
    print(time.thread_time() - start, loss.item(), peak(), flush=True)
