"""Parts against their whole, shares against their counts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from corpus.checks.finding import Finding, Spot, finding
from corpus.fold import fold
from corpus.quantities import Quantity, find_quantities
from corpus.targets import table_targets
from corpus.types import Document, Paragraph, Span, Target


def _amount(value: Decimal, unit: str) -> Decimal:
    scale = {"万": 10_000, "亿": 10**8, "千": 1000, "百": 100}
    return value * scale.get(unit[:1], 1)


def _sums(parts: list[Target], whole: Target) -> Iterator[tuple[int, Decimal, Decimal]]:
    """(year, sum of the parts, whole) for each year that all of them have a value for."""
    for year, values, total in (
        (whole.baseline_year, [part.baseline for part in parts], whole.baseline),
        (whole.target_year, [part.target for part in parts], whole.target),
    ):
        known = [value for value in values if value is not None]
        if year is not None and total is not None and len(known) == len(parts):
            amounts = (_amount(v, part.unit) for v, part in zip(known, parts, strict=True))
            yield year, sum(amounts, Decimal()), _amount(total, whole.unit)


def check_parts(document: Document) -> Iterator[Finding]:
    """Parts (其中) that exceed their whole, or make it up in one year and not in the other."""
    records = {target.section_id: target for target in table_targets(document)}
    parents = {target.parent_id for target in records.values() if target.parent_id}
    for parent in sorted(parents):
        parts = [target for target in records.values() if target.parent_id == parent]
        sums = list(_sums(parts, records[parent]))
        complete = any(total == whole for _, total, whole in sums)
        for year, total, whole in sums:
            if total > whole or (complete and total != whole):
                spots = [Spot(t.section_id, t.span) for t in (records[parent], *parts)]
                name = records[parent].name
                message = (
                    f"{year}年各部分之和为{total.normalize():f},而“{name}”为{whole.normalize():f}。"
                )
                yield finding(document, "部分与整体不符", message, spots)


_SHARE_OF = re.compile(r"占([^,，;；。]{2,20}?)的?(?:比例)?(?:为|达到|达)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """A percentage of a base, with the count it is said to be, and who has it."""

    base: str
    percent: Quantity
    count: Quantity | None
    owner: str
    spot: Spot

    @property
    def margin(self) -> Decimal:
        """Half a unit of the last digit written."""
        exponent = self.percent.value.as_tuple().exponent
        return Decimal(5).scaleb(int(exponent) - 1)

    @property
    def wholes(self) -> tuple[Decimal, Decimal] | None:
        """The least and greatest base that the count and the rounded percentage allow."""
        if self.count is None:
            return None
        value, margin = self.percent.value, self.margin
        return (
            self.count.value * 100 / (value + margin),
            self.count.value * 100 / (value - margin),
        )


def _shares(document: Document, paragraph: Paragraph, sentence: Span) -> list[_Share]:
    """The shares in a sentence; a count just before one belongs to it."""
    text = fold(document.quote(sentence))
    found: list[_Share] = []
    count: Quantity | None = None
    for quantity in find_quantities(text):
        match = _SHARE_OF.search(text[: quantity.span.start])
        if not quantity.unit.endswith("%"):
            count = quantity
        elif match:
            start = max(text.rfind(mark, 0, match.start() - 1) for mark in ",;。") + 1
            near = count is not None and match.start() - count.span.end <= 1
            span = Span(sentence.start + start, sentence.start + quantity.span.end)
            found.append(
                _Share(
                    base=match[1],
                    percent=quantity,
                    count=count if near else None,
                    owner=text[start : match.start()],
                    spot=Spot(paragraph.section_id, span),
                )
            )
            count = None
    return found


def check_shares(document: Document) -> Iterator[Finding]:
    """Shares of one base that no base can have, and shares whose sum is another than stated."""
    for paragraph in document.paragraphs:
        for sentence in paragraph.sentences:
            shares = _shares(document, paragraph, sentence)
            counted = [share for share in shares if share.wholes]
            for first, second in combinations(counted, 2):
                yield from _check_bases(document, first, second)
            for place, share in enumerate(shares):
                if "、" in share.owner and share.count is None and place >= 2:
                    yield from _check_sum(document, shares[:place], share)


def _check_bases(document: Document, first: _Share, second: _Share) -> Iterator[Finding]:
    low, high = first.wholes or (Decimal(), Decimal())
    other_low, other_high = second.wholes or (Decimal(), Decimal())
    if first.base == second.base and (high < other_low or other_high < low):
        bases = [
            f"{(a + b) / 2:.1f}".removesuffix(".0")
            for a, b in ((low, high), (other_low, other_high))
        ]
        message = f"按两处数量和比例反推,“{first.base}”一处约为{bases[0]},一处约为{bases[1]}。"
        yield finding(document, "比例与数量不符", message, [first.spot, second.spot])


def _check_sum(document: Document, parts: list[_Share], whole: _Share) -> Iterator[Finding]:
    total = sum((part.percent.value for part in parts), Decimal())
    margin = sum((part.margin for part in [*parts, whole]), Decimal())
    if abs(total - whole.percent.value) > margin:
        message = f"分项比例之和为{total}%,合计处写作{whole.percent.value}%。"
        spots = [part.spot for part in [*parts, whole]]
        yield finding(document, "部分与整体不符", message, spots)
