"""What a figure was in a year that the plan only compares with: 61.7%,比2015年提高18.9个百分点."""

import re
from collections.abc import Sequence
from decimal import Decimal

from assistant import operations
from assistant.draft import Draft, Statement
from assistant.evidence import Evidence
from assistant.extract import place_of
from assistant.naming import name_share
from assistant.operations import plain
from assistant.question import Question
from corpus.fold import fold
from corpus.quantities import ANY_UNIT

SENTENCES = 4
# So much of the words before the value a question must say.
NAMED = 0.3
_NUMBER = r"\d+(?:\.\d+)?"
_COMPARED = re.compile(
    rf"(?P<words>[^,，;；。、]{{2,40}}?)(?:达到|达|为|有|至)?\s*(?P<value>{_NUMBER})(?P<unit>(?:[百千]?万|亿)?(?:{ANY_UNIT}))"
    rf"[,，(（]?(?:分别)?[比较](?:“?十.五”?(?:初|末)|(?P<year>(?:19|20)\d\d)年?)(?:底|末)?(?:的)?"
    rf"(?P<way>增加|增长|提高|提升|上升|净增|减少|下降|降低|缩减)了?(?P<by>{_NUMBER})\s*(?P<in>个百分点|(?:[百千]?万|亿)?(?:{ANY_UNIT}))"
)
_DOWN = frozenset("减少 下降 降低 缩减".split())


def draft_earlier(question: Question, evidence: Sequence[Evidence]) -> Draft | None:
    """The value in the year asked for, from the later one and the change; None where nothing is told so."""
    if question.kind != "figure" or not question.years:
        return None
    for item in evidence[:SENTENCES]:
        for told in _COMPARED.finditer(fold(item.text)):
            year = int(told["year"] or 0)
            if year not in question.years or name_share(told["words"], question.expanded) < NAMED:
                continue
            if draft := _reckoned(item, told, year):
                return draft
    return None


def _reckoned(item: Evidence, told: re.Match[str], year: int) -> Draft | None:
    value, by, unit = Decimal(told["value"]), Decimal(told["by"]), told["unit"]
    down = told["way"] in _DOWN
    points = told["in"] == "个百分点" and unit == "%"
    if points or told["in"] == unit:
        result = (
            operations.total([value, by], unit) if down else operations.difference(value, by, unit)
        )
    elif told["in"] == "%" and (down is False or by < 100):
        result = operations.before_growth(value, -by if down else by, unit)
    else:
        return None
    way = f"{told['way']}{plain(by)}{told['in']}"
    text = (
        f"{year}年为{result.shown}{unit}({result.formula}):"
        f"{told['words'].strip()}{plain(value)}{unit},比{year}年{way}。"
    )
    place = place_of(item)
    lead = Statement(text=text, places=(place,), kind="computed", derived=result.derived)
    return Draft(statements=(lead,), quotes=(place,))
