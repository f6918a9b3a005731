"""Imported by a fork server: what a build needs is loaded once, and a forked process builds at once."""

import index.build
import index.server
import index.vectors
from corpus.tokenize import Tokenizer

__all__ = ["index"]

Tokenizer()
