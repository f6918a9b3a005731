"""The headings of documents: where each stands, and which one a text names."""

from collections.abc import Sequence

from assistant.draft import Place
from assistant.naming import name_share
from corpus.types import Document, Section, Span

TITLED = frozenset({"heading", "box", "table", "item"})


def heading_place(document: Document, section: Section) -> Place:
    """The heading of a section, or the whole of one without."""
    span = section.heading if len(section.heading) else section.span
    return Place(
        document=document,
        section_id=section.section_id,
        paragraph=None,
        span=Span(span.start, span.end),
        context=span,
    )


def named_section(
    asked: str, documents: Sequence[Document], least: float
) -> tuple[Document, Section] | None:
    """The section whose title a text says most of; of equal ones the longest title."""
    found = [
        (name_share(section.title, asked), len(section.title), document, section)
        for document in documents
        for section in document.sections
        if section.title and section.kind in TITLED
    ]
    best = max(found, key=lambda item: item[:2], default=None)
    return (best[2], best[3]) if best and best[0] >= least else None


def chapters_of(document: Document) -> tuple[Section, ...]:
    """The headings of the first level, in order."""
    return tuple(s for s in document.sections if not s.parent_id and s.kind == "heading")
