"""Tables as a header and rows: from a grid of cells, or from cells that a capture left one to a line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.source import TableHint
from corpus.types import Span

# The head of a column of values: 2025, 2025年目标, 现状值(2020年).
_YEAR = re.compile(
    r"(?P<year>(?:19|20)\d\d)年?(?:底|末)?(?:的)?(?:实际|现状|基期|基数|基准|完成|目标|规划|预期|预计)?(?:值|数|情况)?(?:[(（][^()（）]{1,6}[)）])?|"
    r"(?:实际|现状|基期|基准|目标|规划|预期)(?:值|数)?[(（](?P<behind>(?:19|20)\d\d)年?[)）]"
)
# A value cell: a number with what may stand around it, a proportion (1:17), or a dash for 'no value'.
_VALUE = re.compile(
    r"[≥≤＞＜><>约\[【(（]*[-+]?\d[\d,]*(?:\.\d+)?(?:[:：]\d+(?:\.\d+)?)?\s*[%％]?[\]】)）左右以上]*|[—–/-]+"
)

MAX_CELL = 40
MIN_COLUMNS, MAX_COLUMNS = 3, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatTable:
    """Cells by their place in the sequence: the header is `columns` cells long, then come the rows.

    A row is (start, end, category, cells): the range of its cells (its category's among them, where
    that is new), the category that holds for it and one text for each column after the category's.
    """

    columns: int
    rows: tuple[tuple[int, int, str, tuple[str, ...]], ...]
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table and where its own cells stand."""

    category: str
    cells: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class _Shape:
    """The columns: `lead` text columns, `values` value columns, `trail` text columns."""

    lead: int
    values: int
    trail: int

    @property
    def columns(self) -> int:
        return self.lead + self.values + self.trail


def is_cell(line: str) -> bool:
    """Whether a line is short and plain enough to be one cell of a flattened table."""
    return len(line) <= MAX_CELL and not line.endswith(("。", "；", ";"))


def header_year(cell: str) -> int | None:
    """The year whose values a column holds, by its head; None where it holds none.

    >>> header_year("2025年目标"), header_year("现状值(2020年)"), header_year("指标")
    (2025, 2020, None)
    """
    match = _YEAR.fullmatch("".join(cell.split()))
    return int(match["year"] or match["behind"]) if match else None


def _shape(header: Sequence[str]) -> _Shape | None:
    """The shape that a header announces: its value columns are those headed by a year."""
    years = [place for place, cell in enumerate(header) if header_year(cell)]
    if not years or years != list(range(years[0], years[-1] + 1)) or not years[0]:
        return None
    return _Shape(years[0], len(years), len(header) - years[-1] - 1)


def _row(cells: Sequence[str], start: int, shape: _Shape) -> tuple[int, int] | None:
    """(number of text cells, end) of the row that begins at `start`, or None where none does."""
    lead = 0
    while start + lead < len(cells) and not _VALUE.fullmatch(cells[start + lead]):
        lead += 1
    values_end = start + lead + shape.values
    end = values_end + shape.trail
    if not 1 <= lead <= shape.lead or end > len(cells):
        return None
    values, trail = cells[start + lead : values_end], cells[values_end:end]
    fits = all(map(_VALUE.fullmatch, values)) and not any(map(_VALUE.fullmatch, trail))
    return (lead, end) if fits else None


def _read(cells: Sequence[str], shape: _Shape) -> FlatTable:
    rows: list[tuple[int, int, str, tuple[str, ...]]] = []
    start, category = shape.columns, ""
    while found := _row(cells, start, shape):
        lead, end = found
        merged = shape.lead > 1
        if merged and lead == shape.lead:
            category = cells[start]
        texts = cells[start + (1 if merged and lead == shape.lead else 0) : end]
        rows.append((start, end, category, tuple(texts)))
        start = end
    return FlatTable(columns=shape.columns, rows=tuple(rows), end=start)


def unflatten(cells: Sequence[str]) -> FlatTable | None:
    """The table that begins with the first cell, or None where the cells do not form one.

    Every number of columns is tried; the reading that uses most cells wins, the narrower on a tie.
    A first column that is merged over several rows stands only in the first of them.
    """
    best: FlatTable | None = None
    for columns in range(MIN_COLUMNS, min(MAX_COLUMNS, len(cells)) + 1):
        shape = _shape(cells[:columns])
        if shape is None:
            continue
        table = _read(cells, shape)
        if table.rows and (best is None or table.end > best.end):
            best = table
    return best


# Headings of the columns that say what a row is about and what it is counted in; a column of numbers says neither.
_SUBJECT = re.compile(
    r"(?:主要|核心|具体|发展|监测|[一二三]级)?指标(?:名称|内容)?|(?:项目|工程)?名称|项目|内容"
)
_UNIT = re.compile(r"(?:计量)?单位")
_ORDINAL = re.compile(r"\d{1,3}[.、]?")


def title_and_unit(columns: Sequence[str], cells: Sequence[str]) -> tuple[str, str]:
    """What a row is about and what it is counted in ('' where no column says that).

    `cells` are the row's for the last of the columns.

    >>> title_and_unit(["序号", "指标名称", "单位", "2020年"], ["3", "毛入园率", "%", "90.1"])
    ('毛入园率', '%')
    """
    own = ["".join(column.split()) for column in columns[len(columns) - len(cells) :]]
    unit = next((cell for name, cell in zip(own, cells, strict=True) if _UNIT.fullmatch(name)), "")
    named = [cell for name, cell in zip(own, cells, strict=True) if _SUBJECT.fullmatch(name)]
    words = [cell for cell in cells if cell and not _ORDINAL.fullmatch(cell)]
    return (next(filter(None, named), "") or next(iter(words), cells[0])), unit


def _categorised(hint: TableHint, grid: Sequence[Sequence[str]]) -> bool:
    """Whether the first column is of categories: merged cells, or one text in rows that follow one another."""
    merged = any(row[0] == above[0] for above, row in pairwise(hint.rows[1:]) if len(row[0]))
    repeated = any(row[0] == above[0] != "" for above, row in pairwise(grid[1:]))
    words = not any(_VALUE.fullmatch(row[1]) for row in grid[1:])
    return merged or (repeated and words)


def grid_rows(hint: TableHint, grid: Sequence[Sequence[str]]) -> list[Row]:
    """The rows of a table whose cells are known; `grid` holds their texts, the header first.

    A first column of categories is told from the others. A row without a cell of its own gives none.
    """
    merged = len(grid[0]) > 1 and _categorised(hint, grid)
    rows: list[Row] = []
    for place in range(1, len(hint.rows)):
        above = hint.rows[place - 1]
        own = [cell for cell in hint.rows[place] if cell not in above and len(cell)]
        if own:
            texts = tuple(grid[place])
            span = Span(own[0].start, own[-1].end)
            category = texts[0] if merged else ""
            rows.append(Row(category=category, cells=texts[1:] if merged else texts, span=span))
    return rows
