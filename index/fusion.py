"""Scores of different rankings brought to a common scale.

Bruch, Gai & Ingber 2023, An Analysis of Fusion Functions for Hybrid Retrieval, doi:10.1145/3596512.
"""

import numpy as np
from numpy.typing import NDArray

from index.types import Vectors


def scaled(scores: Vectors) -> Vectors:
    """Scores with their maximum at 1 and their minimum at 0; where they do not differ, 1 if positive."""
    if not scores.size:
        return scores
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else (scores > 0).astype(np.float32)


def highest(scores: Vectors, k: int) -> NDArray[np.int64]:
    """The places of the k highest positive scores, best first, of equal ones the first.

    >>> highest(np.array([1, 0, 3, 1], dtype=np.float32), 2).tolist()
    [2, 0]
    """
    positive = np.flatnonzero(scores > 0)
    if len(positive) > k:  # sorting them all would take the longest part of a query over 50,000
        border = np.partition(scores[positive], -k)[-k]
        positive = positive[scores[positive] >= border]
    return positive[np.argsort(-scores[positive], kind="stable")][:k]
