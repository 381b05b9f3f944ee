"""Writes maps.npy and values.json beside this file with scipy 1.10.1 and numpy 1.24.2. Run: python3 make.py

Surface: voxels of the region with a face neighbour outside it or outside the grid (in a single plane: an edge neighbour).
Distances by scipy's exact Euclidean distance transform with sampling; on the sheared grid by all pairs.
"""
import json, pathlib
import numpy as np
from scipy import ndimage as nd
from scipy.spatial.distance import cdist

here = pathlib.Path(__file__).parent
noise = np.random.RandomState(11)
body = nd.gaussian_filter(noise.normal(size=(11, 17, 23)), (1.2, 2.0, 2.6))
truth = np.where(body > 0.02, 1, 0).astype(np.uint8)
moved = nd.gaussian_filter(body + 0.02 * noise.normal(size=body.shape), 0.6)
prediction = np.where(np.roll(moved, (0, 1, 2), (0, 1, 2)) > 0.024, 1, 0).astype(np.uint8)
np.save(here / "maps.npy", np.stack([prediction, truth]))
SPACING = (3.0, 0.7, 1.3)
SHEAR = np.array([[0.6, -0.4, 0.9], [0.5, 0.8, -0.3], [-0.2, 0.5, 2.5]])  # rows: mm of a step along i, j, k


def surface(mask):
    return mask & ~nd.binary_erosion(mask, nd.generate_binary_structure(mask.ndim, 1))


def by_transform(a, b, spacing):
    return nd.distance_transform_edt(~b, sampling=spacing)[a]


def by_pairs(a, b, _):
    return cdist(np.argwhere(a)[:, ::-1] @ SHEAR, np.argwhere(b)[:, ::-1] @ SHEAR).min(1)


def scores(p, t, distances, spacing, tolerances):
    p, t = surface(p > 0), surface(t > 0)
    to_truth, to_prediction = distances(p, t, spacing), distances(t, p, spacing)
    both = np.concatenate([to_truth, to_prediction])
    return {
        "surfacePrediction": int(p.sum()), "surfaceTruth": int(t.sum()),
        "hausdorff": float(both.max()),
        "hd95": float(max(np.percentile(to_truth, 95), np.percentile(to_prediction, 95))),
        "mean": float(both.mean()),
        "surfaceDice": {str(x): float(np.mean(both <= x)) for x in tolerances},
    }


(here / "values.json").write_text(json.dumps({
    "anisotropic": scores(prediction, truth, by_transform, SPACING, (0.0, 0.5, 1.0, 2.0, 3.5)),
    "sheared": scores(prediction, truth, by_pairs, None, (0.0, 0.5, 1.0, 2.0, 3.5)),
    "plane": scores(prediction[5], truth[5], by_transform, SPACING[1:], (0.0, 0.75, 1.45, 2.0)),
}, indent=1))
