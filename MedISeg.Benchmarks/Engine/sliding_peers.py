"""Peers of the sliding window: MONAI and nnU-Net where they are installed, else plain torch loops that do the same work.

All sum up the whole volume with its weights, divide and take the argmax: as MONAI does in single precision with a Gaussian of at least a
thousandth, or as nnU-Net does in half precision with a Gaussian of up to 10 that is nowhere 0, and a look for overflow.
"""
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


def half_gaussian():
    from scipy.ndimage import gaussian_filter
    weights = np.zeros((ROI,) * 3)
    weights[(ROI // 2,) * 3] = 1
    weights = gaussian_filter(weights, ROI / 8, order=0, mode="constant", cval=0)
    weights = torch.from_numpy(weights / weights.max() * 10).to(torch.half)
    weights[weights == 0] = weights[weights != 0].min()
    return weights


def half(volume, network):
    size = volume.shape[2:]
    weights = half_gaussian()
    total, count = torch.zeros((len(SLOPES), *size), dtype=torch.half), torch.zeros(size, dtype=torch.half)
    for k in starts(size[0]):
        for j in starts(size[1]):
            for i in starts(size[2]):
                place = (slice(k, k + ROI), slice(j, j + ROI), slice(i, i + ROI))
                scores = network(volume[(..., *place)].clone(memory_format=torch.contiguous_format))[0]
                scores *= weights
                total[(slice(None), *place)] += scores
                count[place] += weights
    torch.div(total, count, out=total)
    if torch.any(torch.isinf(total)):
        raise OverflowError
    return total


class OnePatchNetwork(torch.nn.Module):
    """The network as nnU-Net's predictor calls it."""

    def __init__(self, network):
        super().__init__()
        self.forward = network


def nnunet(volume, network):
    from types import SimpleNamespace
    from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
    predictor = nnUNetPredictor(tile_step_size=.5, use_gaussian=True, use_mirroring=False, perform_everything_on_device=False,
                                device=torch.device("cpu"), verbose=False, allow_tqdm=False)
    predictor.network = OnePatchNetwork(network)
    predictor.configuration_manager = SimpleNamespace(patch_size=[ROI] * 3)
    predictor.label_manager = SimpleNamespace(num_segmentation_heads=len(SLOPES))
    return predictor.predict_sliding_window_return_logits(volume[0])


def work(size, module, peer, otherwise, loop):
    """The peer's loop where its module is installed, else ours."""
    def prepare(clock):
        name, infer = (module, peer) if importlib.util.find_spec(module) else (otherwise, loop)
        volume, network = image(size), Network(clock)
        factors = torch.arange(volume.numel()) % 101

        def run():
            with torch.no_grad():
                labels = torch.argmax(infer(volume, network), 0).to(torch.uint8)
            return int((labels.flatten() * factors).sum())
        return name, run
    return prepare


WORKS = {}
for _suffix, _size in (("", (200, 512, 512)), ("-quick", (120, 200, 200))):
    WORKS[f"sliding-window{_suffix}"] = work(_size, "monai", monai, "torch, as MONAI", plain)
    WORKS[f"sliding-window-half{_suffix}"] = work(_size, "nnunetv2", nnunet, "torch, as nnU-Net", half)
