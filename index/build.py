"""Builds an index beside the present one and switches to it in one step.

    index_folder/
    ├── CURRENT            the name of the build in use
    ├── .lock              held by the one process that builds
    └── builds/<digest>/   manifest.json, passages.jsonl, lexical/, vectors/

A build is written into a temporary folder and renamed when it is whole; then CURRENT is replaced.
Whenever the process ends, the old or the new index is there.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from filelock import FileLock, Timeout

from corpus.errors import IndexMissingError, IndexStaleError
from corpus.tokenize import Tokenizer, document_terms
from corpus.types import Document, Span
from index.embedders import load_embedder
from index.lexical import LexicalIndexes
from index.manifest import REBUILD, Manifest, expected_manifest
from index.passages import embedding_texts, entries, passages_of
from index.settings import IndexSettings
from index.types import Embedder, Part, Passage

CURRENT = "CURRENT"
PASSAGES = "passages.jsonl"
LEXICAL = "lexical"
VECTORS = "vectors"
LOCK_TIMEOUT_SECONDS = 600


class Progress(Protocol):
    """Hears what a build is doing: a step's name, and how much of it is done."""

    def step(self, message: str) -> None:
        """A step begins."""
        ...

    def count(self, done: int, total: int) -> None:
        """So much of the present step is done."""
        ...


class NoProgress:
    """A listener for those who do not want to hear."""

    def step(self, message: str) -> None:
        """Ignore the step."""

    def count(self, done: int, total: int) -> None:
        """Ignore the count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """The folder of the current build, its manifest, and whether it was made just now."""

    folder: Path
    manifest: Manifest
    rebuilt: bool


def make_tokenizer(documents: Sequence[Document], cache_folder: Path) -> Tokenizer:
    """The tokeniser with the words that the documents mark out."""
    terms = {term for document in documents for term in document_terms(document)}
    return Tokenizer(terms, cache_folder=cache_folder)


def current_folder(settings: IndexSettings) -> Path:
    """The folder of the build in use; IndexMissingError where there is none."""
    try:
        name = (settings.index_folder / CURRENT).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise IndexMissingError(
            f"还没有索引({settings.index_folder})。请先运行 wengui index build 建立。"
        ) from error
    folder = settings.index_folder / "builds" / name
    if not name or not folder.is_dir():
        raise IndexMissingError(f"索引 {folder} 不见了。{REBUILD}。")
    return folder


def load_passages(folder: Path) -> tuple[Passage, ...]:
    """The passages of a build, in order; IndexStaleError where the file is damaged."""
    try:
        lines = (folder / PASSAGES).read_text(encoding="utf-8").splitlines()
        return tuple(_passage(json.loads(line)) for line in lines)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexStaleError(f"索引 {folder} 的 {PASSAGES} 缺失或损坏。{REBUILD}。") from error


def _passage(fields: dict[str, Any]) -> Passage:
    parts = tuple(
        Part(span=Span(**part["span"]), text=part["text"], units=tuple(part["units"]))
        for part in fields.pop("parts")
    )
    span, context = Span(**fields.pop("span")), tuple(fields.pop("context"))
    shows = tuple(Span(**shown) for shown in fields.pop("shows"))
    return Passage(span=span, context=context, parts=parts, shows=shows, **fields)


def _write(
    folder: Path,
    passages: Sequence[Passage],
    tokenizer: Tokenizer,
    embedder: Embedder,
    progress: Progress,
) -> None:
    from index.vectors import VectorIndex

    with (folder / PASSAGES).open("w", encoding="utf-8") as stream:
        for passage in passages:
            stream.write(json.dumps(asdict(passage), ensure_ascii=False) + "\n")
    texts = embedding_texts(passages)
    progress.step("分词,建立 BM25 索引")
    LexicalIndexes.build(passages, tokenizer.tokenize).save(folder / LEXICAL)
    progress.step(f"用 {embedder.name} 计算 {len(passages)} 个段落里 {len(texts)} 句的向量")
    vectors = embedder.embed_documents(
        texts, progress=lambda done: progress.count(done, len(texts))
    )
    progress.step("写入 Chroma 向量库")
    sentences = [replace(passage, text=part.text) for passage, part in entries(passages)]
    VectorIndex.build(folder / VECTORS, sentences, vectors).close()


def _switch(settings: IndexSettings, name: str) -> None:
    """Make a build the current one, then drop the others."""
    handle, temporary = tempfile.mkstemp(dir=settings.index_folder, prefix=".current-")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(name + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    Path(temporary).replace(settings.index_folder / CURRENT)
    for folder in (settings.index_folder / "builds").iterdir():
        if folder.name != name:
            shutil.rmtree(folder, ignore_errors=True)


def _present(settings: IndexSettings, expected: Manifest) -> BuildResult | None:
    """The current build if it is what a new one would be."""
    try:
        folder = current_folder(settings)
        found = Manifest.load(folder)
    except (IndexMissingError, IndexStaleError):
        return None
    if found.digest != expected.digest:
        return None
    return BuildResult(folder=folder, manifest=found, rebuilt=False)


def _make(
    settings: IndexSettings,
    documents: Sequence[Document],
    embedder: Embedder,
    expected: Manifest,
    progress: Progress,
) -> BuildResult:
    builds = settings.index_folder / "builds"
    builds.mkdir(parents=True, exist_ok=True)
    passages = [passage for document in documents for passage in passages_of(document)]
    tokenizer = make_tokenizer(documents, settings.cache_folder)
    manifest = replace(expected, passages=len(passages))
    with tempfile.TemporaryDirectory(dir=settings.index_folder, prefix=".building-") as work:
        made = Path(work) / manifest.digest
        made.mkdir()
        _write(made, passages, tokenizer, embedder, progress)
        manifest.save(made)
        target = builds / manifest.digest
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    _switch(settings, manifest.digest)
    return BuildResult(folder=target, manifest=manifest, rebuilt=True)


def build_index(
    settings: IndexSettings,
    documents: Sequence[Document],
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> BuildResult:
    """The current index of the documents, built where it is missing, stale, or `force` asks for it.

    One process builds at a time; another waits for it and then finds the work done.
    """
    progress = progress or NoProgress()
    embedder = load_embedder(settings.embedder, settings.cache_folder, progress.step)
    terms = make_tokenizer(documents, settings.cache_folder).terms
    expected = expected_manifest(documents, embedder, terms)
    settings.index_folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(settings.index_folder / ".lock", timeout=LOCK_TIMEOUT_SECONDS):
            present = None if force else _present(settings, expected)
            return present or _make(settings, documents, embedder, expected, progress)
    except Timeout as error:
        raise IndexMissingError(
            f"另一个进程正在 {settings.index_folder} 建立索引,等了 {LOCK_TIMEOUT_SECONDS} 秒仍未结束。"
            "请等它完成后再试。"
        ) from error
