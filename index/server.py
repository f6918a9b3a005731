"""Collections on a Chroma server: written once, read by every replica whose manifest names them.

A collection carries the digest of its build. A replica that is about to build the same index finds it
there and takes its vectors over, so only the first one computes them.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import numpy as np

from corpus.errors import VectorServerError, VectorsMissingError
from index.builds import REBUILD
from index.embeddings import text_hash
from index.manifest import Manifest
from index.settings import ChromaAddress
from index.types import Passage, Vectors
from index.vectors import (
    FAILURES,
    ChromaCollection,
    even_batches,
    query,
    refuse_code,
    server_client,
    write_collection,
)

# A server that is asked while a person waits, and one that is written to.
ANSWER_SECONDS = 1.0
WRITE_SECONDS = 60.0
PREFIX = "wengui-"
PAGE = 100
# The keys of a collection's metadata.
DIGEST = "wengui_digest"
TEXTS = "wengui_texts"


@contextmanager
def _server_errors(address: ChromaAddress) -> Iterator[None]:
    """Turn what a server that is away makes chromadb raise into VectorServerError."""
    try:
        yield
    except FAILURES as error:
        raise VectorServerError(
            f"Chroma 服务器 {address.url} 没有正常应答({type(error).__name__})。"
            "请确认它在运行,或改正设置 chroma_url。"
        ) from error


def collection_name(build: Path) -> str:
    """The name of the collection that a build writes."""
    return PREFIX + build.name


def texts_digest(texts: Sequence[str]) -> str:
    """Names the embedded texts and their order."""
    return sha256("".join(map(text_hash, texts)).encode()).hexdigest()


class CollectionServer:
    """A Chroma server. Every method raises VectorServerError where it does not answer in time."""

    def __init__(self, address: ChromaAddress, *, timeout_seconds: float = WRITE_SECONDS) -> None:
        self.address = address
        with _server_errors(address):
            self._client = server_client(address, timeout_seconds=timeout_seconds)

    def collections(self) -> Iterator[tuple[str, dict[str, object]]]:
        """Names and metadata of all collections on the server."""
        for offset in range(0, self._client.count_collections(), PAGE):
            for each in self._client.list_collections(limit=PAGE, offset=offset):
                yield each.name, dict(each.metadata or {})

    def find(self, digest: str, texts: Sequence[str]) -> "ServerCollection | None":
        """A finished collection with these texts that a build of this digest wrote."""
        wanted = {DIGEST: digest, TEXTS: texts_digest(texts)}
        with _server_errors(self.address):
            names = [name for name, metadata in self.collections() if metadata == wanted]
        for name in names:
            try:
                return self.open(name, size=len(texts))
            except VectorsMissingError:
                continue
        return None

    def write(
        self,
        name: str,
        digest: str,
        texts: Sequence[str],
        passages: Sequence[Passage],
        vectors: Vectors,
    ) -> None:
        """Write a collection; its metadata comes last and says that it is finished."""
        with _server_errors(self.address):
            collection = write_collection(self._client, name, passages, vectors)
            collection.modify(metadata={DIGEST: digest, TEXTS: texts_digest(texts)})

    def open(self, name: str, *, size: int) -> "ServerCollection":
        """The collection of that name; VectorsMissingError unless it holds `size` vectors."""
        with _server_errors(self.address):
            there = any(name == each for each, _ in self.collections())
            collection = (
                self._client.get_collection(name, embedding_function=None) if there else None
            )
            if collection:
                refuse_code(collection)
            count = collection.count() if collection else 0
        if collection is None or count != size:
            state = f"有 {count} 个向量,应有 {size} 个" if collection else "不存在"
            raise VectorsMissingError(
                f"Chroma 服务器 {self.address.url} 的集合 {name} {state}。{REBUILD}。"
            )
        return ServerCollection(self.address, collection, size)

    def remove(self, name: str) -> None:
        """Remove a collection that one of our builds wrote, where it is still there."""
        with _server_errors(self.address):
            if any(name == there for there, _ in self.collections()):
                self._client.delete_collection(name)


class ServerCollection:
    """The vectors of one build on a Chroma server; VectorServerError where that is away."""

    notice = ""

    def __init__(self, address: ChromaAddress, collection: ChromaCollection, size: int) -> None:
        self._address = address
        self._collection = collection
        self.name = collection.name
        self.size = size

    def nearest(
        self, vector: Vectors, *, k: int, within: frozenset[str] | None = None
    ) -> tuple[tuple[int, float], ...]:
        """(place of the part, cosine similarity) of at most k parts, best first."""
        if not self.size or not np.any(vector):
            return ()
        with _server_errors(self._address):
            return query(self._collection, vector, min(k, self.size), within)

    def vectors(self) -> Vectors:
        """All vectors in the order of their parts: float32, shape (n_parts, dimension)."""
        parts = []
        with _server_errors(self._address):
            for places in even_batches(self.size):
                names = [str(place) for place in places]
                found = self._collection.get(names, include=["embeddings"])
                rows = dict(zip(found["ids"], np.asarray(found["embeddings"]), strict=True))
                parts += [rows[name] for name in names]
        return np.array(parts, dtype=np.float32)


def connect(address: ChromaAddress, manifest: Manifest) -> ServerCollection:
    """The collection that a manifest names, on a server that has a second to answer each request."""
    server = CollectionServer(address, timeout_seconds=ANSWER_SECONDS)
    return server.open(manifest.collection, size=manifest.parts)


def collection_remover(address: ChromaAddress | None) -> Callable[[Path], None]:
    """What removes the collection that a build wrote; without a server there is none to remove."""
    if address is None:
        return lambda build: None
    server = CollectionServer(address)
    return lambda build: server.remove(collection_name(build))
