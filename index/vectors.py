"""Passage vectors in ChromaDB, embedded or on a server; the only import of chromadb."""

import threading
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import cast

import chromadb
import httpx
import numpy as np
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.api.models.Collection import Collection
from chromadb.api.types import Where
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError

from corpus.errors import IndexDamagedError, IndexNotWrittenError, VectorServerError
from index.builds import REBUILD, Lease
from index.passages import entries
from index.settings import ChromaAddress
from index.types import Passage, Vectors

ChromaClient = Client
ChromaCollection = Collection

COLLECTION = "passages"
# Chroma takes at most 5,461 rows a call.
BATCH = 5000
# How many neighbours HNSW keeps in view while it searches. Of the 100 nearest among 12,891 hashing
# vectors of near-identical documents it finds 77 % with Chroma's default of 100, 88 % with 200 and 95 %
# with 400, which takes twice as long; of 1,447, 98 % (docs/benchmarks.md).
EF_SEARCH = 200
# Whatever chromadb raises for a server that is away, refuses, or is not a Chroma server; and for
# files that it cannot read.
FAILURES = (ChromaError, httpx.HTTPError, OSError, ValueError, KeyError, TypeError, RuntimeError)
# Chroma's table of the folders that this process has open does not stand two threads at once.
_OPENING = threading.Lock()


def _settings() -> ChromaSettings:
    return ChromaSettings(anonymized_telemetry=False)


def embedded_client(folder: Path) -> ChromaClient:
    """Chroma in this process over a folder; IndexDamagedError where it cannot read it."""
    try:
        with _OPENING:
            return cast("Client", chromadb.PersistentClient(path=str(folder), settings=_settings()))
    except FAILURES as error:
        raise IndexDamagedError(f"向量库 {folder} 打不开。{REBUILD}。") from error


def close_client(client: ChromaClient) -> None:
    """Give the files of an embedded client back."""
    with _OPENING:
        client.close()


def server_client(address: ChromaAddress, *, timeout_seconds: float) -> ChromaClient:
    """A client of a Chroma server; raises one of FAILURES where that does not answer in time.

    Chroma's client waits for ever while it is made, so the server is first asked for a sign of life.
    """
    httpx.get(f"{address.url}/api/v2/heartbeat", timeout=timeout_seconds).raise_for_status()
    made = chromadb.HttpClient(
        host=address.host, port=address.port, ssl=address.ssl, settings=_settings()
    )
    client = cast("Client", made)
    # No setting of chromadb reaches the time limit of its HTTP session.
    session: httpx.Client = client._server._session  # type: ignore[attr-defined] # see above
    session.timeout = httpx.Timeout(timeout_seconds)
    return client


