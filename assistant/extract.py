"""Answers in the plan's own words: a leading sentence, then the sentences it rests on."""

import re
from collections.abc import Sequence

from assistant.draft import Draft, Place, Statement
from assistant.evidence import Evidence, Weigher
from assistant.question import Question
from corpus.fold import bare, fold
from corpus.quantities import UNITS, Quantity
from corpus.sentences import clauses
from corpus.types import Document, Section, Span

MAX_FIRST_LINE = 120
MAX_QUOTES = 3
# A further sentence is quoted when its score comes this near to the best one's.
QUOTE_RATIO = 0.75
_ASKED_UNIT = re.compile(
    r"(?:多少|几|好多)\s*(" + "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True)) + ")"
)
# People are counted in any of these.
_SAME_UNIT = frozenset({"人", "名", "位", "人次"})
_ASKED_SHARE = re.compile(r"率|比例|占比|百分之|比重")
_LEAD_YEAR = re.compile(
    r"^(?:力争)?(?:到|至)?(?:19|20)\d\d年(?:前|底)?[,，]?|^“十.五”(?:期间|时期)[,，]?"
)
_ENUMERATION = re.compile(r"[,，;；、。]")


def place_of(evidence: Evidence) -> Place:
    """Where a piece of evidence stands."""
    return Place(
        document=evidence.document,
        section_id=evidence.passage.section_id,
        paragraph=evidence.passage.paragraph,
        span=evidence.span,
        context=evidence.passage.span,
    )


def asked_unit(question: Question) -> str:
    """The unit that the question counts in, `%` for a rate, or '' where it names none."""
    folded = fold(question.standalone)
    match = _ASKED_UNIT.search(folded)
    if match:
        return match[1]
    return "%" if _ASKED_SHARE.search(folded) else ""


def _segment(text: str, quantity: Quantity) -> str:
    """The part of an enumeration that a quantity stands in: `区级示范校20所` of `甲15所、区级示范校20所`."""
    start = max(
        (mark.end() for mark in _ENUMERATION.finditer(text, 0, quantity.span.start)), default=0
    )
    following = _ENUMERATION.search(text, quantity.span.end)
    return text[start : following.start() if following else len(text)]


def best_quantity(question: Question, evidence: Evidence, weigher: Weigher) -> Quantity | None:
    """The quantity that the question asks for: of the asked unit, amid most of the question's words."""
    unit = asked_unit(question)
    same = _SAME_UNIT if unit in _SAME_UNIT else {unit}
    fitting = [q for q in evidence.quantities if not unit or {q.bare_unit, q.unit} & same]
    if unit and not fitting:
        return None
    return max(fitting, key=lambda q: weigher.share(_segment(evidence.text, q)), default=None)


def _quantity_line(evidence: Evidence, quantity: Quantity) -> str:
    """The value, then the words it stands in: `15所:到2025年,建成重庆市智慧校园示范校15所。`."""
    text = evidence.text
    segment = _segment(text, quantity).strip()
    lead = _LEAD_YEAR.match(text)
    if lead and not segment.startswith(lead[0]):
        segment = f"{lead[0].rstrip(',，')},{segment}"
    value = text[quantity.span.start : quantity.span.end]
    bound = {"约": "约", "不低于": "不低于"}.get(quantity.bound, "")
    after = {"以上": "以上", "左右": "左右", "以内": "以内"}.get(quantity.bound, "")
    if value.rstrip("个所名间套人次项门").endswith(("余", "多")):
        after = ""
    return f"{bound}{value}{after}:{segment}。"


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
    """The best sentence leads, for a figure with its quantity before it; the next best are quoted."""
    best = evidence[0]
    quantity = best_quantity(question, best, weigher) if question.kind == "figure" else None
    if quantity is not None:
        line = _quantity_line(best, quantity)
        line = line if len(line) <= MAX_FIRST_LINE else shortened(line, weigher)
    else:
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
    """The section with children whose title the question names, the longest title first."""
    named = [
        (len(section.title), document, section)
        for document in documents
        for section in document.sections
        if section.child_ids
        and section.title
        and section.kind not in {"table", "row"}
        and bare(section.title.strip("“”")) in bare(question.standalone)
    ]
    if not named:
        return None
    _, document, section = max(named, key=lambda item: item[0])
    return document, section


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
    asked = fold(question.standalone)
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
