"""A Document as passages: what is indexed, ranked and cited.

A paragraph is one passage, so is a table's row; a heading that has children is one passage with their
names, so that a question after the outline finds the outline, and so is the table of contents; what tells
of the document itself (the information card, the page around the text) is one passage each.
"""

from collections.abc import Iterator, Sequence

from corpus.quantities import find_quantities
from corpus.tables import header_year
from corpus.targets import targets_of
from corpus.text_targets import reports
from corpus.types import BODY_KINDS, Document, Paragraph, Section, Span
from index.types import Part, Passage, PassageKind


def _part(span: Span, text: str) -> Part:
    units = dict.fromkeys(quantity.unit for quantity in find_quantities(text))
    return Part(span=span, text=text, units=tuple(units))


def _context(document: Document, section: Section) -> tuple[str, ...]:
    return tuple(ancestor.title for ancestor in document.path(section.section_id) if ancestor.title)


def _passage(  # noqa: PLR0913 - one place that knows all fields
    document: Document,
    section: Section,
    *,
    kind: PassageKind,
    span: Span,
    text: str,
    paragraph: Paragraph | None = None,
    shows: tuple[Span, ...] = (),
) -> Passage:
    section_id = section.section_id
    number = paragraph.number if paragraph else None
    sentences = paragraph.sentences if paragraph else ()
    parts = [_part(sentence, document.display(sentence)) for sentence in sentences]
    return Passage(
        passage_id=f"{document.document_id}#{section_id}" + (f":{number}" if number else ""),
        document_id=document.document_id,
        section_id=section_id,
        kind=kind,
        paragraph=number,
        span=span,
        address=document.address(section_id, number),
        context=_context(document, section),
        text=text,
        parts=tuple(parts) or (_part(span, text),),
        shows=shows,
        reports=reports(document, section_id),
    )


def _paragraph(document: Document, section: Section, paragraph: Paragraph) -> Passage:
    return _passage(
        document,
        section,
        kind="paragraph",
        span=paragraph.span,
        text=document.display(paragraph.span),
        paragraph=paragraph,
    )


def _row(document: Document, section: Section) -> Passage:
    """A row as words: category, then each cell with its column's header."""
    table = document.table(section.section_id)
    assert table is not None  # noqa: S101 - a row always stands in a table
    row = next(row for row in table.rows if row.section_id == section.section_id)
    columns = table.columns[len(table.columns) - len(row.cells) :]
    named = [
        f"{year}年 {cell}" if (year := header_year(column)) else cell
        for column, cell in zip(columns, row.cells, strict=True)
    ]
    span = document.paragraphs_of(section.section_id)[0].span
    words = [row.category, _whole(document, section.section_id), *named]
    return _passage(document, section, kind="row", span=span, text=" ".join(filter(None, words)))


def _whole(document: Document, section_id: str) -> str:
    """The indicator that a row is a part of (`其中:`), '' where there is none."""
    records = {record.section_id: record for record in targets_of(document)}
    own = records.get(section_id)
    parent = records.get(own.parent_id) if own and own.parent_id else None
    return parent.indicator if parent else ""


def _overview(document: Document, section: Section) -> Passage:
    children = document.children(section.section_id)
    names = [child.name for child in children]
    span = section.heading if len(section.heading) else section.span
    return _passage(
        document,
        section,
        kind="overview",
        span=span,
        text="\n".join([section.name, *names]),
        shows=tuple(child.heading for child in children if len(child.heading)),
    )


def _card(document: Document, section: Section) -> Passage:
    lines = [f"{field.name}:{field.value}" for field in document.card if field.value]
    span = Span(document.card[0].span.start, document.card[-1].span.end)
    text = "\n".join([document.metadata.title, *lines])
    title = document.find_title()
    shows = (title,) if title else ()
    return _passage(document, section, kind="card", span=span, text=text, shows=shows)


def _whole_section(document: Document, section: Section) -> Passage:
    """The page's head as a card, the table of contents as an overview."""
    kind: PassageKind = "overview" if section.kind == "contents" else "card"
    text = document.display(section.span).strip()
    return _passage(document, section, kind=kind, span=section.span, text=text)


def passages_of(document: Document) -> Iterator[Passage]:
    """The passages of a document, in the order of its text; page chrome after the body gives none."""
    for section in document.sections:
        if section.kind == "card":
            yield _card(document, section)
        elif section.kind in {"front", "contents"}:
            yield _whole_section(document, section)
        elif section.kind == "row":
            yield _row(document, section)
        elif section.kind in BODY_KINDS:
            paragraphs = document.paragraphs_of(section.section_id)
            if section.child_ids or not paragraphs:
                yield _overview(document, section)
            if section.kind != "table":
                yield from (_paragraph(document, section, paragraph) for paragraph in paragraphs)


def index_text(passage: Passage) -> str:
    """What BM25 ranks: the headings on the way, then the text."""
    return "\n".join([*passage.context, passage.text])


def part_text(passage: Passage, part: Part) -> str:
    """What is embedded: the nearest heading, then the sentence.

    On dev a sentence under its heading is found first more often than its whole paragraph (0.73
    against 0.59 of the questions, docs/decisions/008-reranking.md).
    """
    return "\n".join([*passage.context[-1:], part.text])


def entries(passages: Sequence[Passage]) -> Iterator[tuple[Passage, Part]]:
    """Every part with its passage, in order: a vector each."""
    return ((passage, part) for passage in passages for part in passage.parts)


def embedding_texts(passages: Sequence[Passage]) -> list[str]:
    """What is embedded, for each part in order."""
    return [part_text(passage, part) for passage, part in entries(passages)]
