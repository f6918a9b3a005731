"""What a question asks of a document's structure, by its wording alone, and the section that it means."""

import math
import re
from collections.abc import Sequence

from assistant.naming import name_share
from assistant.question import Question
from assistant.wording import load_wording
from corpus.fold import bare
from corpus.numerals import parse_numeral
from corpus.types import Document, Section

# The parts of the whole; those of one section; where something stands; the boxes; a part by its place, which
# `ordinals` answers: here it is only told from the others.
KINDS = ("whole", "children", "which", "boxes", "name")
# The probability from which the wording says so: right for 19 of 20 out of fold.
SHOWS = 0.6
_COUNT = re.compile(r"(?<!第)(?P<count>[一二三四五六七八九十]+|\d{1,2})(?:个|大|条|项|点|类|节)")
# What a title must have of a question: so much of its character pairs, or less where the number of its parts is said.
TITLE_SHARE, COUNTED_SHARE = 0.45, 0.2
COUNT_WEIGHT = 0.5


def read_structure(understood: str) -> dict[str, float]:
    """The probability of each kind of KINDS, by a question's wording."""
    odds = load_wording("structure").odds(understood)
    total = sum(map(math.exp, odds))
    return {kind: math.exp(each) / total for kind, each in zip(KINDS, odds, strict=False)}


def section_meant(
    asked: str, question: Question, documents: Sequence[Document]
) -> tuple[Document, Section] | None:
    """The section with parts whose title a text says best, the number of its parts helping; None for none."""
    words = f"{bare(asked)} {' '.join(question.query.added)}"
    said = _COUNT.search(asked)
    count = int(said["count"]) if said and said["count"].isdigit() else 0
    count = count or (parse_numeral(said["count"]) or 0 if said else 0)
    found: list[tuple[float, int, Document, Section]] = []
    for document in documents:
        for section in document.sections:
            if not section.child_ids or not section.title or section.kind not in {"heading", "box"}:
                continue
            if ("专栏" in words) != (section.kind == "box"):
                continue
            share = name_share(section.title, words)
            counted = count > 1 and _parts(document, section) == count
            if share >= (COUNTED_SHARE if counted else TITLE_SHARE):
                depth = len(document.path(section.section_id))
                found.append((share + COUNT_WEIGHT * counted, -depth, document, section))
    best = max(found, key=lambda item: item[:2], default=None)
    return (best[2], best[3]) if best else None


def _parts(document: Document, section: Section) -> int:
    """How many headings stand below a section, or items in a box."""
    children = document.children(section.section_id)
    headings = [child for child in children if child.kind == "heading"]
    return len(headings or children)
