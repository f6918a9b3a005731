"""Opens an index and retrieves passages from it by words and by meaning together."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.tokenize import Tokenizer
from corpus.types import Document
from index.build import LEXICAL, VECTORS, current_folder, load_passages, make_tokenizer
from index.embedders import load_embedder
from index.fusion import fuse
from index.lexical import LexicalIndex
from index.manifest import Manifest, check, expected_manifest
from index.settings import IndexSettings
from index.types import Embedder, Hit, NearestVectors, Passage
from index.vectors import VectorIndex

# How many nearest vectors take part; the others count as the farthest of these.
CANDIDATES = 100
# BM25 alone puts the right chunk first more often than the embedder alone (87 % against 63 % of plain
# questions, docs/decisions/003-retrieval.md), so words weigh more than vectors.
DENSE_WEIGHT = 0.3


class HybridRetriever:
    """BM25 over words and cosine similarity of vectors, fused."""

    def __init__(
        self,
        passages: Sequence[Passage],
        *,
        tokenizer: Tokenizer,
        lexical: LexicalIndex,
        vectors: NearestVectors,
        embedder: Embedder,
    ) -> None:
        self.passages = tuple(passages)
        self.tokenizer = tokenizer
        self._lexical = lexical
        self._vectors = vectors
        self._embedder = embedder

    def retrieve(self, query: str, *, k: int) -> tuple[Hit, ...]:
        """At most k hits, best first, scores in [0, 1]; a query without a word or a character gives none."""
        if not query.strip() or k < 1:
            return ()
        lexical = self._lexical.scores(self.tokenizer.tokenize(query))
        fused = fuse(lexical, self._dense(query), dense_weight=DENSE_WEIGHT)
        if not fused.any():
            return ()
        order = np.argsort(-fused, kind="stable")[:k]
        return tuple(
            Hit(passage=self.passages[place], score=float(fused[place]), rank=rank)
            for rank, place in enumerate(order, start=1)
        )

    def idf(self, word: str) -> float:
        """How rare a word is among the passages; the highest for a word that none of them has."""
        return self._lexical.idf(word)

    def _dense(self, query: str) -> np.ndarray:
        """Cosine similarity of every passage, those beyond the candidates at the candidates' lowest."""
        nearest = self._vectors.nearest(self._embedder.embed_query(query), k=CANDIDATES)
        lowest = min((score for _, score in nearest), default=0.0)
        dense = np.full(len(self.passages), lowest, dtype=np.float32)
        for place, score in nearest:
            dense[place] = score
        return dense


def open_retriever(settings: IndexSettings, documents: Sequence[Document]) -> HybridRetriever:
    """The retriever over the current index.

    Raises IndexMissingError where there is none, IndexStaleError where it does not fit the documents,
    the words or the embedder, each with the command that mends it.
    """
    folder = current_folder(settings)
    found = Manifest.load(folder)
    embedder = load_embedder(settings.embedder, settings.cache_folder)
    tokenizer = make_tokenizer(documents, settings.cache_folder)
    check(found, expected_manifest(documents, embedder, tokenizer.terms), folder)
    return _open(folder, tokenizer, embedder)


def _open(folder: Path, tokenizer: Tokenizer, embedder: Embedder) -> HybridRetriever:
    return HybridRetriever(
        load_passages(folder),
        tokenizer=tokenizer,
        lexical=LexicalIndex.open(folder / LEXICAL),
        vectors=VectorIndex.open(folder / VECTORS),
        embedder=embedder,
    )
