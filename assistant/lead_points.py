"""What the paragraphs of a section each begin with, where that is a short sentence: 坚持优先发展。…."""

from collections.abc import Iterator, Sequence

from assistant.draft import Draft, Place, Statement
from assistant.headings import heading_place
from assistant.naming import name_share
from assistant.ordinals import WHOLE_TITLE
from assistant.question import Question
from corpus.fold import bare
from corpus.types import Document, Section

# A longer sentence is no point of its own.
LONGEST = 24
FEWEST = 3


def _points(document: Document, section: Section) -> Iterator[Place]:
    """The first sentence of each paragraph that goes on behind it."""
    for paragraph in document.paragraphs_of(section.section_id):
        first = paragraph.sentences[0]
        if len(paragraph.sentences) > 1 and len(first) <= LONGEST:
            yield Place(
                document=document,
                section_id=section.section_id,
                paragraph=paragraph.number,
                span=first,
                context=paragraph.span,
            )


def draft_points(question: Question, documents: Sequence[Document]) -> Draft | None:
    """The points of the section that the question names by its title; None where it has no such points."""
    asked = bare(question.understood)
    named = [
        (len(section.title), document, section)
        for document in documents
        for section in document.sections
        if section.kind == "heading"
        and not section.child_ids
        and name_share(section.title, asked) >= WHOLE_TITLE
    ]
    if not named:
        return None
    _, document, section = max(named, key=lambda one: one[0])
    points = list(_points(document, section))
    if len(points) < FEWEST or len(points) < len(document.paragraphs_of(section.section_id)) - 1:
        return None
    said = [document.display(point.span).rstrip("。") for point in points]
    lead = Statement(
        text=f"{section.title}共{len(points)}项:{'；'.join(said)}。",
        places=(heading_place(document, section), *points),
        kind="computed",
        derived=frozenset({str(len(points))}),
    )
    return Draft(statements=(lead,), quotes=tuple(points))
