"""Intervals and differences: percentile bootstrap and a paired randomisation test, both with a seed.

Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 13; Smucker, Allan & Carterette 2007,
A Comparison of Statistical Significance Tests for IR Evaluation, doi:10.1145/1321440.1321528.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SEED = 20220402
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval over n questions; all 0 for none."""

    mean: float
    low: float
    high: float
    n: int


def estimate(values: Sequence[float], *, seed: int = SEED) -> Estimate:
    """The mean of values in [0, 1] with its bootstrap interval.

    A sample all of one value has no spread to resample: its open side is the rule of three, 3 / n
    (Hanley & Lippman-Hand 1983, doi:10.1001/jama.1983.03330370053031).
    """
    if not values:
        return Estimate(0.0, 0.0, 0.0, 0)
    data = np.asarray(values, dtype=np.float64)
    mean = float(data.mean())
    if np.all(data == data[0]):
        margin = min(1.0, 3 / len(data))
        return Estimate(
            mean, max(0.0, mean - margin) if mean else 0.0, min(1.0, mean + margin), len(data)
        )
    generator = np.random.default_rng(seed)
    means = generator.choice(data, size=(RESAMPLES, len(data))).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Estimate(mean, float(low), float(high), len(data))


def randomisation_test(
    first: Sequence[float], second: Sequence[float], *, seed: int = SEED
) -> float:
    """The two-sided p-value of the difference of two means over the same questions.

    Signs of the differences are drawn at random; (more extreme + 1) / (draws + 1). ValueError where the
    lengths differ.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} values against {len(second)}")
    differences = np.asarray(second, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    if not differences.size or not differences.any():
        return 1.0
    generator = np.random.default_rng(seed)
    signs = generator.choice([-1.0, 1.0], size=(RESAMPLES * 5, differences.size))
    drawn = np.abs((signs * differences).sum(axis=1))
    extreme = int((drawn >= abs(differences.sum()) - 1e-12).sum())
    return (extreme + 1) / (RESAMPLES * 5 + 1)
