"""Plain text: the characters as they are; lines with tabulators are a table's rows."""

from itertools import groupby

from corpus.readers.decode import decode
from corpus.source import Source, TableHint
from corpus.types import Span


def _tables(text: str) -> tuple[TableHint, ...]:
    """Runs of two or more lines with the same number of tabulators."""
    rows: list[tuple[int, tuple[Span, ...]]] = []
    position = 0
    for line in text.splitlines(keepends=True):
        cells, start = [], position
        for cell in line.rstrip("\r\n").split("\t"):
            cells.append(Span(start, start + len(cell)))
            start += len(cell) + 1
        rows.append((len(cells), tuple(cells)))
        position += len(line)
    runs = [
        [cells for _, cells in run] for width, run in groupby(rows, lambda row: row[0]) if width > 1
    ]
    return tuple(TableHint(tuple(run)) for run in runs if len(run) > 1)


def read(data: bytes, name: str) -> Source:
    """The source of a text file; `name` is for messages."""
    text = decode(data, name)
    return Source(text=text, tables=_tables(text) if "\t" in text else ())
