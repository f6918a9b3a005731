"""Sentences and clauses of Chinese text, as spans."""

import re

from corpus.types import Span

# A sentence ends with 。！？ (or their half-width forms before white space), closing quotes included.
_SENTENCE_END = re.compile(r"[。！？][”’」』）)]*|[!?]+(?=\s|$)[”’」』）)]*")
_CLAUSE_END = re.compile(r"[。！？；;，,：:]|[!?](?=\s|$)")


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without white space at its ends; empty at `start` where nothing else is there."""
    piece = text[start:end]
    stripped = piece.strip()
    if not stripped:
        return Span(start, start)
    offset = start + piece.index(stripped[0])
    return Span(offset, offset + len(stripped))


def _split(text: str, span: Span, end_of: re.Pattern[str]) -> tuple[Span, ...]:
    pieces, start = [], span.start
    ends = [match.end() for match in end_of.finditer(text, span.start, span.end)]
    for end in [*ends, span.end]:
        piece = trimmed(text, start, end)
        if len(piece):
            pieces.append(piece)
        start = end
    return tuple(pieces)


def sentences(text: str, span: Span) -> tuple[Span, ...]:
    """The sentences in a span, in order, without the white space between them.

    >>> [str("甲。“乙！”丙"[s.start : s.end]) for s in sentences("甲。“乙！”丙", Span(0, 7))]
    ['甲。', '“乙！”', '丙']
    """
    return _split(text, span, _SENTENCE_END)


def clauses(text: str, span: Span) -> tuple[Span, ...]:
    """The clauses in a span, each with the mark that ends it.

    >>> [str("到2025年,建成15所。"[s.start : s.end]) for s in clauses("到2025年,建成15所。", Span(0, 14))]
    ['到2025年,', '建成15所。']
    """
    return _split(text, span, _CLAUSE_END)
