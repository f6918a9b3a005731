"""A table of a document as HTML: merged categories, the cited row marked, what was mended marked."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from corpus.types import Document, Repair, Span, Table, TableRow


def repair_note(repair: Repair) -> str:
    """What a mended place says when it is pointed at."""
    lost = f"采集的文字作“{repair.before}”," if repair.before else ""
    return f"{repair.rule}:{lost}显示时补作“{repair.after}”"


def _mended(document: Document, span: Span) -> str:
    """A sign for each row that was mended; cells hold the mended text."""
    repairs = [repair for repair in document.repairs if repair.span in span]
    return "".join(
        f'<ins class="repair" title="{escape(repair_note(r))}">补</ins>' for r in repairs
    )


def row_span(document: Document, section_id: str) -> Span:
    """Where a row, or the header of a table, stands in the text."""
    return document.paragraphs_of(section_id)[0].span


def place_attributes(section_id: str, number: int, span: Span) -> str:
    """What the page's script finds a sentence or a row by."""
    return (
        f'data-section="{escape(section_id)}" data-s="{number}"'
        f' data-start="{span.start}" data-end="{span.end}"'
    )


def _row(document: Document, row: TableRow, cited: str, lead: str) -> str:
    span = row_span(document, row.section_id)
    mark = " cited" if row.section_id == cited else ""
    first, *rest = row.cells
    cells = f"<td>{escape(first)}{_mended(document, span)}</td>"
    cells += "".join(f"<td>{escape(cell)}</td>" for cell in rest)
    place = place_attributes(row.section_id, 1, span)
    return f'<tr class="place{mark}" {place}>{lead}{cells}</tr>'


def _rows(document: Document, rows: Sequence[TableRow], cited: str, *, merged: bool) -> str:
    lines = []
    for category, group in groupby(rows, key=lambda row: row.category):
        members = list(group)
        lead = f'<th scope="rowgroup" rowspan="{len(members)}">{escape(category)}</th>'
        for place, row in enumerate(members):
            lines.append(_row(document, row, cited, lead if merged and place == 0 else ""))
    return "".join(lines)


def table_html(document: Document, table: Table, cited: str = "", *, near: bool = False) -> str:
    """The table; with `near` only the rows of the cited row's category, and how many are left out."""
    categories = [row.category for row in table.rows if row.section_id == cited]
    rows = [row for row in table.rows if row.category in categories] if near else list(table.rows)
    merged = bool(table.rows) and len(table.columns) > len(table.rows[0].cells)
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    mark = " cited" if table.section_id == cited else ""
    place = place_attributes(table.section_id, 1, table.header)
    hidden = len(table.rows) - len(rows)
    note = f'<p class="table-note">表中另有 {hidden} 行</p>' if hidden else ""
    label = escape(document.section(table.section_id).name)
    return (
        f'<div class="table-scroll" tabindex="0" role="region" aria-label="{label}"><table>'
        f'<thead><tr class="place{mark}" {place}>{head}</tr></thead>'
        f"<tbody>{_rows(document, rows, cited, merged=merged)}</tbody></table></div>{note}"
    )
