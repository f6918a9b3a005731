"""The embedders by the name that the settings give."""

from collections.abc import Callable
from pathlib import Path

from index.embedders import offline
from index.embedders.hashing import HashingEmbedder
from index.embedders.sentence import SentenceTransformerEmbedder
from index.types import Embedder

OFFLINE = "offline"
HASHING = "hashing"


def load_embedder(
    name: str, cache_folder: Path, progress: Callable[[str], None] = lambda message: None
) -> Embedder:
    """The embedder called `offline`, `hashing`, or by a folder or hub name.

    The offline model is prepared where it is missing. A model's weights are loaded at the first text.
    """
    if name == HASHING:
        return HashingEmbedder()
    if name == OFFLINE:
        folder = offline.prepare(cache_folder, progress)
        return SentenceTransformerEmbedder(str(folder), name=offline.NAME, fingerprint=folder.name)
    return SentenceTransformerEmbedder(name)
