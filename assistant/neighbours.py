"""What stands before or behind a section: “发展目标”前面还排着哪两节."""

import re
from collections.abc import Sequence

from assistant.draft import Draft, Statement
from assistant.headings import called_section, heading_place, named_section
from assistant.question import Question
from assistant.whereabouts import CHAPTER_DEPTH, TITLE_FOR_PLACE, of_longest_run
from corpus.fold import bare
from corpus.types import Document, Section

_ASKS = re.compile(
    r"(?P<side>前面|之前|前头|前一|上一|后面|之后|(?<!最)后头|接下来|紧接着|后一|(?<!底)下一).{0,8}"
    r"(?:哪|什么|啥|几)[几些两三个]?(?:一|个)?(?:节|章|部分|条|项(?!目)|块|标题)|(?P<both>前面?一?节?(?:和|与|跟|、)后面?一?节?)|"
    r"(?P<search>(?:[前上后]|(?<!底)下)一)(?:条|节|章|部分|项)的?(?:标题|名称|名字)?$"
)
_ONE = re.compile(r"前一|上一|后一|下一|紧接|接下来")
_BOTH_SIDES = re.compile(
    r"(?:前面|上一).{2,12}[?,]?(?:后面|下一)|(?:前面?|上)一?节?(?:和|与|跟|、)后|前后各?"
)
_BEFORE = frozenset({"前面", "之前", "前头", "前一", "上一"})


def draft_neighbours(question: Question, documents: Sequence[Document]) -> Draft | None:
    """The headings beside the one that the question names, under the same heading; else None."""
    asked = bare(question.understood)
    match = _ASKS.search(asked)
    if not match or question.unit:
        return None
    before_it = asked[: match.start()]
    deepest = CHAPTER_DEPTH if "目录" in asked else None  # of what a table of contents lists
    sections = [
        (d, s)
        for d in documents
        for s in d.sections
        if s.kind == "heading" and (not deepest or len(d.path(s.section_id)) <= deepest)
    ]
    named = (
        (named_section(before_it, documents, TITLE_FOR_PLACE) if not deepest else None)
        or called_section(before_it, documents)
        or of_longest_run(before_it, sections)
    )
    if not named:
        return None
    document, section = named
    siblings = [s for s in document.sections if s.parent_id == section.parent_id and s.title]
    siblings = [s for s in siblings if s.kind == section.kind]
    place = siblings.index(section)
    before = (match["side"] or match["search"] or "") in _BEFORE
    if _BOTH_SIDES.search(asked):
        return _both_sides(document, section, siblings)
    beside = siblings[:place] if before else siblings[place + 1 :]
    if _ONE.search(match[0]):
        beside = beside[-1:] if before else beside[:1]
    side = "前面" if before else "后面"
    if not beside:
        text = f"“{section.title}”{side}没有并列的标题。"
        own = (heading_place(document, section),)
        return Draft(statements=(Statement(text=text, places=own, kind="computed"),))
    names = "、".join(each.name for each in beside)
    places = tuple(heading_place(document, each) for each in (section, *beside))
    text = f"“{section.title}”{side}是{names}。"
    return Draft(statements=(Statement(text=text, places=places),), quotes=places)


def _both_sides(document: Document, section: Section, siblings: Sequence[Section]) -> Draft:
    """The one before and the one behind."""
    place = siblings.index(section)
    sides = {"前面": siblings[max(0, place - 1) : place], "后面": siblings[place + 1 : place + 2]}
    said = ",".join(f"{side}是{found[0].name}" for side, found in sides.items() if found)
    places = tuple(
        heading_place(document, each) for each in (section, *sides["前面"], *sides["后面"])
    )
    lead = Statement(text=f"“{section.title}”{said or '前后没有并列的标题'}。", places=places)
    return Draft(statements=(lead,), quotes=places)
