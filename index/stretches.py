"""How often the documents say a few characters in a row, without reading them through."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

LONGEST = 4
_BITS = np.uint64(16)


class Stretches:
    """Counts of stretches of at most four characters of the Basic Multilingual Plane.

    All stretches of four stand sorted as numbers, 8 bytes each, so those that begin alike are neighbours:
    a count is the distance between two binary searches.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _sorted(self) -> NDArray[np.uint64]:
        codes = _codes(self._text)
        padded = np.concatenate([codes, np.zeros(LONGEST - 1, dtype=np.uint64)])
        packed = np.zeros(len(codes), dtype=np.uint64)
        for place in range(LONGEST):
            packed = (packed << _BITS) | padded[place : place + len(codes)]
        packed.sort()
        return packed

    def counts(self, stretches: Sequence[str]) -> list[int]:
        """How often each stands in the text, overlaps included; they are of one length, at most four.

        >>> Stretches("在园幼儿在园").counts(["在园", "园幼", "幼园"])
        [2, 1, 0]
        """
        if not stretches:
            return []
        codes = _codes("".join(stretches)).reshape(len(stretches), -1)
        length = codes.shape[1]
        if length > LONGEST:
            raise ValueError(f"{stretches[0]!r} is longer than {LONGEST} characters")
        shifts = np.arange(LONGEST - 1, LONGEST - 1 - length, -1, dtype=np.uint64) * _BITS
        first = (codes << shifts).sum(axis=1, dtype=np.uint64)
        after = first + (np.uint64(1) << np.uint64(LONGEST - length) * _BITS)
        bounds = np.searchsorted(self._sorted, [first, after])
        return [int(count) for count in bounds[1] - bounds[0]]


def _codes(text: str) -> NDArray[np.uint64]:
    """The characters as numbers of 16 bits, others as 0."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    codes[codes >> _BITS > 0] = 0
    return codes
