"""Writes values.json beside this file: what scipy 1.10.1 and numpy 1.24.2 make of the inputs. Run: python3 make.py"""
import itertools, json, pathlib
import numpy as np
from scipy import stats

here = pathlib.Path(__file__).parent
base = np.load(here / "baseline_5folds_x_4metrics.npy").ravel()
trick = np.load(here / "trick_5folds_x_4metrics.npy").ravel()
a = [0.813, 0.790, 0.655, 0.903, 0.733, 0.842, 0.700, 0.512, 0.888, 0.921, 0.604, 0.777]
b = [0.801, 0.823, 0.702, 0.934, 0.731, 0.891, 0.777, 0.498, 0.899, 0.940, 0.671, 0.799]
tied_a = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
tied_b = [2, 4, 2, 6, 6, 5, 7, 12, 13, 11]
many_a = [round(0.5 + 0.01 * ((37 * n) % 101) / 3, 6) for n in range(60)]
many_b = [round(x + 0.001 * ((53 * n) % 97) - 0.035, 6) for n, x in enumerate(many_a)]
folds = [0.011, 0.004, 0.015, -0.003, 0.009]


def exact_with_ties(x, y):
    d = np.subtract(y, x)
    d = d[d != 0]
    ranks = stats.rankdata(abs(d))
    w = min(ranks[d > 0].sum(), ranks[d < 0].sum())
    sums = [sum(r for r, s in zip(ranks, signs) if s) for signs in itertools.product((0, 1), repeat=len(d))]
    return w, min(1.0, 2 * np.mean(np.array(sums) <= w + 1e-9))


def pair(result):
    return {"statistic": float(result[0]), "p": float(result[1])}


d = np.array(folds)
corrected = d.mean() / np.sqrt((1 / 5 + 0.25) * d.var(ddof=1))
out = {
    "a": a, "b": b, "tiedA": tied_a, "tiedB": tied_b, "manyA": many_a, "manyB": many_b, "folds": folds,
    "paired": pair(stats.ttest_rel(base, trick)),
    "pairedAb": pair(stats.ttest_rel(b, a)),
    "wilcoxonExact": pair(stats.wilcoxon(b, a, mode="exact")),
    "wilcoxonTies": pair(exact_with_ties(tied_a, tied_b)),
    "wilcoxonNormal": pair(stats.wilcoxon(many_b, many_a, mode="approx", zero_method="wilcox")),
    "corrected": {"statistic": float(corrected), "p": float(2 * stats.t.sf(abs(corrected), 4))},
    "studentT": [[t, df, float(2 * stats.t.sf(t, df))] for t in (0.0, 0.3, 2.0, 9.0, 40.0) for df in (1, 4, 30, 2000)],
    "normal": [[z, float(2 * stats.norm.sf(z))] for z in (0.0, 0.1, 1.0, 1.96, 2.8, 2.9, 6.0, 20.0)],
    "bootstrap": list(map(float, stats.bootstrap((a,), np.mean, method="percentile", n_resamples=200000, random_state=1).confidence_interval)),
}
(here / "values.json").write_text(json.dumps(out, indent=1))
