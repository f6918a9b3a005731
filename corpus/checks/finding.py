"""What a check finds: places of a document that cannot all be right."""

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.types import Document, Span


@dataclass(frozen=True, slots=True)
class Spot:
    """One side of a contradiction."""

    section_id: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Places of a document that cannot all be right, and why, in one sentence."""

    document_id: str
    rule: str
    message: str
    spots: tuple[Spot, ...]


def finding(document: Document, rule: str, message: str, spots: Iterable[Spot]) -> Finding:
    """A Finding in that document."""
    return Finding(document_id=document.document_id, rule=rule, message=message, spots=tuple(spots))
