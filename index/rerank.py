"""The last word on the order of the candidates, and what the first one's score means.

The linear reranker weighs the features; its weights were fitted on `dev` by the listwise loss
−ln Σ_relevant softmax(score) (Cao et al. 2007, Learning to Rank, doi:10.1145/1273496.1273513), by
`python -m evals.fit`.
A cross-encoder named in the settings takes its place.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.features import FEATURES, Features
from index.query import Query
from index.types import Passage

WEIGHTS = Path(__file__).parent / "data" / "reranker.json"


class Reranker(Protocol):
    """Scores candidates; larger is better."""

    def scores(
        self, query: Query, candidates: Sequence[Passage], features: Features
    ) -> NDArray[np.float64]:
        """float64, shape (n_candidates,)."""
        ...

    def probability(
        self,
        query: Query,
        features: Features,
        scores: NDArray[np.float64],
        order: NDArray[np.int64],
    ) -> float:
        """The probability that the first candidate in the order holds the answer, in (0, 1)."""
        ...


@cache
def load_weights() -> dict[str, dict[str, float]]:
    """The fitted weights: `ranking` by feature, `probability` by feature with its `intercept`."""
    weights: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return weights


class LinearReranker:
    """A weighted sum of the features."""

    def __init__(self, weights: dict[str, float] | None = None) -> None:
        known = load_weights()["ranking"] if weights is None else weights
        self._logistic = load_weights()["probability"]
        self._weights = np.array([known.get(name, 0.0) for name in FEATURES])

    def scores(
        self, query: Query, candidates: Sequence[Passage], features: Features
    ) -> NDArray[np.float64]:
        """The weighted sums."""
        return np.asarray(features.matrix @ self._weights, dtype=np.float64)

    def probability(
        self,
        query: Query,
        features: Features,
        scores: NDArray[np.float64],
        order: NDArray[np.int64],
    ) -> float:
        """A logistic function of what speaks for the first candidate, fitted on `dev`."""
        values = evidence_values(query, features, scores, order)
        z = sum(self._logistic[name] * value for name, value in values.items())
        return float(1 / (1 + np.exp(-z - self._logistic["intercept"])))


def load_reranker(name: str) -> Reranker:
    """The linear reranker for '', else the cross-encoder of that name; SettingsError where there is none."""
    if not name:
        return LinearReranker()
    from index.cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker(name)


def evidence_values(
    query: Query, features: Features, scores: NDArray[np.float64], order: NDArray[np.int64]
) -> dict[str, float]:
    """What the probability is read from: the first candidate's score, its lead and what it holds."""
    first = order[0]
    lead = float(scores[first] - scores[order[1]]) if len(order) > 1 else 1.0
    return {
        "score": float(scores[first]),
        "lead": lead,
        "passage": float(features.column("passage")[first]),
        "similarity": 10 * float(features.similarity[first]),
        "unknown": query.unknown,
    }
