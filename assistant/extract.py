"""Answers in the plan's own words: a leading sentence, then the sentences it rests on."""

import re
from collections.abc import Sequence

from assistant.draft import Draft, Place, Statement
from assistant.evidence import Evidence, Weigher
from assistant.figures import Figure, figure_span
from assistant.naming import name_share
from assistant.question import Question
from corpus.fold import bare
from corpus.sentences import clauses
from corpus.types import Document, Section, Span

MAX_FIRST_LINE = 120
MAX_QUOTES = 3
# The share of a title's character pairs that a question must say to mean that section.
WHOLE_TITLE = 0.9
PART_OF_TITLE = 0.3
# A further sentence is quoted when its score comes this near to the best one's.
QUOTE_RATIO = 0.75
_LEAD_YEAR = re.compile(
    r"^(?:力争)?(?:到|至)?(?:19|20)\d\d年(?:前|底)?[,，]?|^“十.五”(?:期间|时期)[,，]?"
)


def place_of(evidence: Evidence) -> Place:
    """Where a piece of evidence stands."""
    return Place(
        document=evidence.document,
        section_id=evidence.passage.section_id,
        paragraph=evidence.passage.paragraph,
        span=evidence.span,
        context=evidence.passage.span,
    )


def quantity_line(figure: Figure) -> str:
    """The value, then the words it stands in: `15所:到2025年,建成重庆市智慧校园示范校15所。`."""
    evidence, record = figure.evidence, figure.record
    document = evidence.document
    value = document.quote(record.span)
    words = document.display(figure_span(document, evidence, record)).strip()
    lead = _LEAD_YEAR.match(evidence.text)
    if lead and not words.startswith(lead[0]):
        words = f"{lead[0].rstrip(',，')},{words}"
    bound = {"约": "约", "不低于": "不低于"}.get(record.bound, "")
    after = {"以上": "以上", "左右": "左右", "以内": "以内"}.get(record.bound, "")
    if value.rstrip("个所名间套人次项门").endswith(("余", "多")):
        after = ""
    return f"{bound}{value}{after}:{words}。"


def shortened(text: str, weigher: Weigher, limit: int = MAX_FIRST_LINE) -> str:
    """The text if it fits the limit, else the run of whole clauses that fits and covers most."""
    if len(text) <= limit:
        return text
    parts = [text[span.start : span.end] for span in clauses(text, Span(0, len(text)))]
    best, best_share = text[: limit - 2], -1.0
    for first in range(len(parts)):
        run = ""
        for part in parts[first:]:
            if len(run) + len(part) > limit - 4:
                break
            run += part
        share = weigher.share(run) if run else -1.0
        if share > best_share:
            best, best_share = run, share
    cut = best.rstrip(",，;；:：、")
    head = "" if text.startswith(best[:8]) else "……"
    return f"{head}{cut}" + ("" if cut.endswith("。") else "……")


def _ended(text: str) -> str:
    return (
        text if text.endswith(("。", "！", "？", "……", "”")) else text.rstrip(",，;；:：、") + "。"
    )


def draft_sentence(question: Question, evidence: Sequence[Evidence], weigher: Weigher) -> Draft:
    """The best sentence leads; the next best are quoted."""
    best = evidence[0]
    line = _ended(shortened(best.text, weigher))
    statement = Statement(text=line, places=(place_of(best),))
    return Draft(statements=(statement,), quotes=_quotes(evidence))


def _quotes(evidence: Sequence[Evidence]) -> tuple[Place, ...]:
    """The places of the best sentences, without one that says the same as an earlier one."""
    kept: list[Evidence] = []
    for item in evidence:
        if len(kept) == MAX_QUOTES or item.score < QUOTE_RATIO * evidence[0].score:
            break
        if all(item.text not in other.text and other.text not in item.text for other in kept):
            kept.append(item)
    return tuple(place_of(item) for item in kept)


def _heading_place(document: Document, section: Section) -> Place:
    span = section.heading if len(section.heading) else section.span
    return Place(
        document=document,
        section_id=section.section_id,
        paragraph=None,
        span=Span(span.start, span.end),
        context=span,
    )


def _listed_section(
    question: Question, documents: Sequence[Document]
) -> tuple[Document, Section] | None:
    """The section with children that the question names: by its number, by its whole title, or most of it.

    Asked for a 专栏, only those are looked at, and a part of the title is enough.
    """
    asked = bare(question.understood)
    boxes = "专栏" in asked
    best: tuple[float, Document, Section] | None = None
    for document in documents:
        for section in document.sections:
            if not section.child_ids or section.kind in {"table", "row"} or not section.title:
                continue
            if boxes and section.kind != "box":
                continue
            share = name_share(section.title, asked)
            if section.kind == "box" and _names_box(section.label, asked):
                share = 2.0
            if share >= (PART_OF_TITLE if boxes else WHOLE_TITLE):
                found = (share + len(section.title) / 1000, document, section)
                best = max(best or found, found, key=lambda item: item[0])
    return (best[1], best[2]) if best else None


def _names_box(label: str, asked: str) -> bool:
    return re.search(rf"{re.escape(bare(label))}(?!\d)", asked) is not None


def draft_list(question: Question, documents: Sequence[Document]) -> Draft | None:
    """The children of the section that the question names, complete and counted."""
    found = _listed_section(question, documents)
    if found is None:
        return None
    document, section = found
    children = document.children(section.section_id)
    heading = _heading_place(document, section)
    count = Statement(
        text=f"{section.title}共{len(children)}项。",
        places=(heading,),
        kind="computed",
        derived=frozenset({str(len(children))}),
    )
    items = tuple(
        Statement(text=child.name, places=(_heading_place(document, child),)) for child in children
    )
    return Draft(statements=(count, *items), quotes=())


def draft_document(question: Question, documents: Sequence[Document]) -> Draft | None:
    """The field of the information card that the question asks for, where there is one document."""
    asked = question.understood
    wanted = [name for pattern, name in _CARD_QUESTIONS if re.search(pattern, asked)]
    document = documents[0]
    fields = {field.name: field for field in document.card if field.value}
    field = next((fields[name] for name in wanted if name in fields), None)
    if field is None or len(documents) > 1:
        return None
    place = Place(
        document=document, section_id="card", paragraph=None, span=field.span, context=field.span
    )
    statement = Statement(text=f"{field.name}:{field.value}。", places=(place,))
    return Draft(statements=(statement,), quotes=(place,))


_CARD_QUESTIONS = (
    (r"索引号", "索引号"),
    (r"文号|发文字号", "发文字号"),
    (r"主题", "主题分类"),
    (r"体裁", "体裁分类"),
    (r"成文", "成文日期"),
    (r"什么时候|哪天|何时|几号|哪年|日期", "发布日期"),
    (r"谁|哪个(?:部门|单位|机构)|什么(?:部门|单位|机构)|发布机构", "发布机构"),
)
