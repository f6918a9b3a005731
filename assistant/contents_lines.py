"""The lines of a table of contents beside the headings that they name: an outline can be checked there at once."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from assistant.draft import Draft, Place, Statement
from assistant.headings import heading_place
from assistant.naming import name_share
from assistant.question import Question
from corpus.fold import bare
from corpus.types import Document, Section, Span

# A line may be worded a little differently from the heading of the same number.
SAME_TITLE = 0.6
_BOTH_WORDINGS = re.compile(
    r"目录[^。]*正文[^。]*(?:标题|写法|写得|写的|一样|一致|不同)|标题[^。]*目录[^。]*正文|正文[^。]*目录[^。]*(?:标题|写法|写得|写的|一样|一致|不同)"
)
# Dots and page numbers behind a line.
_LEADER = re.compile(r"[.…·\s]*\d*\s*$")


def _lines(document: Document, contents: Section) -> Iterator[tuple[str, Span]]:
    for paragraph in document.paragraphs_of(contents.section_id):
        yield _LEADER.sub("", document.display(paragraph.span)), paragraph.span


def _names(line: str, section: Section) -> bool:
    """Whether a line of the contents is a section's: the same words, or much of them behind the same number."""
    if bare(line) == bare(section.name):
        return True
    title = line.removeprefix(section.label)
    alike = bool(section.label) and title != line
    return alike and name_share(section.title, title) >= SAME_TITLE


def contents_lines(document: Document) -> dict[str, Place]:
    """The place of the line of the contents for each section that has one, by the section's id."""
    contents = next((s for s in document.sections if s.kind == "contents"), None)
    if contents is None:
        return {}
    # Both stand in the same order, so a line is sought behind the one before it.
    lines = list(_lines(document, contents))
    found: dict[str, Place] = {}
    start = 0
    for section in document.sections:
        if section.kind != "heading":
            continue
        for number in range(start, len(lines)):
            line, span = lines[number]
            if _names(line, section):
                found[section.section_id] = Place(
                    document=document,
                    section_id=contents.section_id,
                    paragraph=None,
                    span=span,
                    context=contents.span,
                )
                start = number + 1
                break
    return found


def draft_worded_apart(question: Question, documents: Sequence[Document]) -> Draft | None:
    """Headings that the table of contents words otherwise than the text, where both are asked about."""
    if len(documents) != 1 or not _BOTH_WORDINGS.search(question.understood):
        return None
    document = documents[0]
    lines = contents_lines(document)
    apart = []
    for section in document.sections:
        if line := lines.get(section.section_id):
            written = _LEADER.sub("", document.display(line.span))
            if bare(written) != bare(section.name):
                apart.append((written, section, line))
    if not apart:
        return None
    said = "；".join(f"目录写作“{line}”,正文写作“{s.name}”" for line, s, _ in apart)
    places = tuple(p for _, s, line in apart for p in (line, heading_place(document, s)))
    return Draft(statements=(Statement(text=f"{said}。", places=places),), quotes=places)


def _joined(places: Iterable[Place]) -> list[Place]:
    """Lines that follow one another as one place."""
    joined: list[Place] = []
    for place in sorted(places, key=lambda each: each.span):
        last = joined[-1] if joined else None
        text = place.document.text
        if last and not text[last.span.end : place.span.start].strip():
            joined[-1] = replace(last, span=Span(last.span.start, place.span.end))
        else:
            joined.append(place)
    return joined


def with_contents(draft: Draft) -> Draft:
    """An outline whose first statement also cites the lines of the contents, where these name all of it."""
    lead = draft.statements[0]
    # What is counted stands in the statements below.
    statements = draft.statements if lead.derived else (lead,)
    named = [place for statement in statements for place in statement.places]
    documents = {place.document.document_id: place.document for place in named}
    beside: list[Place] = []
    for document in documents.values():
        lines = contents_lines(document)
        sections = {place.section_id for place in named if place.document is document}
        if sections <= lines.keys():
            beside += _joined(lines[section] for section in sections)
    lead = replace(lead, places=(*lead.places, *beside))
    return replace(draft, statements=(lead, *draft.statements[1:]))
