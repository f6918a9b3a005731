"""Embedders loaded by sentence-transformers: a folder on disk or a name on a hub."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import EmbedderError
from index.types import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Large enough to keep two cores busy, small enough that progress moves every second or so.
BATCH = 16
# What models call the prompt for what is searched, by order of preference.
PASSAGE_PROMPTS = ("passage", "document", "corpus")


class SentenceTransformerEmbedder:
    """A sentence-transformers model with the prompts that it names for queries and passages."""

    def __init__(
        self, source: str, *, name: str | None = None, fingerprint: str | None = None
    ) -> None:
        self.name = name or source
        self.fingerprint = fingerprint or _fingerprint(source)
        self._source = source
        self._model: SentenceTransformer | None = None

    def _loaded(self) -> "SentenceTransformer":
        if self._model is None:
            self._model = _load(self._source)
        return self._model

    def _prompt(self, wanted: Sequence[str]) -> str | None:
        prompts = self._loaded().prompts
        return next((prompts[name] for name in wanted if prompts.get(name)), None)

    def _encode(self, texts: Sequence[str], prompt: str | None) -> Vectors:
        vectors = self._loaded().encode(
            list(texts),
            prompt=prompt,
            batch_size=BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)

    def embed_documents(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """float32, shape (n_texts, dimension), rows of length 1."""
        prompt = self._prompt(PASSAGE_PROMPTS)
        dimension = self._loaded().get_embedding_dimension() or 0
        vectors = np.zeros((len(texts), dimension), dtype=np.float32)
        # Texts of like length share a batch: a short one need not be padded to a long one.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            vectors[places] = self._encode([texts[place] for place in places], prompt)
            if progress is not None:
                progress(start + len(places))
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """float32, shape (dimension,), of length 1."""
        row: Vectors = self._encode([text], self._prompt(("query",)))[0]
        return row


def _fingerprint(source: str) -> str:
    """The name, for a folder with a hash of its files' names and sizes."""
    folder = Path(source)
    if not folder.is_dir():
        return source
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sizes = "".join(f"{path.relative_to(folder)}:{path.stat().st_size};" for path in files)
    return f"{source}:{sha256(sizes.encode()).hexdigest()[:16]}"


def _load(source: str) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer

    from index.embedders.offline import quiet

    quiet()
    is_folder = Path(source).is_dir()
    try:
        return SentenceTransformer(source, local_files_only=is_folder)
    except (OSError, ValueError) as error:
        raise EmbedderError(
            f"嵌入模型 {source!r} 加载失败({type(error).__name__})。请检查设置 embedder 的名称或文件夹,"
            '或改回 embedder = "offline"。'
        ) from error
