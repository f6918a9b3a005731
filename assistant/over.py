"""The assistant over texts or documents that are not kept."""

from collections.abc import Callable, Sequence

from assistant.pipeline import Assistant, open_writer
from assistant.settings import Settings
from corpus.types import Document
from index.embedders import load_embedder
from index.memory import retriever_over


def assistant_over(
    documents: Sequence[Document],
    settings: Settings,
    *,
    progress: Callable[[int], None] | None = None,
) -> Assistant:
    """An assistant that answers over these documents alone; nothing is stored."""
    embedder = load_embedder(settings.embedder, settings.cache_folder)
    retriever = retriever_over(documents, embedder, settings.cache_folder, progress=progress)
    return Assistant(retriever, documents, open_writer(settings))
