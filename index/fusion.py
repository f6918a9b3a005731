"""Scores of different rankings brought to a common scale.

Bruch, Gai & Ingber 2023, An Analysis of Fusion Functions for Hybrid Retrieval, doi:10.1145/3596512.
"""

import numpy as np

from index.types import Vectors


def scaled(scores: Vectors) -> Vectors:
    """Scores with their maximum at 1 and their minimum at 0; where they do not differ, 1 if positive."""
    if not scores.size:
        return scores
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else (scores > 0).astype(np.float32)
