"""Answers in the plan's own words: a leading sentence, then the sentences it rests on."""

import re
from collections.abc import Sequence
from dataclasses import replace

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
# What is left of a question for an outline names a section when its title holds so much of it.
MIN_SUBJECT = 4
SUBJECT_IN_TITLE = 0.6
# A further sentence is quoted when its score comes this near to the best one's.
QUOTE_RATIO = 0.45
_PARTS = re.compile(
    r"(?:哪|几|多少|什么)[几些个]?(?:大)?(?:部分|章|板块|块|篇|编)|结构|章节|大纲|目录"
)
_WHOLE = re.compile(
    r"(?:这|那|该|本)?(?:个|份|部)?(?:教育)?(?:发展)?(?:十.五)?(?:教育)?(?:规划|文件|全文|正文|文本)|整体"
)
# Words that ask for an outline and carry no subject of their own.
_OUTLINE = re.compile(
    r"规划|正文|文件|里面|里|当中|下面|下设|下|这|那|(?:任务|工作|内容)?(?:哪|几|多少|什么|啥)子?[几些个]*(?:大|小|子)?"
    r"(?:项|条|块|章|节|部分|方面|任务|标题|点|板块|内容|样|类)?(?:工作|任务|措施|内容)?"
    r"|[一二三四五六七八九十\d]+(?:大|小|个)?(?:项|条|块|章|节|部分|方面|样)?(?:任务|工作)?"
    r"|(?:大|小|子)?(?:项|章|节|块|部分|板块|标题)(?:任务)?|一共|总共|共|排|设|分成|分为|分|列出|列举|列|包括|包含|组成|构成"
    r"|由|都|些|是|有|了|请|的|呢|吗|嘛|哦|个|一下|别"
)
# What goes on about the same figure: 增加到, 提高到, 以上.
_GOES_ON = re.compile(r"[到至增提升降减以左余多之的在是、,，;；。为占和及与或]")
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


def _own_span(figure: Figure) -> Span:
    """The figure's part of the sentence; where the source lost a comma, up to the next figure's words."""
    document, record = figure.evidence.document, figure.record
    span = figure_span(document, figure.evidence, record)
    rest = document.quote(Span(record.span.end, span.end))
    joined = re.match(r"[\u3400-\u9fff]{3,}?(?:达到?|为|有|共|新增)?\d", rest)
    if joined and not _GOES_ON.match(rest):
        return Span(span.start, record.span.end)
    return span


def quantity_line(figure: Figure) -> str:
    """The value, then the words it stands in: `15所:到2025年,建成重庆市智慧校园示范校15所。`."""
    evidence, record = figure.evidence, figure.record
    document = evidence.document
    value = document.quote(record.span)
    words = document.display(_own_span(figure)).strip()
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
    """The section with children that the question names.

    By its number, by its whole title, or by words that all stand in its title. Asked for a 专栏, only
    those are looked at, and a part of the title is enough.
    """
    asked = bare(question.understood)
    boxes = "专栏" in asked
    subject = re.sub(r"(?:建设|发展|工作|方面|任务)$", "", _OUTLINE.sub("", asked))
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
            if _is_subject(subject, section.title):
                share += WHOLE_TITLE + (section.kind == "heading")
            if share >= (PART_OF_TITLE if boxes else WHOLE_TITLE):
                found = (share + len(section.title) / 1000, document, section)
                best = max(best or found, found, key=lambda item: item[0])
    return (best[1], best[2]) if best else None


def _is_subject(subject: str, title: str) -> bool:
    """Whether the words that are left of a question for an outline are words of a title."""
    characters = set(bare(title))
    return (
        len(subject) >= MIN_SUBJECT
        and set(subject) <= characters
        and (name_share(subject, title) >= SUBJECT_IN_TITLE)
    )


def _names_box(label: str, asked: str) -> bool:
    return re.search(rf"{re.escape(bare(label))}(?!\d)", asked) is not None


def _whole_outline(question: Question, documents: Sequence[Document]) -> Document | None:
    """The document whose parts are asked for: 规划分成哪几部分."""
    asked = bare(question.understood)
    whole = len(documents) == 1 and _PARTS.search(asked)
    return documents[0] if whole and not _OUTLINE.sub("", _WHOLE.sub("", asked)) else None


def draft_list(question: Question, documents: Sequence[Document]) -> Draft | None:
    """The children of the section that the question names, complete and counted."""
    if whole := _whole_outline(question, documents):
        parts = [s for s in whole.sections if s.parent_id is None and s.kind == "heading"]
        contents = next((s for s in whole.sections if s.kind == "contents"), parts[0])
        return _outline(whole, contents, "正文", parts, "部分")
    found = _listed_section(question, documents)
    if found is None:
        return None
    document, section = found
    children = document.children(section.section_id)
    return _outline(document, section, section.title, children, "项")


def _outline(
    document: Document, section: Section, name: str, children: Sequence[Section], measure: str
) -> Draft:
    count = Statement(
        text=f"{name}共{len(children)}{measure}:{'；'.join(child.title for child in children)}。",
        places=tuple(_heading_place(document, each) for each in (section, *children)),
        kind="computed",
        derived=frozenset({str(len(children))}),
    )
    if len(count.text) > MAX_FIRST_LINE:
        count = replace(count, text=f"{name}共{len(children)}{measure}。", places=count.places[:1])
    items = tuple(
        Statement(text=child.name, places=(_heading_place(document, child),)) for child in children
    )
    return Draft(statements=(count, *items), quotes=())
