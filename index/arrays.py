"""Reads numpy's files in one thread at a time.

numpy reads a file's header with `ast`, whose count of depth all threads of CPython 3.11 share: where the garbage
collector runs Python code meanwhile, another thread may change it, and the reader gets a SystemError.
"""

from pathlib import Path
from threading import Lock
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

_reading = Lock()


def load_array(file: Path, mmap_mode: Literal["r"] | None = None) -> NDArray[Any]:
    """The array in a `.npy` file; with `mmap_mode` "r" it is read from disk as it is used."""
    with _reading:
        array: NDArray[Any] = np.load(file, mmap_mode=mmap_mode, allow_pickle=False)
    return array
