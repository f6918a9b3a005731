"""Quantities in text: a number with its unit and bound. Years, ordinals and versions are none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from corpus.fold import fold
from corpus.numerals import parse_numeral
from corpus.types import Bound, Span

DATA = Path(__file__).parent / "data"
# Measure words, units and shares, as they follow a number.
UNITS = tuple((DATA / "units.txt").read_text(encoding="utf-8").split())

MULTIPLIERS = {
    "": 1,
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}

ANY_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
# What may stand before a number, and the bound that it sets.
_BOUNDS_BEFORE: dict[str, Bound] = {
    "不低于": "不低于", "不少于": "不低于", "至少": "不低于", "超过": "以上", "突破": "以上",
    "不超过": "以内", "不高于": "以内", "不多于": "以内", "最多": "以内",
    "约": "约", "近": "约", "大约": "约", "接近": "约",
}  # fmt: skip
_BOUNDS: dict[str, Bound] = _BOUNDS_BEFORE | {
    "以上": "以上", "及以上": "以上", "余": "以上", "多": "以上",
    "左右": "左右", "上下": "左右", "以内": "以内", "以下": "以内",
}  # fmt: skip
_ANY_BOUND_BEFORE = "|".join(sorted(_BOUNDS_BEFORE, key=len, reverse=True))
_QUANTITY = re.compile(
    rf"(?P<before>{_ANY_BOUND_BEFORE})?(?:达到|达)?\s*"
    rf"(?P<whole>(?P<low>{_NUMBER})(?:%?\s*[-—–~至到]+\s*(?P<high>{_NUMBER}))?\s*"
    rf"(?P<multiplier>[百千]?万|亿|千|百)?(?P<more>余|多)?\s*(?P<unit>{ANY_UNIT}))"
    r"\s*(?P<after>及?以上|左右|上下|以内|以下)?"
)
_CHINESE_QUANTITY = re.compile(
    r"(?<![第每某各\d零〇一二三四五六七八九十百千万亿])"
    r"(?P<whole>(?P<low>[一二两三四五六七八九十百][零一二三四五六七八九十百千万亿]*)"
    r"(?P<unit>所|个(?!性|类别|方面)|名|项(?!准则|规定|原则|制度|管理|纪律)|间|套|门|对|座|家|人次|人(?![才工])|种))"
)
_ABOUT = re.compile(r"[一二两三四五六七八九]{2}")
# The number of a section, of a box or of a version counts nothing.
_NO_QUANTITY_AFTER = re.compile(r"(?:第|专栏|[表图.+a-z\d])\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number as the text gives it: `value` (and `high` of a range) counted in `unit` (`万人`, `%`).

    `span` covers number and unit, without the words of its bound.
    """

    span: Span
    value: Decimal
    high: Decimal | None
    unit: str
    bound: Bound

    @property
    def amount(self) -> Decimal:
        """The value in the unit without 百, 千, 万 or 亿."""
        for multiplier in sorted(MULTIPLIERS, key=len, reverse=True):
            if multiplier and self.unit.startswith(multiplier):
                return self.value * MULTIPLIERS[multiplier]
        return self.value

    @property
    def bare_unit(self) -> str:
        """The unit without 百, 千, 万 or 亿."""
        return self.unit.lstrip("百千万亿")


def _is_year(match: re.Match[str]) -> bool:
    return match["unit"] == "年" and re.fullmatch(r"(?:19|20)\d\d", match["low"]) is not None


def _in_digits(text: str) -> Iterator[Quantity]:
    for match in _QUANTITY.finditer(text):
        start, end = match.span("whole")
        if _is_year(match) or _NO_QUANTITY_AFTER.search(text, max(0, start - 4), start):
            continue
        words = (match["before"], match["after"], match["more"])
        yield Quantity(
            span=Span(start, end),
            value=Decimal(match["low"].replace(",", "")),
            high=Decimal(match["high"].replace(",", "")) if match["high"] else None,
            unit=(match["multiplier"] or "") + match["unit"],
            bound=next((_BOUNDS[word] for word in words if word), "等于"),
        )


def _in_numerals(text: str) -> Iterator[Quantity]:
    for match in _CHINESE_QUANTITY.finditer(text):
        value = parse_numeral(match["low"])
        quoted = text.rfind("“", 0, match.start()) > text.rfind("”", 0, match.start())
        about = _ABOUT.fullmatch(match["low"])  # 七八个 is no number
        if value is not None and not quoted and not about:
            yield Quantity(
                span=Span(*match.span("whole")),
                value=Decimal(value),
                high=None,
                unit=match["unit"],
                bound="等于",
            )


@lru_cache(maxsize=4096)  # the sentences of a document are read again for question after question
def find_quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities in a text, in order; spans count in that text.

    >>> [(str(q.value), q.unit, q.bound) for q in find_quantities("到2025年达3万人以上,约50所、5—10个")]
    [('3', '万人', '以上'), ('50', '所', '约'), ('5', '个', '等于')]
    """
    folded = fold(text)
    found = [*_in_digits(folded), *_in_numerals(folded)]
    return tuple(sorted(found, key=lambda quantity: quantity.span))
