"""Answers in the plan's own words: a leading sentence, then the sentences it rests on."""

import re
from collections.abc import Sequence

from assistant.draft import Draft, Place, Statement
from assistant.evidence import Evidence, Weigher
from assistant.figures import Figure, figure_span
from assistant.question import Question
from corpus.sentences import clauses
from corpus.types import Span

MAX_FIRST_LINE = 120
MAX_QUOTES = 3
# A further sentence is quoted when its score comes this near to the best one's.
QUOTE_RATIO = 0.45
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
    span = figure_span(document, figure.evidence.span, record)
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
    # Of what a value in a box is told stands in the heading alone: 总投资3.2亿元.
    if figure.thing and figure.thing not in words and not re.search(r"\d", figure.thing):
        words = f"{figure.thing},{words}"
    bound = {"约": "约", "不低于": "不低于"}.get(record.bound, "")
    after = {"以上": "以上", "左右": "左右", "以内": "以内"}.get(record.bound, "")
    if value.rstrip("个所名间套人次项门").endswith(("余", "多")):
        after = ""
    return f"{bound}{value}{after}:{words.rstrip('。')}。"


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
    """The places of the leading sentence and of the next best, without one that says the same as an earlier one."""
    kept: list[Evidence] = []
    for item in evidence:
        if len(kept) == 1 + MAX_QUOTES or item.score < QUOTE_RATIO * evidence[0].score:
            break
        if all(item.text not in other.text and other.text not in item.text for other in kept):
            kept.append(item)
    return tuple(place_of(item) for item in kept)
