"""The parts of a build, written into its folder and read from it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus.errors import IndexDamagedError
from corpus.tokenize import Tokenizer
from corpus.types import Span
from index.builds import REBUILD, Lease
from index.embeddings import embed_texts, known_vectors, save_embeddings
from index.lexical import LexicalIndexes
from index.manifest import Manifest
from index.progress import Progress
from index.settings import IndexSettings
from index.types import Embedder, NearestVectors, Part, Passage, Vectors

PASSAGES = "passages.jsonl"
LEXICAL = "lexical"
VECTORS = "vectors"


def save_passages(folder: Path, passages: Sequence[Passage]) -> None:
    """Write the passages into a build's folder."""
    with (folder / PASSAGES).open("w", encoding="utf-8") as stream:
        for passage in passages:
            stream.write(json.dumps(asdict(passage), ensure_ascii=False) + "\n")


def load_passages(folder: Path) -> tuple[Passage, ...]:
    """The passages of a build, in order; IndexDamagedError where the file is damaged."""
    try:
        lines = (folder / PASSAGES).read_text(encoding="utf-8").splitlines()
        return tuple(_passage(json.loads(line)) for line in lines)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexDamagedError(f"索引 {folder} 的 {PASSAGES} 缺失或损坏。{REBUILD}。") from error


def _passage(fields: dict[str, Any]) -> Passage:
    parts = tuple(
        Part(span=Span(**part["span"]), text=part["text"], units=tuple(part["units"]))
        for part in fields.pop("parts")
    )
    span, context = Span(**fields.pop("span")), tuple(fields.pop("context"))
    shows = tuple(Span(**shown) for shown in fields.pop("shows"))
    return Passage(span=span, context=context, parts=parts, shows=shows, **fields)


def load_lexical(folder: Path) -> LexicalIndexes:
    """BM25 of a build; IndexDamagedError where its files cannot be read."""
    try:
        return LexicalIndexes.open(folder / LEXICAL)
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise IndexDamagedError(f"索引 {folder} 的 {LEXICAL} 缺失或损坏。{REBUILD}。") from error


def open_vectors(
    folder: Path, manifest: Manifest, settings: IndexSettings, lease: Lease
) -> NearestVectors:
    """The vectors of a build: from its folder, or from the server, which may be away."""
    address = settings.chroma_address
    if address is None:
        from index.vectors import VectorIndex

        return VectorIndex.open(folder / VECTORS, lease=lease)
    from index.served import ServedVectors
    from index.server import connect

    return ServedVectors(lambda: connect(address, manifest), lease=lease)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Vectors as a build keeps them: where, and how many texts were computed for it."""

    vectors: Vectors
    collection: str
    embedded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes the parts of a build into `folder`, which bears the name that the build will have."""

    settings: IndexSettings
    folder: Path
    passages: Sequence[Passage]
    texts: Sequence[str]
    progress: Progress

    def write_lexical(self, tokenizer: Tokenizer) -> None:
        """Write BM25."""
        self.progress.step("分词,建立 BM25 索引")
        LexicalIndexes.build(self.passages, tokenizer.tokenize).save(self.folder / LEXICAL)

    def _embed(self, embedder: Embedder) -> tuple[Vectors, int]:
        known = known_vectors(self.settings, embedder.fingerprint)
        self.progress.step(
            f"用 {embedder.name} 计算 {len(self.passages)} 个段落里 {len(self.texts)} 句的向量"
        )
        vectors, embedded = embed_texts(self.texts, embedder, known, self.progress.count)
        save_embeddings(self.folder, self.texts, vectors)
        return vectors, embedded

    def write_vectors(self, embedder: Embedder) -> Stored:
        """Write Chroma's files."""
        from index.vectors import COLLECTION, write_embedded

        vectors, embedded = self._embed(embedder)
        self.progress.step("写入 Chroma 向量库")
        write_embedded(self.folder / VECTORS, COLLECTION, self.passages, vectors)
        return Stored(vectors=vectors, collection=COLLECTION, embedded=embedded)

    def serve_vectors(self, embedder: Embedder, digest: str, *, fresh: bool) -> Stored:
        """Take over the server's collection of this digest, or write one; always one if `fresh`."""
        from index.server import CollectionServer, collection_name

        assert self.settings.chroma_address  # noqa: S101 - only called with a server
        server = CollectionServer(self.settings.chroma_address)
        if not fresh and (found := server.find(digest, self.texts)):
            self.progress.step(f"取用服务器上已有的集合 {found.name}")
            vectors = found.vectors()
            save_embeddings(self.folder, self.texts, vectors)
            return Stored(vectors=vectors, collection=found.name)
        vectors, embedded = self._embed(embedder)
        name = collection_name(self.folder)
        self.progress.step(f"写入 Chroma 服务器 {server.address.url} 的集合 {name}")
        server.write(name, digest, self.texts, self.passages, vectors)
        return Stored(vectors=vectors, collection=name, embedded=embedded)
