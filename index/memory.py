"""A retriever over documents that are not kept: the vectors stand in an array, nothing is stored."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from corpus.types import Document
from index.build import make_tokenizer
from index.lexical import LexicalIndexes
from index.passages import embedding_texts, entries, passages_of
from index.retriever import HybridRetriever
from index.types import Embedder, Vectors


class ArrayVectors:
    """Cosine similarity with vectors in memory, exact; `document_ids` says whose each vector is."""

    notice = ""

    def __init__(self, vectors: Vectors, document_ids: Sequence[str]) -> None:
        self._vectors = vectors
        self._document_ids = np.array(document_ids)

    def nearest(
        self, vector: Vectors, *, k: int, within: frozenset[str] | None = None
    ) -> tuple[tuple[int, float], ...]:
        """(place of the part, cosine similarity) of at most k parts, best first."""
        if not len(self._vectors) or not np.any(vector):
            return ()
        scores = self._vectors @ vector
        order = np.argsort(-scores, kind="stable")
        if within is not None:
            order = order[np.isin(self._document_ids[order], sorted(within))]
        return tuple((int(place), float(scores[place])) for place in order[:k])


def retriever_over(
    documents: Sequence[Document],
    embedder: Embedder,
    cache_folder: Path,
    *,
    progress: Callable[[int], None] | None = None,
) -> HybridRetriever:
    """The retriever over these documents alone, ready at once and gone with the process."""
    passages = [passage for document in documents for passage in passages_of(document)]
    tokenizer = make_tokenizer(documents, cache_folder)
    vectors = embedder.embed_documents(embedding_texts(passages), progress=progress)
    owners = [passage.document_id for passage, _ in entries(passages)]
    return HybridRetriever(
        passages,
        documents,
        tokenizer=tokenizer,
        lexical=LexicalIndexes.build(passages, tokenizer.tokenize),
        vectors=ArrayVectors(vectors, owners),
        embedder=embedder,
    )
