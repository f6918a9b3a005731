"""Source files become Documents: text with an outline in which every sentence has an address."""

from corpus.errors import WenguiError
from corpus.types import (
    CardField,
    Document,
    Metadata,
    Paragraph,
    Repair,
    Section,
    Span,
    Table,
    TableRow,
    Target,
)

__all__ = [
    "CardField",
    "Document",
    "Metadata",
    "Paragraph",
    "Repair",
    "Section",
    "Span",
    "Table",
    "TableRow",
    "Target",
    "WenguiError",
]
