"""What a question's wording alone shows: linear models over runs of its characters (TF-IDF, logistic regression).

`python -m evals.fit_asking` fits them, on questions about no plan in particular.
"""

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
# Runs of so many characters, the ends of the question among them.
LONGEST_RUN = 3


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


@dataclass(frozen=True, slots=True)
class Wording:
    """The intercept of each kind, and by run its idf and its weight for each kind."""

    intercepts: tuple[float, ...]
    known: Mapping[str, tuple[float, ...]]

    def odds(self, understood: str) -> list[float]:
        """The log-odds of each kind, for a question as it was understood."""
        counts = Counter(run for run in runs(understood) if run in self.known)
        values = {run: (1 + math.log(count)) * self.known[run][0] for run, count in counts.items()}
        length = math.sqrt(sum(value * value for value in values.values())) or 1.0
        return [
            start + sum(value * self.known[run][place] for run, value in values.items()) / length
            for place, start in enumerate(self.intercepts, start=1)
        ]


@cache
def load_wording(name: str) -> Wording:
    """The model of that name in data/."""
    stored = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return Wording(tuple(stored["intercept"]), stored["runs"])
