"""BM25 over words, by `bm25s`.

Robertson & Zaragoza 2009, The Probabilistic Relevance Framework: BM25 and Beyond,
doi:10.1561/1500000019; the variant is Lucene's (Kamphuis et al. 2020, doi:10.1007/978-3-030-45442-5_4):
score = Σ idf(t) · tf / (tf + k1 · (1 − b + b · length / mean length)),
idf(t) = ln(1 + (N − df + ½) / (df + ½)).
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import load_array
from index.passages import index_text
from index.types import Passage, Vectors

if TYPE_CHECKING:
    from bm25s import BM25

# b as in the paper's experiments; k1 by cross-validation on dev (docs/decisions/008-reranking.md):
# a word that a list of projects says ten times counts hardly more than one said twice.
K1 = 0.6
B = 0.75


# The files of bm25s: columns of a sparse matrix, words by passages, and the words with their places.
MATRIX = {name: f"{name}.csc.index.npy" for name in ("data", "indices", "indptr")}
WORDS, COUNTS = "vocab.index.json", "params.index.json"


class LexicalIndex:
    """BM25 scores of all passages for a query's words.

    `bm25s` computes and writes them. Adding a query's columns up needs numpy alone; importing bm25s, and
    scipy with it, takes longer than answering.
    """

    def __init__(
        self, vocabulary: Mapping[str, int], matrix: Mapping[str, NDArray[Any]], size: int
    ) -> None:
        self._vocabulary = vocabulary
        self._matrix = matrix
        self._scores, self._passages, self._bounds = (matrix[name] for name in MATRIX)
        self.size = size

    @classmethod
    def build(cls, tokens: Sequence[Sequence[str]]) -> "LexicalIndex":
        """The index of tokenised passages, in their order."""
        model = _bm25()
        model.index([list(words) for words in tokens], show_progress=False)
        return cls(model.vocab_dict, model.scores, len(tokens))

    @classmethod
    def open(cls, folder: Path) -> "LexicalIndex":
        """The index that `save` wrote."""
        matrix = {name: load_array(folder / file) for name, file in MATRIX.items()}
        vocabulary = json.loads((folder / WORDS).read_text(encoding="utf-8"))
        counts = json.loads((folder / COUNTS).read_text(encoding="utf-8"))
        return cls(vocabulary, matrix, counts["num_docs"])

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        model = _bm25()
        model.vocab_dict = dict(self._vocabulary)
        model.scores = {**self._matrix, "num_docs": self.size}
        model.nonoccurrence_array = None  # Lucene's variant gives absent words nothing
        model.save(str(folder))

    def _column(self, word: str) -> slice:
        """Where a word's scores stand, nowhere for a word that no passage has."""
        place = self._vocabulary.get(word)
        return slice(0) if place is None else slice(self._bounds[place], self._bounds[place + 1])

    def holds(self, word: str) -> NDArray[np.bool_]:
        """Whether each passage holds a word: bool, shape (n_passages,)."""
        marks = np.zeros(self.size, dtype=np.bool_)
        marks[self._passages[self._column(word)]] = True
        return marks

    def frequency(self, word: str) -> int:
        """How many passages hold a word."""
        column = self._column(word)
        return int(column.stop - (column.start or 0))

    def idf(self, word: str) -> float:
        """How rare a word is among the passages; the highest for a word that none of them has."""
        frequency = self.frequency(word)
        return math.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5))

    def scores(self, words: Sequence[str]) -> Vectors:
        """float32, shape (n_passages,); words that no passage has count nothing."""
        total = np.zeros(self.size, dtype=np.float32)
        for word in words:
            column = self._column(word)
            total[self._passages[column]] += self._scores[column]
        return total


def _bm25() -> "BM25":
    import bm25s

    return bm25s.BM25(k1=K1, b=B, method="lucene")


# What stands in the place of a passage without headings: no word is empty.
_NOTHING = [""]


@dataclass(frozen=True, slots=True, kw_only=True)
class LexicalIndexes:
    """The words of passages with their headings, of their parts, and of the headings alone."""

    passages: LexicalIndex
    parts: LexicalIndex
    headings: LexicalIndex

    @classmethod
    def build(
        cls, passages: Sequence[Passage], tokenize: Callable[[str], list[str]]
    ) -> "LexicalIndexes":
        """The indexes of passages, in their order."""
        parts = [part.text for passage in passages for part in passage.parts]
        above = ["\n".join(passage.context) for passage in passages]
        return cls(
            passages=LexicalIndex.build([tokenize(index_text(passage)) for passage in passages]),
            parts=LexicalIndex.build([tokenize(text) or _NOTHING for text in parts]),
            headings=LexicalIndex.build([tokenize(text) or _NOTHING for text in above]),
        )

    @classmethod
    def open(cls, folder: Path) -> "LexicalIndexes":
        """The indexes that `save` wrote."""
        return cls(**{name: LexicalIndex.open(folder / name) for name in cls.__slots__})

    def save(self, folder: Path) -> None:
        """Write the indexes into a folder."""
        for name in self.__slots__:
            getattr(self, name).save(folder / name)
