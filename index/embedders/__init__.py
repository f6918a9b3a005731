"""The embedders by the name that the settings give."""

from collections.abc import Callable
from pathlib import Path

from index.embedders import offline
from index.embedders.hashing import HashingEmbedder
from index.embedders.reference import ReferenceEmbedder
from index.embedders.sentence import SentenceTransformerEmbedder
from index.settings import ONNX, Engine, IndexSettings
from index.types import Embedder

OFFLINE = "offline"
HASHING = "hashing"


def load_embedder(
    name: str, cache_folder: Path, progress: Callable[[str], None] = lambda message: None
) -> Embedder:
    """The embedder called `offline`, `hashing`, or by a folder or hub name, as an index is built with it.

    The offline model is prepared where it is missing. A model's weights are loaded at the first text.
    """
    if name == HASHING:
        return HashingEmbedder()
    if name == OFFLINE:
        folder = offline.prepare(cache_folder, progress)
        return ReferenceEmbedder(str(folder), name=offline.NAME, fingerprint=folder.name)
    return SentenceTransformerEmbedder(name)


def open_embedder(name: str, cache_folder: Path, engine: Engine) -> Embedder:
    """The same embedder as questions are asked with: `offline` by the engine, any other as it is loaded.

    EmbedderError where the exported model is damaged or cannot be written.
    """
    if name != OFFLINE or engine != ONNX:
        return load_embedder(name, cache_folder)
    from index.embedders.export import open_exported

    return open_exported(cache_folder)


def export_embedder(settings: IndexSettings, progress: Callable[[str], None]) -> None:
    """Prepare what `open_embedder` opens, and mend it where it is damaged."""
    if settings.embedder == OFFLINE and settings.engine == ONNX:
        from index.embedders.export import prepare

        prepare(settings.cache_folder, progress, mend=True)
