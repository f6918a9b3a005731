"""A record's value in one of its years: how it is written, where it stands, whether it is of every year."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.draft import Place
from assistant.operations import plain
from corpus.fold import fold
from corpus.quantities import MULTIPLIERS
from corpus.types import Document, Table, Target

# The words of a bound, before and behind a value.
BOUNDS = {
    "约": ("约", ""),
    "不低于": ("至少", ""),
    "以上": ("", "以上"),
    "左右": ("", "左右"),
    "以内": ("", "以内"),
}
_EVERY_YEAR = re.compile(r"每年|年均")
_CUT = re.compile(r"[,，;；。！？]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A record's value in one of its years."""

    document: Document
    target: Target
    value: Decimal
    year: int | None
    aimed: bool

    @property
    def text(self) -> str:
        """The value with its unit: `12.1万人`."""
        return f"{plain(self.value)}{self.target.unit}"

    @property
    def amount(self) -> Decimal:
        """The value in the unit without 万 or 亿."""
        unit = self.target.unit
        prefix = unit[: len(unit) - len(self.bare_unit)]
        return self.value * MULTIPLIERS.get(prefix, 1)

    @property
    def bare_unit(self) -> str:
        """The unit without 百, 千, 万 or 亿."""
        return self.target.unit.lstrip("百千万亿")

    @property
    def bounded(self) -> tuple[str, str]:
        """The words of the bound before and behind a value that comes of this one."""
        return BOUNDS.get(self.target.bound, ("", ""))

    @property
    def when(self) -> str:
        """`2025年目标`, `2020年`, or nothing where the text names no year."""
        year = f"{self.year}年" if self.year and _is_stated(self) else ""
        return f"{year}目标" if self.aimed and year else year


def _is_stated(figure: Figure) -> bool:
    places = places_of(figure.document, figure.target)
    return any(str(figure.year) in fold(figure.document.display(place.span)) for place in places)


def places_of(document: Document, target: Target) -> tuple[Place, ...]:
    """The row with the header that says its years, or the sentence that states the figure."""
    table = document.table(target.section_id)
    spans = []
    for paragraph in document.paragraphs_of(target.section_id):
        if target.span.start >= paragraph.span.start and target.span.end <= paragraph.span.end:
            spans += [(paragraph.number, s) for s in paragraph.sentences if target.span in s]
    number, span = spans[0] if spans and not table else (None, target.span)
    row = Place(
        document=document,
        section_id=target.section_id,
        paragraph=number,
        span=span,
        context=span,
    )
    if not table:
        return (row,)
    return (row, header_of(row, table))


def header_of(row: Place, table: Table) -> Place:
    """The header of a row's table, which says what the cells are."""
    return replace(row, section_id=table.section_id, span=table.header, context=table.header)


def is_yearly(document: Document, target: Target) -> bool:
    """Whether the text says the figure of every year: 每年选派至少30名."""
    before = document.display(replace(target.span, start=max(0, target.span.start - 30)))
    return target.baseline is None and bool(_EVERY_YEAR.search(_CUT.split(before)[-1]))
