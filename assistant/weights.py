"""The weights of answering that were fitted on dev: `python -m evals.fit_evidence`, `.fit_answers`, `.fit_read`."""

import json
from functools import cache
from pathlib import Path

WEIGHTS = Path(__file__).parent / "data" / "answers.json"


@cache
def load_weights() -> dict[str, dict[str, float]]:
    """The fitted weights by feature.

    `evidence` of a sentence, `figure` of a figure, `answerable` and `answerable_read` with their `intercept`.
    """
    weights: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return weights
