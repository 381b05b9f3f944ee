"""Logits of a hash-filled residual-encoder U-Net by PyTorch, from nnU-Net's description of the layers.

Writes MedISeg.Tests/Golden/nets/res_enc_out.npy; input and weights are those of HashFill."""
import numpy as np, torch, torch.nn.functional as F

def base(name, count):
    h0 = 0x811C9DC5
    for byte in name.encode(): h0 = (h0 ^ byte) * 0x01000193 & 0xFFFFFFFF
    h = (h0 + np.arange(count, dtype=np.uint64) * 2654435761) & 0xFFFFFFFF
    h ^= h >> 16; h = h * 0x85EBCA6B & 0xFFFFFFFF; h ^= h >> 13; h = h * 0xC2B2AE35 & 0xFFFFFFFF; h ^= h >> 16
    return (h.astype(np.float64) / 2**32 * 2 - 1).astype(np.float32)

def weight(name, *shape):
    fan = np.prod(shape[1:])
    return torch.from_numpy(base(name + ".weight", int(np.prod(shape))).reshape(shape) * np.float32(np.sqrt(6 / fan)))

def scale(name, n): return torch.from_numpy(1 + np.float32(0.1) * base(name + ".weight", n))
def bias(name, n): return torch.from_numpy(np.float32(0.05) * base(name + ".bias", n))

features, blocks, classes = [4, 6, 6], [1, 2, 2], 3
kernels = [(1, 3, 3), (3, 3, 3), (3, 3, 3)]
strides = [(1, 1, 1), (1, 2, 2), (2, 2, 2)]

def conv(x, name, out, kernel, stride=(1, 1, 1), with_bias=True):
    return F.conv3d(x, weight(name, out, x.shape[1], *kernel), bias(name, out) if with_bias else None, stride, [k // 2 for k in kernel])
def norm(x, name): return F.instance_norm(x, weight=scale(name, x.shape[1]), bias=bias(name, x.shape[1]), eps=1e-5)
def act(x): return F.leaky_relu(x, 0.01)

x = torch.from_numpy(base("res_enc.input", 2 * 2 * 4 * 8 * 12).reshape(2, 2, 4, 8, 12))
x = act(norm(conv(x, "encoder.stem.conv", features[0], kernels[0]), "encoder.stem.norm"))
skips = []
for level, out in enumerate(features):
    for n in range(blocks[level]):
        path, stride = f"encoder.{level}.{n}", strides[level] if n == 0 else (1, 1, 1)
        y = act(norm(conv(x, path + ".conv0", out, kernels[level], stride), path + ".norm0"))
        y = norm(conv(y, path + ".conv1", out, kernels[level]), path + ".norm1")
        side = F.avg_pool3d(x, stride, stride) if max(stride) > 1 else x
        if side.shape[1] != out: side = norm(conv(side, path + ".shortcut", out, (1, 1, 1), with_bias=False), path + ".shortcut_norm")
        x = act(y + side)
    skips.append(x)
for level in (1, 0):
    out, stride = features[level], strides[level + 1]
    name = f"decoder.{level}.up"
    x = F.conv_transpose3d(x, weight(name, x.shape[1], out, *stride), bias(name, out), stride)
    x = torch.cat([x, skips[level]], 1)
    x = act(norm(conv(x, f"decoder.{level}.conv0", out, kernels[level]), f"decoder.{level}.norm0"))
x = conv(x, "head", classes, (1, 1, 1))
np.save("MedISeg.Tests/Golden/nets/res_enc_out.npy", x.numpy())
print(x.shape, x.std())
