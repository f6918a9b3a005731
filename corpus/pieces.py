"""A stretch of text cut at its repairs, so that what was mended can be shown as mended."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.types import Document, Repair, Span


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters as they are shown; `repair` says what stood there instead, if anything did."""

    text: str
    repair: Repair | None = None


def pieces(document: Document, span: Span) -> Iterator[Piece]:
    """The pieces of a span, in order; joined, and white space collapsed, they are `display(span)`."""
    position = span.start
    first = bisect_left(document.repairs, span.start, key=lambda repair: repair.span.start)
    for repair in document.repairs[first:]:
        if repair.span.start > span.end:
            break
        if repair.span in span and repair.span.start >= position:
            yield Piece(document.quote(Span(position, repair.span.start)))
            yield Piece(repair.after, repair)
            position = repair.span.end
    yield Piece(document.quote(Span(position, span.end)))
