"""A section as it leaves the program: its text by paragraph and sentence, each with link and citation."""

from typing import Any

from assistant.citing import citation_text
from corpus.errors import DocumentError
from corpus.find import sentence_link
from corpus.types import Document, Paragraph


def _paragraph(document: Document, paragraph: Paragraph, first: int) -> dict[str, Any]:
    section_id = paragraph.section_id
    address = document.address(section_id, paragraph.number)
    return {
        "number": paragraph.number,
        "address": address,
        "start": paragraph.span.start,
        "end": paragraph.span.end,
        "sentences": [
            {
                "number": number,
                "text": document.quote(sentence),
                "start": sentence.start,
                "end": sentence.end,
                "link": sentence_link(document, section_id, number),
                "citation": citation_text(document, address, sentence),
            }
            for number, sentence in enumerate(paragraph.sentences, start=first)
        ],
    }


def section_json(document: Document, section_id: str) -> dict[str, Any]:
    """A section with its own paragraphs and the names of those under it; DocumentError without it."""
    try:
        section = document.section(section_id)
    except KeyError as error:
        raise DocumentError(
            f"{document.document_id} 没有 {section_id} 这一节。用 wengui corpus show {document.document_id} 查看大纲。"
        ) from error
    paragraphs, first = [], 1
    for paragraph in document.paragraphs_of(section_id):
        paragraphs.append(_paragraph(document, paragraph, first))
        first += len(paragraph.sentences)
    return {
        "document_id": document.document_id,
        "section_id": section_id,
        "kind": section.kind,
        "name": section.name,
        "address": document.address(section_id),
        "start": section.span.start,
        "end": section.span.end,
        "link": sentence_link(document, section_id),
        "parent_id": section.parent_id,
        "children": [
            {"section_id": child.section_id, "name": child.name}
            for child in document.children(section_id)
        ],
        "paragraphs": paragraphs,
    }
