"""Memory that answers have freed goes back to the system."""

import ctypes
import itertools
from collections.abc import Callable

# Giving back takes 3 to 8 ms, measured.
EVERY = 50


def _malloc_trim() -> Callable[[int], int] | None:
    """The C library's own `malloc_trim` (man malloc_trim(3)), or None, as with musl."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None


class Heap:
    """Counts answers and gives freed memory back after every so many.

    Answers free arrays of many sizes between small objects that stay; glibc keeps the holes, and a
    process that serves for days grows although nothing in it is held.
    """

    def __init__(self, every: int = EVERY, trim: Callable[[int], int] | None = None) -> None:
        self._every = every
        self._trim = trim or _malloc_trim()
        self._answers = itertools.count(1)

    def answered(self) -> None:
        """Count one answer. Safe to call from several threads."""
        if self._trim and next(self._answers) % self._every == 0:
            self._trim(0)
