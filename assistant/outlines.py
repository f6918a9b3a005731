"""What a section, a whole document or all boxes of it consist of: counted, and each part by its name."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.draft import Draft, Statement
from assistant.extract import MAX_FIRST_LINE
from assistant.headings import chapters_of, heading_place
from corpus.fold import bare
from corpus.types import Document, Section

# What the kinds of sections are called and counted by.
KINDS = {"box": ("专栏", "个"), "table": ("表", "张"), "figure": ("图", "张")}


def outline_of_whole(document: Document) -> Draft | None:
    """The chapters of a document; None where it has none."""
    parts = chapters_of(document)
    if not parts:
        return None
    contents = next((s for s in document.sections if s.kind == "contents"), parts[0])
    measure = "章" if bare(parts[0].label).endswith("章") else "部分"
    return _outline(document, contents, "正文", parts, measure)


def outline_of(document: Document, section: Section) -> Draft:
    """The parts of a section that has any."""
    children = document.children(section.section_id)
    name = section.name if section.kind == "box" else section.title
    return _outline(document, section, name, children, "项")


def outline_of_kind(document: Document, kind: str) -> Draft | None:
    """All sections of one of KINDS; None where there are none."""
    name, measure = KINDS[kind]
    found = [section for section in document.sections if section.kind == kind]
    return _outline(document, None, name, found, measure) if found else None


def _outline(
    document: Document,
    section: Section | None,
    name: str,
    children: Sequence[Section],
    measure: str,
) -> Draft:
    """What a section, or the whole document where there is none, consists of; a box beside headings is no part."""
    headings = [child for child in children if child.kind == "heading"]
    parts = headings or list(children)
    boxes = "、".join(child.label for child in children if child.kind == "box" and headings)
    titles = "；".join(part.name if part.kind == "box" else part.title for part in parts)
    beside = f"(另有{boxes})" if boxes else ""
    places = [heading_place(document, each) for each in ([section] if section else [])]
    count = Statement(
        text=f"{name}共{len(parts)}{measure}{beside}:{titles}。",
        places=(*places, *(heading_place(document, each) for each in parts)),
        kind="computed",
        derived=frozenset({str(len(parts)), *re.findall(r"\d+", boxes)}),
    )
    if len(count.text) > MAX_FIRST_LINE:
        first = count.places[:1] if section else count.places
        count = replace(count, text=f"{name}共{len(parts)}{measure}{beside}。", places=first)
    items = tuple(
        Statement(text=part.name, places=(heading_place(document, part),)) for part in parts
    )
    return Draft(statements=(count, *items), quotes=())
