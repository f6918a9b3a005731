"""A document as HTML to read: its outline as a tree, its text with tables, repairs and permalinks."""

from collections.abc import Iterator
from html import escape

from assistant.app.tables import place_attributes, repair_note, table_html
from corpus.find import numbered_sentences, sentence_link
from corpus.pieces import pieces
from corpus.types import BODY_KINDS, Document, Paragraph, Section, Span

# What is not the plan's own text but stands around it in the source, folded away.
AROUND = {"front": "网页的页头", "contents": "目录(原文)", "closing": "网页的页尾"}
_LEAST_LEVEL, _LAST_LEVEL = 3, 6


def _text(document: Document, span: Span) -> str:
    """The characters of a span, each repair marked with what stood there."""
    return "".join(
        f'<ins class="repair" title="{escape(repair_note(piece.repair))}">{escape(piece.text)}</ins>'
        if piece.repair
        else escape(piece.text)
        for piece in pieces(document, span)
    )


def _paragraph(document: Document, paragraph: Paragraph, numbers: dict[Span, int]) -> str:
    section_id = paragraph.section_id
    lines = []
    for sentence in paragraph.sentences:
        number = numbers[sentence]
        link = escape(sentence_link(document, section_id, number))
        place = place_attributes(section_id, number, sentence)
        lines.append(
            f'<span class="place" {place}>{_text(document, sentence)}'
            f'<a class="pin" href="{link}" aria-label="第{number}句的链接">{number}</a></span>'
        )
    return f"<p>{''.join(lines)}</p>"


def _paragraphs(document: Document, section_id: str) -> str:
    numbers = {span: number for number, span in numbered_sentences(document, section_id)}
    return "".join(
        _paragraph(document, paragraph, numbers) for paragraph in document.paragraphs_of(section_id)
    )


def _heading(document: Document, section: Section) -> str:
    level = min(_LEAST_LEVEL + len(document.path(section.section_id)) - 1, _LAST_LEVEL)
    name = escape(section.name)
    link = escape(sentence_link(document, section.section_id))
    pin = f'<a class="section-pin" href="{link}" aria-label="“{name}”的链接">#</a>'
    return f"<h{level}>{name}{pin}</h{level}>"


def _section(document: Document, section: Section) -> str:
    """A section with everything under it."""
    if section.kind == "table" and (table := document.table(section.section_id)):
        inside = _heading(document, section) + table_html(document, table)
    elif section.kind == "figure":
        inside = f'<p class="figure">{escape(section.name)}<small>(图没有随文字采集)</small></p>'
    else:
        children = document.children(section.section_id)
        inside = (
            (_heading(document, section) if section.kind in BODY_KINDS | {"card"} else "")
            + _paragraphs(document, section.section_id)
            + "".join(_section(document, child) for child in children)
        )
    if section.kind in AROUND:
        inside = f"<details><summary>{AROUND[section.kind]}</summary>{inside}</details>"
    return (
        f'<section class="part {section.kind}" id="section-{escape(section.section_id)}">'
        f"{inside}</section>"
    )


def _facts(document: Document) -> Iterator[str]:
    metadata = document.metadata
    if metadata.issuer:
        yield metadata.issuer
    if metadata.document_number:
        yield metadata.document_number
    if metadata.published_on:
        yield f"{metadata.published_on}发布"
    yield f"显示时补上了采集丢失的字符 {len(document.repairs)} 处,带虚线,指着它可看原样"


def text_html(document: Document) -> str:
    """The whole text, section after section."""
    top = [section for section in document.sections if section.parent_id is None]
    body = "".join(_section(document, section) for section in top)
    facts = escape(" · ".join(_facts(document)))
    return f'<h2>{escape(document.metadata.title)}</h2><p class="facts">{facts}。</p>{body}'


def _branch(document: Document, section: Section) -> str:
    link = escape(sentence_link(document, section.section_id))
    name = f'<a href="{link}" data-entry="{escape(section.section_id)}">{escape(section.name)}</a>'
    children = [c for c in document.children(section.section_id) if c.kind not in {"row", "figure"}]
    if not children:
        return f"<li>{name}</li>"
    opened = section.parent_id is None
    inside = "".join(_branch(document, child) for child in children)
    return (
        f'<li><button type="button" class="twist" aria-expanded="{str(opened).lower()}"'
        f' aria-label="“{escape(section.name)}”下面的各条"></button>{name}<ul>{inside}</ul></li>'
    )


def tree_html(document: Document) -> str:
    """The outline as a tree of links; what stands around the text is left out."""
    top = [s for s in document.sections if s.parent_id is None and s.kind in BODY_KINDS | {"card"}]
    branches = "".join(_branch(document, section) for section in top)
    return f'<ul class="tree">{branches}</ul>'
