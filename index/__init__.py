"""Documents become passages, indexed by words and by meaning, and retrieved by both."""

from index.types import Embedder, Hit, Passage, Retriever

__all__ = ["Embedder", "Hit", "Passage", "Retriever"]
