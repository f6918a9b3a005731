"""What a question's wording alone shows: linear models over runs of its characters (TF-IDF, logistic regression).

`python -m evals.fit_asking` fits them, on questions about no plan in particular.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

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
    """The intercept of each kind; the place of each run in `numbers`: its idf, then its weight for each kind.

    `intercepts` float32, shape (kinds,); `numbers` float32, shape (runs, 1 + kinds).
    """

    intercepts: NDArray[np.float32]
    places: Mapping[str, int]
    numbers: NDArray[np.float32]

    def odds(self, understood: str) -> list[float]:
        """The log-odds of each kind, for a question as it was understood."""
        counts = Counter(self.places[run] for run in runs(understood) if run in self.places)
        if not counts:
            return [float(start) for start in self.intercepts]
        known = self.numbers[list(counts)]
        values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32))) * known[:, 0]
        odds = self.intercepts + values @ known[:, 1:] / np.linalg.norm(values)
        return [float(each) for each in odds]


@cache
def load_wording(name: str) -> Wording:
    """The model of that name in data/."""
    stored = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    places = {run: place for place, run in enumerate(stored["runs"])}
    numbers = np.array(list(stored["runs"].values()), dtype=np.float32)
    return Wording(np.array(stored["intercept"], dtype=np.float32), places, numbers)
