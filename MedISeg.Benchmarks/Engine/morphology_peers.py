"""Peers of MorphologyTargets: cc3d and fill_voids where they are installed, else morphology_peers.c, which does the same work, or scipy.

A work gives the number of components x 1e9 + voxels of the largest, or the number of voxels filled.
"""
import ctypes
import os
import subprocess
import sys
import tempfile

import numpy as np

SIZES = {"": (300, 512, 512), "-quick": (61, 203, 211)}
ORGANS = [[500, 508, 352, 333, 176, 215], [467, 586, 703, 300, 156, 117], [400, 742, 332, 200, 78, 68],
          [400, 762, 664, 200, 78, 68], [667, 391, 500, 133, 98, 137], [500, 820, 500, 480, 49, 49]]


def hashed(n, seed):
    x = np.asarray(n, np.uint32) * np.uint32(2654435761) + np.uint32(seed * 40503 + 12345)
    x = (x ^ x >> np.uint32(16)) * np.uint32(0x7feb352d)
    x = (x ^ x >> np.uint32(15)) * np.uint32(0x846ca68b)
    return x ^ x >> np.uint32(16)


def paint(mask, centre, radius, label):
    first = [max(0, c - r) for c, r in zip(centre, radius)]
    last = [min(s - 1, c + r) for c, r, s in zip(centre, radius, mask.shape)]
    if any(b < a for a, b in zip(first, last)):
        return
    k, j, i = np.ogrid[tuple(slice(a, b + 1) for a, b in zip(first, last))]

    def squared(at, axis):
        return ((at - centre[axis]) * (at - centre[axis])).astype(np.float64) / (radius[axis] * radius[axis])

    inside = squared(k, 0) + squared(j, 1) + squared(i, 2) + 0.01 * ((i + j + k) % 16) < 1
    mask[tuple(slice(a, b + 1) for a, b in zip(first, last))][inside] = label


def organs(shape):
    mask = np.zeros(shape, np.uint8)
    for e in ORGANS:
        paint(mask, [e[a] * shape[a] // 1000 for a in range(3)], [e[3 + a] * shape[a] // 1000 for a in range(3)], 1)
    for n in range(260):
        cavity = n < 60
        centre = [ORGANS[0][a] * shape[a] // 1000 + int(hashed([n], a)[0]) % (shape[a] // 4) - shape[a] // 8 if cavity
                  else int(hashed([n], a)[0]) % shape[a] for a in range(3)]
        radius = 2 + int(hashed([n], 9)[0]) % (8 if cavity else 6)
        paint(mask, centre, [radius] * 3, 0 if cavity else 1)
    return mask


def make(name, shape):
    if name == "organ":
        return organs(shape)
    voxels = np.arange(np.prod(shape), dtype=np.uint32).reshape(shape)
    if name == "noisy":
        return organs(shape) ^ (hashed(voxels, 77) < 85899346).astype(np.uint8)
    return (hashed(voxels, 5) < 1 << 31).astype(np.uint8)


def compiled():
    """morphology_peers.c, built as wheels are: for any x86-64."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "morphology_peers.c")
    with tempfile.TemporaryDirectory() as folder:
        library = os.path.join(folder, "morphology_peers.so")
        try:
            subprocess.run(["gcc", "-O3", "-shared", "-fPIC", "-o", library, source], check=True)
        except FileNotFoundError:
            sys.exit("gcc, which builds the peer of this row, is missing: apt-get install gcc libc6-dev")
        peers = ctypes.CDLL(library)
    bytes_, words = (np.ctypeslib.ndpointer(kind, flags="C_CONTIGUOUS") for kind in (np.uint8, np.uint32))
    peers.label.argtypes, peers.label.restype = [bytes_, words, *[ctypes.c_long] * 3, ctypes.c_int], ctypes.c_uint32
    peers.count.argtypes, peers.count.restype = [words, ctypes.c_long, words], None
    peers.keep.argtypes, peers.keep.restype = [words, ctypes.c_long, ctypes.c_uint32, bytes_], None
    peers.fill.argtypes, peers.fill.restype = [bytes_, *[ctypes.c_long] * 3], ctypes.c_long
    return peers


def largest(mask, connectivity):
    try:
        import cc3d
    except ImportError:
        peers = compiled()

        def two_pass():
            labels = np.zeros(mask.shape, np.uint32)
            count = peers.label(mask, labels, *mask.shape[::-1], connectivity)
            if count == 2 ** 32 - 1:
                raise MemoryError
            sizes = np.zeros(count + 1, np.uint32)
            peers.count(labels, mask.size, sizes)
            sizes[0] = 0
            kept = np.empty(mask.shape, np.uint8)
            peers.keep(labels, mask.size, sizes.argmax(), kept)
            return count * 1e9 + sizes.max() + 0 * kept[0, 0, 0]
        return "two passes in C", two_pass

    def fast():
        labels, count = cc3d.connected_components(mask, connectivity=connectivity, return_N=True)
        sizes = cc3d.statistics(labels)["voxel_counts"]
        sizes[0] = 0
        kept = labels == sizes.argmax()
        return count * 1e9 + sizes.max() + 0 * kept[0, 0, 0]
    return "cc3d", fast


def holes(mask, name):
    try:
        import fill_voids
    except ImportError:
        if name == "organ":
            import scipy.ndimage
            return "scipy", lambda: np.count_nonzero(scipy.ndimage.binary_fill_holes(mask)) - np.count_nonzero(mask)
        peers = compiled()

        def flood():
            filled = peers.fill(mask.copy(), *mask.shape[::-1])
            if filled < 0:
                raise MemoryError
            return filled
        return "scan lines in C", flood
    return "fill_voids", lambda: fill_voids.fill(mask, in_place=False, return_fill_count=True)[1]


def works():
    for suffix, shape in SIZES.items():
        for name in ("organ", "noisy", "random50"):
            for connectivity in (6, 18, 26):
                yield f"largest-{name}-{connectivity}{suffix}", lambda _, n=name, s=shape, c=connectivity: largest(make(n, s), c)
            yield f"holes-{name}{suffix}", lambda _, n=name, s=shape: holes(make(n, s), n)


WORKS = dict(works())
