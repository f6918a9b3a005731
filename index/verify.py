"""Finds damage in an index: every file, every count, and where CURRENT points."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import IndexDamagedError, IndexMissingError, VectorsMissingError
from index.builds import lease_current
from index.embeddings import EMBEDDINGS, load_embeddings
from index.manifest import Manifest
from index.parts import PASSAGES, VECTORS, load_lexical, load_passages
from index.seal import Damage, find_damage
from index.settings import IndexSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `index verify` found; whole where there is no damage."""

    folder: Path
    files: int = 0
    passages: int = 0
    parts: int = 0
    damages: tuple[Damage, ...] = ()


def _counts(folder: Path, manifest: Manifest, settings: IndexSettings) -> Iterator[Damage]:
    """Parts that do not hold as many passages as the manifest says; their files are sound."""
    lexical = load_lexical(folder)
    counts = {
        PASSAGES: (len(load_passages(folder)), manifest.passages),
        "lexical/passages": (lexical.passages.size, manifest.passages),
        "lexical/headings": (lexical.headings.size, manifest.passages),
        "lexical/parts": (lexical.parts.size, manifest.parts),
        EMBEDDINGS: (len(load_embeddings(folder)), manifest.parts),
    }
    if settings.chroma_address is None and manifest.store == "embedded":
        from index.vectors import VectorIndex

        vectors = VectorIndex.open(folder / VECTORS)
        counts[VECTORS] = (vectors.size, manifest.parts)
        vectors.close()
    for part, (count, expected) in counts.items():
        if count != expected:
            yield Damage(part, f"有 {count} 条,应有 {expected} 条")


def _served(manifest: Manifest, settings: IndexSettings) -> Iterator[Damage]:
    from index.server import CollectionServer

    if settings.chroma_address and manifest.store == "server":
        try:
            server = CollectionServer(settings.chroma_address)
            server.open(manifest.collection, size=manifest.parts)
        except VectorsMissingError as error:
            yield Damage(manifest.collection, str(error))


def build_damage(folder: Path, manifest: Manifest, settings: IndexSettings) -> tuple[Damage, ...]:
    """What is wrong with a build; VectorServerError where its server does not answer."""
    damages = tuple(find_damage(folder, manifest.files))
    if not damages:
        damages = tuple(_counts(folder, manifest, settings))
    return damages + tuple(_served(manifest, settings))


def verify_index(settings: IndexSettings) -> Report:
    """The report on the current build.

    IndexMissingError where there is no index at all, IndexStaleError where it is of another schema.
    """
    try:
        folder, lease = lease_current(settings)
    except IndexMissingError as error:
        if not (settings.index_folder / "CURRENT").exists():
            raise
        return Report(folder=settings.index_folder, damages=(Damage("CURRENT", str(error)),))
    try:
        manifest = Manifest.load(folder)
        damages = build_damage(folder, manifest, settings)
    except IndexDamagedError as error:
        return Report(folder=folder, damages=(Damage("manifest.json", str(error)),))
    finally:
        lease.release()
    return Report(
        folder=folder,
        files=len(manifest.files),
        passages=manifest.passages,
        parts=manifest.parts,
        damages=damages,
    )
