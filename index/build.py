"""Builds an index beside the present one and switches to it in one step.

    builds/<digest>-<n>/   manifest.json               sources, parts, counts, checksums
                           passages.jsonl              the passages in order
                           lexical/                    BM25
                           embeddings.npy, texts.txt   what the next build takes over
                           vectors/                    Chroma's files, unless a server has the vectors

How the switch is made and old builds are removed: `index.builds`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

from corpus.errors import (
    IndexDamagedError,
    IndexMissingError,
    IndexStaleError,
    VectorServerError,
    VectorsMissingError,
)
from corpus.tokenize import Tokenizer, document_terms
from corpus.types import Document
from index import builds
from index.embedders import export_embedder, load_embedder
from index.manifest import Manifest, Store, expected_manifest
from index.parts import Writer, save_passages
from index.passages import embedding_texts, passages_of
from index.progress import NoProgress, Progress
from index.seal import seal
from index.settings import IndexSettings
from index.types import Embedder
from index.verify import build_damage

# Whoever waits longer than this for another process may as well come back later.
WAIT_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """The folder of the current build, its manifest, and whether it was made just now.

    `embedded` counts the texts whose vectors were computed; the others were taken over.
    """

    folder: Path
    manifest: Manifest
    rebuilt: bool
    embedded: int = 0


def make_tokenizer(documents: Sequence[Document], cache_folder: Path) -> Tokenizer:
    """The tokeniser with the words that the documents mark out."""
    terms = {term for document in documents for term in document_terms(document)}
    return Tokenizer(terms, cache_folder=cache_folder)


def store_of(settings: IndexSettings) -> Store:
    """Where the settings want the vectors."""
    return "server" if settings.chroma_address else "embedded"


def _present(settings: IndexSettings, expected: Manifest, progress: Progress) -> BuildResult | None:
    """The current build if it is what a new one would be, and whole."""
    try:
        folder = builds.current_folder(settings)
        found = Manifest.load(folder)
        if found.digest != expected.digest or build_damage(folder, found, settings):
            return None
    except (IndexMissingError, IndexStaleError, IndexDamagedError, VectorsMissingError):
        return None
    except VectorServerError as error:
        progress.step(f"索引没有变化,但未能核对服务器上的向量:{error}")
    return BuildResult(folder=folder, manifest=found, rebuilt=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What is to be built, with what; `fresh` takes nothing over from a server."""

    settings: IndexSettings
    documents: Sequence[Document]
    tokenizer: Tokenizer
    embedder: Embedder
    expected: Manifest
    fresh: bool
    progress: Progress


def _write(order: _Order, folder: Path) -> tuple[Manifest, int]:
    """Write a whole build into an empty folder; its manifest, and how many texts were embedded."""
    passages = [passage for document in order.documents for passage in passages_of(document)]
    writer = Writer(
        settings=order.settings,
        folder=folder,
        passages=passages,
        texts=embedding_texts(passages),
        progress=order.progress,
    )
    save_passages(folder, passages)
    writer.write_lexical(order.tokenizer)
    if order.settings.chroma_address:
        stored = writer.serve_vectors(order.embedder, order.expected.digest, fresh=order.fresh)
    else:
        stored = writer.write_vectors(order.embedder)
    order.progress.step("核对并封存")
    manifest = replace(
        order.expected,
        passages=len(passages),
        parts=len(stored.vectors),
        dimension=stored.vectors.shape[1],
        collection=stored.collection,
        files=seal(folder),
    )
    manifest.save(folder)
    builds.sync(folder / "manifest.json")
    return manifest, stored.embedded


def _make(order: _Order) -> BuildResult:
    name = f"{order.expected.digest}-{token_hex(3)}"
    with builds.work_folder(order.settings) as work:
        made = Path(work) / name
        made.mkdir()
        manifest, embedded = _write(order, made)
        order.progress.step("切换到新的索引")
        folder = builds.publish(order.settings, made, name)
    return BuildResult(folder=folder, manifest=manifest, rebuilt=True, embedded=embedded)


def _clean(settings: IndexSettings, progress: Progress) -> None:
    """Remove what killed processes left, and old builds that nobody reads.

    The last build of a server's collection stays: other replicas may still read it.
    """
    from index.server import collection_remover

    try:
        remove = collection_remover(settings.chroma_address)
        builds.remove_leftovers(settings, remove)
        for folder in builds.old_builds(settings)[1 if settings.chroma_address else 0 :]:
            builds.remove_build(settings, folder, remove)
    except VectorServerError as error:
        progress.step(f"旧的向量集合留待下次清理:{error}")


def build_index(
    settings: IndexSettings,
    documents: Sequence[Document],
    *,
    force: bool = False,
    progress: Progress | None = None,
    wait_seconds: float = WAIT_SECONDS,
) -> BuildResult:
    """The current index of the documents, built where it is missing, stale, damaged, or on `force`.

    Vectors of texts that the present index holds are taken over. One process builds at a time; another
    waits for it and then finds the work done, or gets IndexBusyError after `wait_seconds`.
    VectorServerError where a server is to hold the vectors and does not answer.
    """
    progress = progress or NoProgress()
    embedder = load_embedder(settings.embedder, settings.cache_folder, progress.step)
    export_embedder(settings, progress.step)
    tokenizer = make_tokenizer(documents, settings.cache_folder)
    order = _Order(
        settings=settings,
        documents=documents,
        tokenizer=tokenizer,
        embedder=embedder,
        expected=expected_manifest(documents, embedder, tokenizer.terms, store_of(settings)),
        fresh=force,
        progress=progress,
    )
    with builds.building(settings, wait_seconds=wait_seconds, waiting=progress.step):
        present = None if force else _present(settings, order.expected, progress)
        result = present or _make(order)
        _clean(settings, progress)
    return result
