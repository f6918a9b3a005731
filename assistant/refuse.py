"""When the plan does not say: the question's place, time and attribute held against the evidence."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.evidence import Evidence
from assistant.question import Question
from assistant.types import RefusalReason
from corpus.fold import fold
from corpus.types import Document

DATA = Path(__file__).parent / "data"

# The best sentence with its headings must hold this share of the question's words, by their rarity.
# Measured on `dev` (docs/decisions/005-refusal.md): coverage alone tells answerable from unanswerable
# questions hardly better than chance (area under the curve 0.60), so only the emptiest are refused by it.
MIN_COVERAGE = 0.15

_NOT_OURS = re.compile(
    r"天气|股票|彩票|写(?:一)?(?:首|篇|段|个)|作(?:一)?首|唱|笑话|翻译|代码|算命|菜谱|电影|翻墙|你是谁|你叫什么"
)
_ACTUAL = re.compile(
    r"现在|目前|如今|眼下|今年|去年|前年|实际(?!教室)|到底|已经?(?:完成|达到|建成|实现|有)|完成(?:了|得|情况)|实现了(?:吗|没)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A reason to refuse and the sentence that says it."""

    reason: RefusalReason
    message: str


NOT_FOUND = Ground(reason="not_in_plan", message="规划里没有写这件事。")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attribute:
    name: str
    asks: re.Pattern[str]
    needs: re.Pattern[str] | None


@cache
def _attributes() -> tuple[_Attribute, ...]:
    entries = tomllib.loads((DATA / "attributes.toml").read_text(encoding="utf-8"))["attribute"]
    return tuple(
        _Attribute(
            name=entry["name"],
            asks=re.compile(entry["asks"]),
            needs=re.compile(entry["needs"]) if entry["needs"] else None,
        )
        for entry in entries
    )


@cache
def _places() -> tuple[str, ...]:
    return tuple((DATA / "places.txt").read_text(encoding="utf-8").split())


def _of_other_place(asked: str, documents: Sequence[Document], top: Sequence[Evidence]) -> str:
    """A place that the question names, that is not the documents' own and stands in no evidence."""
    own = "".join(document.metadata.region + document.metadata.title for document in documents)
    offered = "".join(evidence.text for evidence in top)
    named = (place for place in _places() if place in asked)
    return next((place for place in named if place not in own and place not in offered), "")


def _attribute_missing(asked: str, top: Sequence[Evidence]) -> str:
    """The attribute that the question asks for and no evidence offers, or ''."""
    for attribute in _attributes():
        if attribute.asks.search(asked) and not any(
            attribute.needs and attribute.needs.search(fold(evidence.text)) for evidence in top
        ):
            return attribute.name
    return ""


def _year_missing(question: Question, top: Sequence[Evidence]) -> int | None:
    """A year that the question names and neither the evidence nor its document's period holds."""
    for year in question.years:
        for evidence in top:
            metadata = evidence.document.metadata
            start, end = metadata.period_start, metadata.period_end
            in_period = start is not None and end is not None and start <= year <= end
            if in_period or year == metadata.baseline_year or str(year) in fold(evidence.text):
                break
        else:
            return year
    return None


def _asks_baseline(question: Question, top: Sequence[Evidence]) -> bool:
    """Whether the question is after the state that the plan starts from: 2020年, 十三五末."""
    about = [evidence.document.metadata for evidence in top]
    years = {metadata.baseline_year for metadata in about}
    before = {_period_before(m.period_start) for m in about if m.period_start is not None}
    named = any(period in question.understood for period in before)
    return named or any(year in years for year in question.years)


def _period_before(start: int) -> str:
    """The name of the five-year period that ends where a plan's begins: 2021 → 十三五.

    The first one began in 1953, the tenth in 2001.
    """
    number = (start - 2001) // 5 + 9
    return f"十{'一二三四五六七八九'[number - 11]}五" if 11 <= number <= 19 else "十五"


def _unanswerable(
    question: Question, documents: Sequence[Document], top: Sequence[Evidence]
) -> Ground | None:
    asked = question.understood
    if place := _of_other_place(asked, documents, top):
        region = documents[0].metadata.region
        message = f"这份规划只管{region},没有写{place}的情况。"
        return Ground(reason="out_of_scope", message=message)
    if name := _attribute_missing(asked, top):
        return Ground(reason="not_in_plan", message=f"规划里没有写{name}。")
    if year := _year_missing(question, top):
        return Ground(reason="not_in_plan", message=f"规划里没有{year}年的这项内容。")
    if question.kind == "figure" and _ACTUAL.search(asked) and not _asks_baseline(question, top):
        message = "规划写的是目标和制定规划时的情况,不写现在实际做到了多少。"
        return Ground(reason="target_not_actual", message=message)
    return None


def find_refusal(
    question: Question, evidence: Sequence[Evidence], documents: Sequence[Document]
) -> Ground | None:
    """Why the evidence (best first) does not answer the question, or None where it may."""
    if _NOT_OURS.search(question.understood):
        message = "这个问题与规划无关,我只回答规划里写了什么。"
        return Ground(reason="out_of_scope", message=message)
    return _unanswerable(question, documents, evidence[:3]) if evidence else NOT_FOUND


def is_covered(evidence: Sequence[Evidence]) -> bool:
    """Whether the first pieces of evidence hold enough of the question to answer it."""
    return any(item.coverage >= MIN_COVERAGE for item in evidence[:3])
