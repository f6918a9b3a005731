"""What a question shows by its wording alone: that it asks what came of a plan, or does not say of what it asks.

A linear model over runs of characters (TF-IDF, logistic regression), fitted on questions about no plan in
particular: `python -m evals.fit_asking`.
"""

import json
import math
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WEIGHTS = Path(__file__).parent / "data" / "asking.json"
# Runs of so many characters, the ends of the question among them.
LONGEST_RUN = 3
# Log-odds from which the wording says so; on dev, fit and 670 further questions right for 91 of 100.
SHOWS = 2.0
# Surer than this no wording is.
MOST = 4.0


@dataclass(frozen=True, slots=True)
class Asking:
    """Log-odds, in [−4, 4]: that what was achieved since is asked for; that the subject is missing."""

    actual: float
    vague: float


def runs(text: str) -> list[str]:
    """The runs of characters of a question, with its ends.

    >>> runs("几所")
    ['^', '几', '所', '$', '^几', '几所', '所$', '^几所', '几所$']
    """
    whole = f"^{''.join(text.split()).rstrip('?。!')}$"
    return [
        whole[start : start + length]
        for length in range(1, LONGEST_RUN + 1)
        for start in range(len(whole) - length + 1)
    ]


@cache
def _model() -> tuple[tuple[float, float], dict[str, tuple[float, float, float]]]:
    """The intercepts, and by run its idf and its weights."""
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return tuple(stored["intercept"]), stored["runs"]


def read_asking(understood: str) -> Asking:
    """What a question shows, as it was understood."""
    intercept, known = _model()
    counts = Counter(run for run in runs(understood) if run in known)
    values = {run: (1 + math.log(count)) * known[run][0] for run, count in counts.items()}
    length = math.sqrt(sum(value * value for value in values.values())) or 1.0
    odds = [
        start + sum(value * known[run][place] for run, value in values.items()) / length
        for place, start in enumerate(intercept, start=1)
    ]
    return Asking(*(max(-MOST, min(MOST, each)) for each in odds))
