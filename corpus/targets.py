"""The figures that a document states, as records: those of its tables and those of its text."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from corpus.tables import header_year
from corpus.text_targets import text_targets
from corpus.types import Bound, Document, Table, TableRow, Target

_UNIT = re.compile(r"[(（]([^()（）]{1,6})[)）]$")
_PART = re.compile(r"^其中[:：]\s*")
_NATURES = ("预期性", "约束性")
_SPELT_OUT = {"百分比": "%", "％": "%", "百分之": "%"}
_VALUE = re.compile(
    r"(?P<before>[≥≤><＞＜≧≦]|不低于|不少于|不高于|约)?(?P<number>-?\d[\d,]*(?:\.\d+)?)[%％]?(?P<behind>以上|以内|以下|左右|%以上|%左右|%以内|%以下)?"
)
_BOUNDS: dict[str, Bound] = {
    **dict.fromkeys(["≥", "≧", "不低于", "不少于"], "不低于"),
    **dict.fromkeys([">", "＞", "以上"], "以上"),
    **dict.fromkeys(["≤", "≦", "<", "＜", "不高于", "以内", "以下"], "以内"),
    "约": "约",
    "左右": "左右",
}


def _number(cell: str) -> tuple[Decimal | None, Bound]:
    """The number in a cell and the bound that its signs or words set; None where there is no one number."""
    match = _VALUE.fullmatch("".join(cell.split()))
    try:
        number = Decimal(match["number"].replace(",", "")) if match else None
    except InvalidOperation:
        return None, "等于"
    words = "".join(filter(None, (match["before"], match["behind"]))) if match else ""
    return number, next((bound for sign, bound in _BOUNDS.items() if sign in words), "等于")


def _year_places(table: Table) -> list[tuple[int, int]]:
    """(place of the column, year) of the columns headed by a year, the earlier year first."""
    found = [(place, header_year(column)) for place, column in enumerate(table.columns)]
    return sorted(((place, year) for place, year in found if year), key=lambda pair: pair[1])


def _parents(rows: tuple[TableRow, ...]) -> Iterator[TableRow | None]:
    """For each row the row that it is part of, if any.

    `其中:` opens the parts of the row before it; rows of the same category that count the same thing
    (万人, 人) go on with the parts.
    """
    whole: TableRow | None = None
    previous: TableRow | None = None
    for row in rows:
        if _PART.match(row.title):
            whole = previous
        elif whole and (row.category != whole.category or _counted(row) != _counted(whole)):
            whole = None
        yield whole
        if whole is None:
            previous = row


def _counted(row: TableRow) -> str:
    return _unit(row).lstrip("百千万亿")


def _unit(row: TableRow) -> str:
    """What a row is counted in: said behind its name, or in a column of units."""
    match = _UNIT.search(row.title)
    return match[1] if match else _SPELT_OUT.get(row.unit, row.unit)


def _indicator(cell: str) -> str:
    return _UNIT.sub("", _PART.sub("", cell))


# Documents whose records are kept; one question asks for them several times.
KEPT_DOCUMENTS = 128


@lru_cache(maxsize=KEPT_DOCUMENTS)
def targets_of(document: Document) -> tuple[Target, ...]:
    """All records of a document, in the order of the text."""
    found = [*table_targets(document), *text_targets(document)]
    return tuple(sorted(found, key=lambda target: target.span))


def table_targets(document: Document) -> Iterator[Target]:
    """One record for each row of a table whose columns are years; the last year is the target's.

    A row whose values are no numbers (1:17, 达标) is none.
    """
    for table in document.tables:
        years = _year_places(table)
        if not years:
            continue
        shift = len(table.columns) - len(table.rows[0].cells)
        for row, parent in zip(table.rows, _parents(table.rows), strict=True):
            target = _target(
                document, row, parent, [(place - shift, year) for place, year in years]
            )
            if (target.baseline, target.target) != (None, None):
                yield target


def _target(
    document: Document, row: TableRow, parent: TableRow | None, years: list[tuple[int, int]]
) -> Target:
    values = [(_number(row.cells[place]), year) for place, year in years]
    (target, bound), target_year = values[-1]
    baseline, baseline_year = None, None
    if len(values) > 1:
        (baseline, _), baseline_year = values[0]
    return Target(
        document_id=document.document_id,
        indicator=_indicator(row.title),
        category=row.category,
        parent=_indicator(parent.title) if parent else "",
        parent_id=parent.section_id if parent else None,
        baseline=baseline,
        baseline_year=baseline_year,
        target=target,
        target_year=target_year,
        unit=_unit(row),
        bound=bound,
        nature=next((cell for cell in row.cells if cell in _NATURES), ""),
        kind="目标",
        section_id=row.section_id,
        span=document.paragraphs_of(row.section_id)[0].span,
    )
