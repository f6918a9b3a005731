"""The vectors of a build as a file, so that the next build computes only what is new.

embeddings.npy   float32, shape (n_parts, dimension), in the order of the passages' parts
texts.txt        one hash of the embedded text a line, in the same order
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from corpus.errors import IndexDamagedError, IndexMissingError, IndexStaleError
from index.arrays import load_array
from index.builds import current_folder
from index.manifest import Manifest
from index.seal import find_damage
from index.settings import IndexSettings
from index.types import Embedder, Vectors

EMBEDDINGS = "embeddings.npy"
TEXTS = "texts.txt"


def text_hash(text: str) -> str:
    """Names a text: the first 128 bits of its SHA-256."""
    return sha256(text.encode()).hexdigest()[:32]


def save_embeddings(folder: Path, texts: Sequence[str], vectors: Vectors) -> None:
    """Write the vectors of the texts into a build's folder."""
    np.save(folder / EMBEDDINGS, vectors)
    lines = "".join(f"{text_hash(text)}\n" for text in texts)
    (folder / TEXTS).write_text(lines, encoding="ascii")


def load_embeddings(folder: Path) -> Vectors:
    """The vectors that a build wrote, read from disk as they are used."""
    vectors: Vectors = load_array(folder / EMBEDDINGS, mmap_mode="r")
    return vectors


def known_vectors(settings: IndexSettings, fingerprint: str) -> dict[str, Vectors]:
    """The current build's vectors by their texts' hashes; none where another embedder made them.

    Damaged files give none, so that no build carries the damage on.
    """
    try:
        folder = current_folder(settings)
        manifest = Manifest.load(folder)
    except (IndexMissingError, IndexStaleError, IndexDamagedError):
        return {}
    sealed = {name: manifest.files.get(name, "") for name in (EMBEDDINGS, TEXTS)}
    if manifest.fingerprint != fingerprint or any(find_damage(folder, sealed)):
        return {}
    hashes = (folder / TEXTS).read_text(encoding="ascii").split()
    return dict(zip(hashes, load_embeddings(folder), strict=True))


def embed_texts(
    texts: Sequence[str],
    embedder: Embedder,
    known: Mapping[str, Vectors],
    progress: Callable[[int, int], None],
) -> tuple[Vectors, int]:
    """The texts' vectors and how many were computed: those not known, each different text once."""
    hashes = [text_hash(text) for text in texts]
    missing = {name: text for name, text in zip(hashes, texts, strict=True) if name not in known}
    if not missing and hashes:  # a model takes seconds to load: not for nothing
        return np.array([known[name] for name in hashes], dtype=np.float32), 0
    fresh = embedder.embed_documents(
        list(missing.values()), progress=lambda done: progress(done, len(missing))
    )
    vector_of = {**known, **dict(zip(missing, fresh, strict=True))}
    rows = [vector_of[name] for name in hashes]
    return np.array(rows, dtype=np.float32).reshape(-1, fresh.shape[1]), len(missing)
