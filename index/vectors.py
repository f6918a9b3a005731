"""Passage vectors in an embedded ChromaDB; the only import of chromadb."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.base_types import Where
from chromadb.config import Settings as ChromaSettings

from index.types import Passage, Vectors

COLLECTION = "passages"
# Chroma takes a few thousand rows a call; this stays below its limit for SQLite.
BATCH = 2000


def _client(folder: Path) -> Client:
    client = chromadb.PersistentClient(
        path=str(folder), settings=ChromaSettings(anonymized_telemetry=False)
    )
    return cast("Client", client)


def _only(within: frozenset[str] | None) -> Where | None:
    """Chroma's filter for some documents."""
    if within is None:
        return None
    return cast("Where", {"document_id": {"$in": sorted(within)}})


class VectorIndex:
    """Cosine similarity between a query's vector and the passages'."""

    def __init__(self, client: Client, size: int) -> None:
        self._client = client
        self._collection = client.get_collection(COLLECTION, embedding_function=None)
        self.size = size

    @classmethod
    def build(cls, folder: Path, passages: Sequence[Passage], vectors: Vectors) -> "VectorIndex":
        """Write the vectors of the passages into a new folder."""
        client = _client(folder)
        collection = client.create_collection(
            COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        for start in range(0, len(passages), BATCH):
            batch = passages[start : start + BATCH]
            collection.add(
                ids=[str(start + offset) for offset in range(len(batch))],
                embeddings=vectors[start : start + BATCH],
                documents=[passage.text for passage in batch],
                metadatas=[
                    {"document_id": passage.document_id, "section_id": passage.section_id}
                    for passage in batch
                ],
            )
        return cls(client, len(passages))

    @classmethod
    def open(cls, folder: Path) -> "VectorIndex":
        """The vectors that `build` wrote."""
        client = _client(folder)
        return cls(client, client.get_collection(COLLECTION, embedding_function=None).count())

    def nearest(
        self, vector: Vectors, *, k: int, within: frozenset[str] | None = None
    ) -> tuple[tuple[int, float], ...]:
        """(place of the part, cosine similarity) of at most k parts, best first."""
        if not self.size or not np.any(vector):
            return ()
        found = self._collection.query(
            query_embeddings=vector[None, :],
            n_results=min(k, self.size),
            include=["distances"],
            where=_only(within),
        )
        distances = found["distances"] or [[]]
        pairs = zip(found["ids"][0], distances[0], strict=True)
        return tuple((int(place), 1.0 - float(distance)) for place, distance in pairs)

    def close(self) -> None:
        """Give the files back, so that the folder can be moved."""
        self._client.close()
