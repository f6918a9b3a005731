"""What a reader makes of a file: its text, and what its format itself says about structure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.types import Span


@dataclass(frozen=True, slots=True)
class HeadingHint:
    """The format says that the line at `span` is a heading of that level (1 is the outermost)."""

    span: Span
    level: int


@dataclass(frozen=True, slots=True)
class TableHint:
    """The format says that the cells at these spans form a table, row by row.

    The first row is the header. A cell merged over several rows stands in each of them with one span.
    """

    rows: tuple[tuple[Span, ...], ...]

    @property
    def span(self) -> Span:
        """From the first cell to the end of the last."""
        cells = [cell for row in self.rows for cell in row]
        return Span(min(cell.start for cell in cells), max(cell.end for cell in cells))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The characters of a file, its markup left out, with the hints of its format in order.

    `leads` are the bold words that open a paragraph; `title` is what the format gives as the title.
    """

    text: str
    headings: tuple[HeadingHint, ...] = ()
    leads: tuple[Span, ...] = ()
    tables: tuple[TableHint, ...] = ()
    title: str = ""


@dataclass(slots=True)
class SourceBuilder:
    """Collects lines and tables; `build` gives the Source."""

    title: str = ""
    _pieces: list[str] = field(default_factory=list)
    _length: int = 0
    _headings: list[HeadingHint] = field(default_factory=list)
    _leads: list[Span] = field(default_factory=list)
    _tables: list[TableHint] = field(default_factory=list)

    def _append(self, text: str, end: str) -> Span:
        start = self._length
        self._pieces += [text, end]
        self._length += len(text) + len(end)
        return Span(start, start + len(text))

    def line(self, text: str, *, level: int | None = None, lead: int = 0) -> None:
        """Add a line, as a heading of a level or with so many bold characters at its beginning."""
        stripped = text.strip()
        if not stripped:
            return
        span = self._append(stripped, "\n")
        if level is not None:
            self._headings.append(HeadingHint(span, level))
        elif 0 < lead <= len(stripped):
            self._leads.append(Span(span.start, span.start + lead))

    def table(self, rows: Sequence[Sequence[str | None]]) -> None:
        """Add a table, a line a row and a tabulator between cells.

        None stands for a cell that is one with the cell above it. Columns that are missing at the end
        of a row are empty.
        """
        width = max((len(row) for row in rows), default=0)
        spans: list[tuple[Span, ...]] = []
        for row in rows:
            cells: list[Span] = []
            for column in range(width):
                text = row[column] if column < len(row) else ""
                end = "\n" if column == width - 1 else "\t"
                if text is None and spans:
                    self._append("", end)
                    cells.append(spans[-1][column])
                else:
                    cells.append(self._append(" ".join((text or "").split()), end))
            spans.append(tuple(cells))
        if width and any(len(cell) for row in spans for cell in row):
            self._tables.append(TableHint(tuple(spans)))

    def build(self) -> Source:
        """The Source of what was added."""
        return Source(
            text="".join(self._pieces),
            headings=tuple(self._headings),
            leads=tuple(self._leads),
            tables=tuple(self._tables),
            title=self.title,
        )
