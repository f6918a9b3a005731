"""Everyday words meet the plan's terms: the lexicon is data, `data/lexicon.toml`."""

import tomllib
from functools import cache
from pathlib import Path

from corpus.fold import fold

FILE = Path(__file__).parent / "data" / "lexicon.toml"


@cache
def load_lexicon() -> dict[str, tuple[str, ...]]:
    """Everyday word to its official terms, all folded; longer words first."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))
    longest_first = sorted(entries, key=len, reverse=True)
    return {fold(word): tuple(fold(entries[word]).split()) for word in longest_first}


def official_terms(question: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(everyday word, its official terms) for the everyday words in a question, longer words first.

    A word inside a longer one that was found, and terms that are the word itself, are left out.

    >>> official_terms("放学后有人管吗")
    (('放学后', ('课后服务', '课后延时服务')),)
    """
    folded = fold(question)
    found: list[tuple[str, tuple[str, ...]]] = []
    for word, terms in load_lexicon().items():
        if word in folded and not any(word in longer for longer, _ in found):
            found.append((word, tuple(term for term in terms if term != word)))
    return tuple(found)


def expanded(question: str) -> str:
    """The question followed by the official terms that it does not say itself."""
    folded = fold(question)
    terms = [term for _, terms in official_terms(question) for term in terms if term not in folded]
    return " ".join([question, *dict.fromkeys(terms)])
