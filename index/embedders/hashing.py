"""An embedder without a model: character 1- and 2-grams hashed into a vector.

It needs no weights and no time, so it serves tests and machines where no model can be loaded. Two
texts that share wording are near, two that only share meaning are not.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np

from corpus.fold import bare
from index.types import Vectors


class HashingEmbedder:
    """Counts of hashed character 1- and 2-grams, scaled to length 1."""

    name = "hashing"

    def __init__(self, dimension: int = 512) -> None:
        self.dimension = dimension

    @property
    def fingerprint(self) -> str:
        """Names everything the vectors depend on."""
        return f"hashing-1-2-grams-{self.dimension}"

    def embed_query(self, text: str) -> Vectors:
        """float32, shape (dimension,); a text without characters gives the zero vector."""
        folded = bare(text)
        vector = np.zeros(self.dimension, dtype=np.float32)
        for gram in [*folded, *map("".join, pairwise(folded))]:
            vector[crc32(gram.encode()) % self.dimension] += len(gram)
        length = float(np.linalg.norm(vector))
        return vector / length if length else vector

    def embed_documents(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """float32, shape (n_texts, dimension)."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self.embed_query(text)
        if progress is not None:
            progress(len(texts))
        return vectors
