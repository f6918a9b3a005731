"""A retriever over documents that are not kept: the vectors stand in an array, nothing is stored."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from corpus.types import Document
from index.build import make_tokenizer
from index.lexical import LexicalIndex
from index.passages import index_text, passages_of
from index.retriever import HybridRetriever
from index.types import Embedder, Vectors


class ArrayVectors:
    """Cosine similarity with vectors in memory, exact."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def nearest(self, vector: Vectors, *, k: int) -> tuple[tuple[int, float], ...]:
        """(place of the passage, cosine similarity) of at most k passages, best first."""
        if not len(self._vectors) or not np.any(vector):
            return ()
        scores = self._vectors @ vector
        order = np.argsort(-scores, kind="stable")[:k]
        return tuple((int(place), float(scores[place])) for place in order)


def retriever_over(
    documents: Sequence[Document],
    embedder: Embedder,
    cache_folder: Path,
    *,
    progress: Callable[[int], None] | None = None,
) -> HybridRetriever:
    """The retriever over these documents alone, ready at once and gone with the process."""
    passages = [passage for document in documents for passage in passages_of(document)]
    texts = [index_text(passage) for passage in passages]
    tokenizer = make_tokenizer(documents, cache_folder)
    return HybridRetriever(
        passages,
        tokenizer=tokenizer,
        lexical=LexicalIndex.build([tokenizer.tokenize(text) for text in texts]),
        vectors=ArrayVectors(embedder.embed_documents(texts, progress=progress)),
        embedder=embedder,
    )