def even_batches(count: int) -> list[range]:
    """The places 0 to count − 1 in batches of at most BATCH, equal to within one."""
    batches = -(-count // BATCH)
    bounds = [count * number // batches for number in range(batches + 1)] if batches else [0]
    return [range(start, stop) for start, stop in pairwise(bounds)]


def write_collection(
    client: ChromaClient, name: str, passages: Sequence[Passage], vectors: Vectors
) -> ChromaCollection:
    """A new collection of the vectors of the passages' parts, under ids that are their places."""
    found = list(entries(passages))
    batches = even_batches(len(found))
    # Chroma moves vectors from SQLite to HNSW's files when so many are waiting: after every batch,
    # so that none wait in the end and the files never change again.
    waiting = max(2, min(map(len, batches), default=2))
    hnsw = CreateHNSWConfiguration(
        space="cosine",
        ef_search=EF_SEARCH,
        sync_threshold=waiting,
        batch_size=min(100, waiting),
    )
    collection = client.create_collection(
        name, embedding_function=None, configuration={"hnsw": hnsw}
    )
    refuse_code(collection)
    for places in batches:
        batch = found[places.start : places.stop]
        collection.add(
            ids=[str(place) for place in places],
            embeddings=vectors[places.start : places.stop],
            documents=[part.text for _, part in batch],
            metadatas=[
                {"document_id": passage.document_id, "section_id": passage.section_id}
                for passage, _ in batch
            ],
        )
    return collection


def refuse_code(collection: ChromaCollection) -> None:
    """VectorServerError where a server's reply names an embedding function to be made here.

    Chroma's client builds it when rows are added, with any model and `trust_remote_code`, even if the caller
    gave none (CVE-2026-45829 is the server's side of it). Vectors come from us; nothing honest asks for that.
    """
    if _names_function(collection._model.model_dump()):
        raise VectorServerError(
            f"Chroma 服务器的集合 {collection.name} 要求在本机载入它指定的嵌入程序,已拒绝。"
            "请确认设置 chroma_url 指的是自己的服务器,并把它放在专网或 TLS 后面。"
        )


def _names_function(reply: object) -> bool:
    """Whether some level of a server's reply names an embedding function by its registered name."""
    if isinstance(reply, dict):
        function = reply.get("embedding_function")
        known = isinstance(function, dict) and function.get("type") == "known"
        return known or any(map(_names_function, reply.values()))
    return isinstance(reply, list) and any(map(_names_function, reply))


def write_embedded(folder: Path, name: str, passages: Sequence[Passage], vectors: Vectors) -> None:
    """Write Chroma's files; IndexNotWrittenError where the disk does not take them."""
    try:
        client = embedded_client(folder)
        write_collection(client, name, passages, vectors)
        close_client(client)
    except (ChromaError, IndexDamagedError, OSError) as error:
        raise IndexNotWrittenError(
            f"向量库写不进 {folder.parent}({str(error.__cause__ or error)[-60:]})。原有的索引没有改动;"
            "请看磁盘是不是满了,腾出空间后再运行 wengui index build。"
        ) from error


def _only(within: frozenset[str] | None) -> Where | None:
    """Chroma's filter for some documents."""
    if within is None:
        return None
    return cast("Where", {"document_id": {"$in": sorted(within)}})


class VectorIndex:
    """Cosine similarity between a query's vector and the passages', by Chroma's HNSW."""

    notice = ""

    def __init__(
        self, client: ChromaClient, name: str = COLLECTION, *, lease: Lease | None = None
    ) -> None:
        self._client = client
        self._collection: ChromaCollection = client.get_collection(name, embedding_function=None)
        self._lease = lease
        self.size = self._collection.count()

    @classmethod
    def open(cls, folder: Path, *, lease: Lease | None = None) -> "VectorIndex":
        """The vectors in a build's folder; IndexDamagedError where they cannot be read."""
        client = embedded_client(folder)
        try:
            return cls(client, lease=lease)
        except FAILURES as error:
            close_client(client)
            raise IndexDamagedError(f"向量库 {folder} 里没有可用的向量。{REBUILD}。") from error

    def nearest(
        self, vector: Vectors, *, k: int, within: frozenset[str] | None = None
    ) -> tuple[tuple[int, float], ...]:
        """(place of the part, cosine similarity) of at most k parts, best first.

        IndexDamagedError where the vectors cannot be read any more.
        """
        if not self.size or not np.any(vector):
            return ()
        try:
            return query(self._collection, vector, min(k, self.size), within)
        except FAILURES as error:
            raise IndexDamagedError(
                f"向量库读不出来({type(error).__name__})。{REBUILD}。"
            ) from error

    def close(self) -> None:
        """Give the files back, so that the folder can be moved."""
        close_client(self._client)
        if self._lease:
            self._lease.release()


def query(
    collection: ChromaCollection, vector: Vectors, k: int, within: frozenset[str] | None
) -> tuple[tuple[int, float], ...]:
    """(place of the part, cosine similarity) of k parts, best first; raises one of FAILURES."""
    documents = {"document_id": {"$in": sorted(within or ())}}
    found = collection.query(
        query_embeddings=vector[None, :],
        n_results=k,
        include=["distances"],
        where=None if within is None else cast("Where", documents),
    )
    distances = found["distances"] or [[]]
    pairs = zip(found["ids"][0], distances[0], strict=True)
    return tuple((int(place), 1.0 - float(distance)) for place, distance in pairs)
