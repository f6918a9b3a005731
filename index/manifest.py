"""What an index was built from and consists of, kept beside it and checked whenever it is opened."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from corpus.errors import IndexDamagedError, IndexStaleError
from corpus.types import Document
from index.builds import REBUILD
from index.types import Embedder

# Raised when the layout of the files or the making of passages changes.
SCHEMA = 7
FILE = "manifest.json"
SEAL = "sha256"

# Where the vectors stand: in the build's own folder, or in a collection of a Chroma server.
Store = Literal["embedded", "server"]
STORES: dict[Store, str] = {
    "embedded": "本机的 Chroma(没有设置 chroma_url)",
    "server": "Chroma 服务器(设置了 chroma_url)",
}
# What a build consists of, not what it is made from: these do not make another digest.
_OUTCOMES = ("passages", "parts", "dimension", "collection", "files")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The sources and parts of a build, then what came out.

    Attributes:
        documents: document ids with content hashes.
        dictionary: a hash of the tokeniser's terms.
        passages: how many there are, and for BM25 as many documents.
        parts: how many sentences are searched, with a vector each.
        dimension: numbers in a vector.
        collection: the name of the Chroma collection.
        files: every other file of the build with its checksum (`index.seal`).
    """

    schema: int
    embedder: str
    fingerprint: str
    documents: dict[str, str]
    dictionary: str
    store: Store
    passages: int = 0
    parts: int = 0
    dimension: int = 0
    collection: str = ""
    files: dict[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Names the build: the same sources and parts give the same digest."""
        made_from = {name: value for name, value in asdict(self).items() if name not in _OUTCOMES}
        return _checksum(made_from)[:16]

    def save(self, folder: Path) -> None:
        """Write the manifest into a build's folder, with its own checksum."""
        fields = asdict(self)
        sealed = fields | {SEAL: _checksum(fields)}
        text = json.dumps(sealed, ensure_ascii=False, indent=2, sort_keys=True)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Manifest":
        """The manifest of a build.

        IndexDamagedError where it is missing or altered, IndexStaleError where it is of another schema.
        """
        try:
            fields = json.loads((folder / FILE).read_text(encoding="utf-8"))
            schema, seal = fields["schema"], fields.pop(SEAL, None)
            if seal == _checksum(fields) and schema == SCHEMA:
                return cls(**fields)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise _damaged(folder) from error
        # Schemas 1 to 3 had no checksum.
        if schema != SCHEMA and (schema in (1, 2, 3) or seal == _checksum(fields)):
            raise IndexStaleError(
                f"索引 {folder} 的格式版本为 {schema},本程序使用 {SCHEMA}。{REBUILD}。"
            )
        raise _damaged(folder)


def _checksum(fields: dict[str, Any]) -> str:
    return sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _damaged(folder: Path) -> IndexDamagedError:
    return IndexDamagedError(f"索引 {folder} 的清单 {FILE} 缺失或损坏。{REBUILD}。")


def expected_manifest(
    documents: Sequence[Document], embedder: Embedder, terms: Sequence[str], store: Store
) -> Manifest:
    """What a manifest must say for an index of these documents, words and embedder."""
    return Manifest(
        schema=SCHEMA,
        embedder=embedder.name,
        fingerprint=embedder.fingerprint,
        documents={document.document_id: document.content_hash for document in documents},
        dictionary=sha256("\n".join(terms).encode()).hexdigest()[:16],
        store=store,
    )


def check(found: Manifest, expected: Manifest, folder: Path) -> None:
    """Raise IndexStaleError with both values where an index does not fit the present settings."""
    if found.fingerprint != expected.fingerprint:
        reason = (
            f"由嵌入模型 {found.embedder!r}({found.fingerprint})建成,而当前设置为 "
            f"{expected.embedder!r}({expected.fingerprint})。{REBUILD},或把 embedder 改回 {found.embedder!r}。"
        )
    elif found.store != expected.store:
        there, wanted = STORES[found.store], STORES[expected.store]
        reason = f"的向量存放在{there},而当前设置为{wanted}。{REBUILD}。"
    elif found.documents != expected.documents:
        changed = sorted(set(found.documents.items()) ^ set(expected.documents.items()))
        names = "、".join(sorted({name for name, _ in changed}))
        reason = (
            f"收了 {len(found.documents)} 份文件,文件库现有 {len(expected.documents)} 份,"
            f"{names} 有增减或改动。{REBUILD}。"
        )
    elif found.dictionary != expected.dictionary:
        reason = f"使用的分词词典为 {found.dictionary},当前为 {expected.dictionary}。{REBUILD}。"
    else:
        return
    raise IndexStaleError(f"索引 {folder} {reason}")
