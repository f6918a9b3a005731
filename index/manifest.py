"""What an index was built from, kept beside it and checked whenever it is opened."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from corpus.errors import IndexStaleError
from corpus.types import Document
from index.types import Embedder

# Raised when the layout of the files or the making of passages changes.
SCHEMA = 3
FILE = "manifest.json"
REBUILD = "请运行 wengui index build 重建"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`documents` maps document ids to content hashes; `dictionary` hashes the tokeniser's terms."""

    schema: int
    embedder: str
    fingerprint: str
    documents: dict[str, str]
    dictionary: str
    passages: int = 0

    @property
    def digest(self) -> str:
        """Names the build: the same sources and parts give the same digest."""
        inputs = {name: value for name, value in asdict(self).items() if name != "passages"}
        return sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:16]

    def save(self, folder: Path) -> None:
        """Write the manifest into a build's folder."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2, sort_keys=True)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Manifest":
        """The manifest of a build; IndexStaleError where it is missing or not one of ours."""
        try:
            return cls(**json.loads((folder / FILE).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise IndexStaleError(f"索引 {folder} 的清单 {FILE} 缺失或损坏。{REBUILD}。") from error


def expected_manifest(
    documents: Sequence[Document], embedder: Embedder, terms: Sequence[str]
) -> Manifest:
    """What a manifest must say for an index of these documents, words and embedder."""
    return Manifest(
        schema=SCHEMA,
        embedder=embedder.name,
        fingerprint=embedder.fingerprint,
        documents={document.document_id: document.content_hash for document in documents},
        dictionary=sha256("\n".join(terms).encode()).hexdigest()[:16],
    )


def check(found: Manifest, expected: Manifest, folder: Path) -> None:
    """Raise IndexStaleError with both values where an index does not fit the present settings."""
    if found.schema != expected.schema:
        reason = f"的格式版本为 {found.schema},本程序使用 {expected.schema}。{REBUILD}。"
    elif found.fingerprint != expected.fingerprint:
        reason = (
            f"由嵌入模型 {found.embedder!r}({found.fingerprint})建成,而当前设置为 "
            f"{expected.embedder!r}({expected.fingerprint})。{REBUILD},或把 embedder 改回 {found.embedder!r}。"
        )
    elif found.documents != expected.documents:
        changed = sorted(set(found.documents.items()) ^ set(expected.documents.items()))
        names = "、".join(sorted({name for name, _ in changed}))
        reason = f"与现有文件不一致:{names} 有增减或改动。{REBUILD}。"
    elif found.dictionary != expected.dictionary:
        reason = f"使用的分词词典为 {found.dictionary},当前为 {expected.dictionary}。{REBUILD}。"
    else:
        return
    raise IndexStaleError(f"索引 {folder} {reason}")
