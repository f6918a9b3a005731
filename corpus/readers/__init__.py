"""One module a file format; each gives the text of a source with its own characters."""

from corpus.readers.plain import read_text

__all__ = ["read_text"]
