"""The outline against itself: contents against headings, numbers against their order."""

import re
from collections.abc import Iterator
from itertools import pairwise

from corpus.checks.finding import Finding, Spot, finding
from corpus.fold import bare
from corpus.headings import recognise
from corpus.types import Document


def check_contents(document: Document) -> Iterator[Finding]:
    """Entries of the table of contents that the body's headings say otherwise."""
    contents = [s for s in document.sections if s.kind == "contents"]
    headings = [s for s in document.sections if s.kind == "heading" and s.title]
    place = 0
    for section in contents:
        for paragraph in document.paragraphs_of(section.section_id)[1:]:
            entry = recognise(re.sub(r"[\s.．…·]*\d*$", "", document.display(paragraph.span)))
            if entry is None or not entry.title:
                continue
            same = [i for i in range(place, len(headings)) if headings[i].label == entry.label]
            exact = [i for i in same if bare(headings[i].title) == bare(entry.title)]
            if exact:
                place = exact[0] + 1
            elif same:
                heading = headings[same[0]]
                place = same[0] + 1
                message = f"目录作“{entry.title}”,正文作“{heading.title}”。"
                spots = [
                    Spot(section.section_id, paragraph.span),
                    Spot(heading.section_id, heading.heading),
                ]
                yield finding(document, "目录与正文标题不符", message, spots)
            else:
                spots = [Spot(section.section_id, paragraph.span)]
                yield finding(
                    document, "目录与正文标题不符", f"目录有“{entry.title}”,正文没有。", spots
                )


def check_numbering(document: Document) -> Iterator[Finding]:
    """Numbers of sibling headings that jump or come twice."""
    parents: dict[str | None, list[tuple[int, str]]] = {}
    for section in document.sections:
        found = (
            recognise(section.label + "。") if section.kind == "heading" and section.label else None
        )
        if found is not None and found.number is not None:
            key = f"{section.parent_id}|{found.style}"
            parents.setdefault(key, []).append((found.number, section.section_id))
    for siblings in parents.values():
        for (number, first), (following, second) in pairwise(siblings):
            if following not in {number + 1, 1}:  # a second list begins with 1 again
                spots = [Spot(i, document.section(i).heading) for i in (first, second)]
                message = f"编号由{number}到{following},不连续。"
                yield finding(document, "编号不连续", message, spots)
