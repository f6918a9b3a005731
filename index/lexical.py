"""BM25 over words, by `bm25s`.

Robertson & Zaragoza 2009, The Probabilistic Relevance Framework: BM25 and Beyond,
doi:10.1561/1500000019; the variant is Lucene's (Kamphuis et al. 2020, doi:10.1007/978-3-030-45442-5_4):
score = Σ idf(t) · tf / (tf + k1 · (1 − b + b · length / mean length)),
idf(t) = ln(1 + (N − df + ½) / (df + ½)).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from index.passages import index_text
from index.types import Passage, Vectors

# b as in the paper's experiments; k1 by cross-validation on dev (docs/decisions/008-reranking.md):
# a word that a list of projects says ten times counts hardly more than one said twice.
K1 = 0.6
B = 0.75


class LexicalIndex:
    """BM25 scores of all passages for a query's words."""

    def __init__(self, model: bm25s.BM25, size: int) -> None:
        self._model = model
        self.size = size

    @classmethod
    def build(cls, tokens: Sequence[Sequence[str]]) -> "LexicalIndex":
        """The index of tokenised passages, in their order."""
        model = bm25s.BM25(k1=K1, b=B, method="lucene")
        model.index([list(words) for words in tokens], show_progress=False)
        return cls(model, len(tokens))

    @classmethod
    def open(cls, folder: Path) -> "LexicalIndex":
        """The index that `save` wrote."""
        model = bm25s.BM25.load(str(folder))
        return cls(model, int(model.scores["num_docs"]))

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        self._model.save(str(folder))

    def holds(self, word: str) -> NDArray[np.bool_]:
        """Whether each passage holds a word: bool, shape (n_passages,)."""
        marks = np.zeros(self.size, dtype=np.bool_)
        place = self._model.vocab_dict.get(word)
        if place is not None:
            pointers = self._model.scores["indptr"]
            marks[self._model.scores["indices"][pointers[place] : pointers[place + 1]]] = True
        return marks

    def frequency(self, word: str) -> int:
        """How many passages hold a word."""
        place = self._model.vocab_dict.get(word)
        pointers = self._model.scores["indptr"]
        return 0 if place is None else int(pointers[place + 1] - pointers[place])

    def idf(self, word: str) -> float:
        """How rare a word is among the passages; the highest for a word that none of them has."""
        frequency = self.frequency(word)
        return math.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5))

    def scores(self, words: Sequence[str]) -> Vectors:
        """float32, shape (n_passages,); words that no passage has count nothing."""
        known = [word for word in words if word in self._model.vocab_dict]
        if not known:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self._model.get_scores(known), dtype=np.float32)


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
