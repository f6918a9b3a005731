"""Parts of retrieval that do nothing, or do their work only once: what ablations put in their place."""

from collections.abc import Callable, Sequence

import numpy as np

from index.lexical import LexicalIndex
from index.types import Embedder, Vectors


class Unscored(LexicalIndex):
    """Knows its words but ranks nothing by them."""

    def scores(self, words: Sequence[str]) -> Vectors:
        """All 0."""
        return np.zeros(self.size, dtype=np.float32)


class NoVectors:
    """Finds nothing by meaning."""

    notice = ""

    def nearest(
        self, vector: Vectors, *, k: int, within: frozenset[str] | None = None
    ) -> tuple[tuple[int, float], ...]:
        """Nothing."""
        return ()


class Remembered:
    """An embedder that embeds a question once for all retrievers."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}
        self.name, self.fingerprint = embedder.name, embedder.fingerprint

    def embed_documents(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """float32, shape (n_texts, dimension)."""
        return self._embedder.embed_documents(texts, progress=progress)

    def embed_query(self, text: str) -> Vectors:
        """float32, shape (dimension,)."""
        if text not in self._known:
            self._known[text] = self._embedder.embed_query(text)
        return self._known[text]
