"""The last word on the order of the candidates, and what the first one's score means.

The linear reranker weighs the features; its weights were fitted on `dev` by the listwise loss
−ln Σ_relevant softmax(score) (Cao et al. 2007, Learning to Rank, doi:10.1145/1273496.1273513), by
`python -m evals.fit`.
A cross-encoder named in the settings takes its place.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.features import FEATURES, Features
from index.query import Query
from index.types import Passage

WEIGHTS = Path(__file__).parent / "data" / "reranker.json"
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranking:
    """float64, shape (n_candidates,), larger is better; the probability that the first holds the answer."""

    scores: Scores
    probability: float


class Reranker(Protocol):
    """Orders candidates."""

    def rank(self, query: Query, candidates: Sequence[Passage], features: Features) -> Ranking:
        """The candidates' scores, in their order; there is one at least."""
        ...


@cache
def load_weights() -> dict[str, dict[str, float]]:
    """The fitted weights: `ranking` by feature, `probability` by feature with its `intercept`."""
    weights: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return weights


def logistic(values: dict[str, float], weights: dict[str, float]) -> float:
    """The probability that weights with their `intercept` give to values."""
    z = weights["intercept"] + sum(weights[name] * value for name, value in values.items())
    return float(1 / (1 + np.exp(-z)))


class LinearReranker:
    """A weighted sum of the features."""

    def __init__(self, weights: dict[str, float] | None = None) -> None:
        known = load_weights()["ranking"] if weights is None else weights
        self._weights = np.array([known.get(name, 0.0) for name in FEATURES])

    def rank(self, query: Query, candidates: Sequence[Passage], features: Features) -> Ranking:
        """The weighted sums, and a logistic function of what speaks for the first, fitted on `dev`."""
        scores = np.asarray(features.matrix @ self._weights, dtype=np.float64)
        values = evidence_values(query, features, scores)
        return Ranking(scores, logistic(values, load_weights()["probability"]))


def load_reranker(name: str) -> Reranker:
    """The linear reranker for '', else the cross-encoder of that name; SettingsError where there is none."""
    if not name:
        return LinearReranker()
    from index.cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker(name)


def evidence_values(query: Query, features: Features, scores: Scores) -> dict[str, float]:
    """What the probability is read from: the first candidate's score, its lead and what it holds."""
    order = np.argsort(-scores, kind="stable")
    first = order[0]
    lead = float(scores[first] - scores[order[1]]) if len(order) > 1 else 1.0
    return {
        "score": float(scores[first]),
        "lead": lead,
        "passage": float(features.column("passage")[first]),
        "similarity": 10 * float(features.similarity[first]),
        "unknown": query.unknown,
    }
