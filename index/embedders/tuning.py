"""What training changed in multilingual-e5-small, and the head that reads a question and a sentence together.

The matrices of the upper layers become W + b·a with a, b of low rank (Hu et al. 2021, LoRA,
arXiv:2106.09685). `python -m evals.tune` wrote `tuning.npz`, from questions about other documents than
the plan (docs/decisions/014-tuning.md).
"""

from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from index.embedders.e5_file import BLOCK_OF_8_BITS, E5File

FILE = Path(__file__).parent / "tuning.npz"
HEAD, HEAD_BIAS = "head.w", "head.b"
# What stands for zero in 8 bits.
ZERO = 128


class Tuning:
    """Low-rank changes by the name of the matrix, and the head's weights, float32, shape (2, hidden)."""

    def __init__(self, data: bytes) -> None:
        self.digest = sha256(data).hexdigest()
        with np.load(BytesIO(data)) as arrays:
            self._arrays = {name: arrays[name].astype(np.float32) for name in arrays.files}

    def change(self, name: str) -> NDArray[np.float32] | None:
        """What is added to a matrix, float32, shape (outputs, inputs); None where it stays as it was."""
        if f"{name}.a" not in self._arrays:
            return None
        return self._arrays[f"{name}.b"] @ self._arrays[f"{name}.a"]

    def factors(self, name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The two factors of a change, shapes (rank, inputs) and (outputs, rank); KeyError where there is none."""
        return self._arrays[f"{name}.a"], self._arrays[f"{name}.b"]

    @property
    def head(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Weights, shape (2, hidden), and biases, shape (2,), of relevance and of answering."""
        return self._arrays[HEAD], self._arrays[HEAD_BIAS]


@cache
def load_tuning() -> Tuning:
    """The tuning that the program comes with."""
    return Tuning(FILE.read_bytes())


class TunedE5File(E5File):
    """The weights as training left them."""

    def __init__(self, stream: BinaryIO, tuning: Tuning) -> None:
        super().__init__(stream)
        self._tuning = tuning

    def tensor(self, name: str) -> NDArray[np.float32]:
        """The weights of that name, float32, flat; KeyError where there are none."""
        weights, change = super().tensor(name), self._tuning.change(name)
        return weights if change is None else weights + change.reshape(-1)

    def eight_bits(self, name: str) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """As stored where training left the matrix as it was; else rounded, block by block."""
        if self._tuning.change(name) is None:
            return super().eight_bits(name)
        blocks = self.tensor(name).reshape(-1, BLOCK_OF_8_BITS)
        scales = np.maximum(np.abs(blocks).max(axis=1), np.float32(1e-12)) / (ZERO - 1)
        values = np.rint(blocks / scales[:, None]) + ZERO
        return values.astype(np.uint8), scales.astype(np.float32)
