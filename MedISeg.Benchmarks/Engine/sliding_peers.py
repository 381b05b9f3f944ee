"""Peers of the sliding window: MONAI where it is installed, else a plain torch loop with sums, weights and argmax of the whole volume."""
import importlib.util
import time

import numpy as np
import torch

SLOPES, OFFSETS = (1, .5, -1, .25, -.3), (0, .1, .2, .3, .4)
ROI = 96


class Network:
    """A line in the image a class; its own time is taken off."""

    def __init__(self, clock):
        self.clock = clock

    def __call__(self, patch):
        started = time.process_time()
        result = torch.cat([patch * slope + offset for slope, offset in zip(SLOPES, OFFSETS)], 1)
        self.clock[0] += time.process_time() - started
        return result


def image(size):
    place = np.arange(np.prod(size), dtype=np.uint32)
    place *= np.uint32(2654435761)
    place >>= 8
    return torch.from_numpy(place.astype(np.float32) * np.float32(4 / (1 << 24)) - np.float32(2)).reshape(1, 1, *size)


def gaussian():
    line = torch.exp(-.5 * ((torch.arange(ROI) - (ROI - 1) / 2) / (ROI / 8)) ** 2)
    weights = line[:, None, None] * line[None, :, None] * line[None, None, :]
    return torch.clamp(weights, min=float(weights.max()) * 1e-3)


def starts(side):
    count = -(-(side - ROI) // (ROI // 2)) + 1
    return [round((side - ROI) / (count - 1) * n) for n in range(count)]


def plain(volume, network):
    size = volume.shape[2:]
    weights = gaussian()
    total, count = torch.zeros((len(SLOPES), *size)), torch.zeros(size)
    for k in starts(size[0]):
        for j in starts(size[1]):
            for i in starts(size[2]):
                place = (slice(k, k + ROI), slice(j, j + ROI), slice(i, i + ROI))
                scores = network(volume[(..., *place)].contiguous())[0]
                scores *= weights
                total[(slice(None), *place)] += scores
                count[place] += weights
    total /= count
    return total


def monai(volume, network):
    from monai.inferers import sliding_window_inference
    return sliding_window_inference(volume, (ROI,) * 3, 1, network, overlap=.5, mode="gaussian")[0]


def work(size):
    def prepare(clock):
        peer = "monai" if importlib.util.find_spec("monai") else "torch"
        volume, network = image(size), Network(clock)
        factors = torch.arange(volume.numel()) % 101

        def run():
            scores = (monai if peer == "monai" else plain)(volume, network)
            labels = torch.argmax(scores, 0).to(torch.uint8)
            return int((labels.flatten() * factors).sum())
        return peer, run
    return prepare


WORKS = {"sliding-window": work((200, 512, 512)), "sliding-window-quick": work((120, 200, 200))}
