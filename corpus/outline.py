"""The heading grammar makes a section tree: `outline(text)` gives sections, paragraphs and tables.

Levels come from the nesting seen in the document: a style that is open is closed back to, a new one
goes one level deeper. A 专栏 or a table stands beside numbered items, not inside the last of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.headings import (
    ITEM_STYLES,
    KIND_OF,
    Heading,
    HeadingStyle,
    lead_heading,
    plain_heading,
    recognise,
    tidy_title,
    titled,
)
from corpus.nesting import Nesting, Opening, real_openings
from corpus.regions import Line, Regions, find_regions, lines_of
from corpus.sentences import trimmed
from corpus.source import Source, TableHint
from corpus.tables import Row, grid_rows, is_cell, unflatten
from corpus.tree import Node, fill_table, freeze
from corpus.types import CardField, Paragraph, Repair, Section, SectionKind, Span, Table, mended

# What stands before the number in an id, so that a box or a table is told from a numbered heading.
_PREFIXES: dict[HeadingStyle, str] = {
    "box": "box", "table": "table", "figure": "figure", "annex": "annex", "article": "", "lead": "p",
}  # fmt: skip
MAX_TITLE_LINES = 2
MAX_TITLE_LINE = 40
_SENTENCE_MARK = re.compile(r"[。；;，,:：]")
_REGION_IDS: dict[SectionKind, tuple[str, str]] = {
    "front": ("front", "页面信息"),
    "card": ("card", "文件信息"),
    "contents": ("contents", "目录"),
    "preamble": ("preamble", "前言"),
    "closing": ("closing", "页面信息"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The structure of a text, ready for a Document."""

    sections: tuple[Section, ...]
    paragraphs: tuple[Paragraph, ...]
    tables: tuple[Table, ...]
    card: tuple[CardField, ...]


def _leaf(kind: SectionKind, span: Span) -> Node:
    component, title = _REGION_IDS[kind]
    node = Node(kind=kind, component=component, title=title, heading=Span(span.start, span.start))
    node.end = span.end
    return node


class _Builder:
    """Feeds on body lines and grows the tree under `roots`."""

    def __init__(
        self, source: Source, lines: tuple[Line, ...], repairs: tuple[Repair, ...]
    ) -> None:
        self.source = source
        self.text = source.text
        self.repairs = repairs
        self.lines = lines
        self.roots: list[Node] = []
        self.open: list[Node] = []
        self.nesting = Nesting()
        self.openings = real_openings(list(self._openings()))
        self.tables = sorted(source.tables, key=lambda hint: hint.span, reverse=True)

    def _openings(self) -> Iterator[Opening]:
        """The lines that may be headings, by their words or by the format's word."""
        levels = {hint.span.start: hint.level for hint in self.source.headings}
        leads = {span.start: span for span in self.source.leads}
        for index, line in enumerate(self.lines):
            level = levels.get(line.start)
            heading = recognise(line.text)
            if heading is None and level is not None:
                heading = plain_heading(line.text)
            elif heading is None and line.start in leads:
                heading = lead_heading(line.text, len(leads[line.start]))
            if heading is not None and heading.sentence and self._is_title(index):
                heading = titled(heading, line.text)
            if heading is not None:
                yield Opening(index, heading, level)

    def _is_title(self, index: int) -> bool:
        """Whether a numbered sentence alone on its line is a title: text follows, no list goes before."""
        before = self.lines[index - 1].text if index else ""
        after = self.lines[index + 1].text if index + 1 < len(self.lines) else ""
        return bool(after) and recognise(after) is None and not before.endswith(("；", ";"))

    def build(self) -> list[Node]:
        """The roots of the tree, when all lines are taken."""
        places = {opening.line: place for place, opening in enumerate(self.openings)}
        index = 0
        while index < len(self.lines):
            line = self.lines[index]
            if self.tables and self.tables[-1].span.start < line.end:
                index = self._add_hinted_table(self.tables.pop(), index)
                continue
            index += 1
            place = places.get(index - 1)
            if place is None:
                self._add_paragraph(Span(line.start, line.end))
                continue
            index = self._add_heading(place, index)
        return self.roots

    def _siblings(self) -> list[Node]:
        return self.open[-1].children if self.open else self.roots

    def _close_to(self, depth: int) -> None:
        """Keep so many open headings; a preamble or a table without a number is none of them."""
        numbered = [node for node in self.open if node.style is not None]
        self.open = numbered[:depth]

    def _add_heading(self, place: int, index: int) -> int:
        """Open the section of a heading; returns the index after what belongs to the heading."""
        opening = self.openings[place]
        heading, line = opening.heading, self.lines[opening.line]
        self._close_to(self.nesting.depth(self.openings, place))
        node = self._node(line, heading)
        self._siblings().append(node)
        self.open.append(node)
        if heading.style == "annex" and not heading.title:
            index = self._take_title(node, index)
        rest = trimmed(self.text, line.start + heading.length, line.end)
        if len(rest):
            node.paragraphs.append(rest)
        return self._add_flat_table(node, index) if heading.style == "table" else index

    def _node(self, line: Line, heading: Heading) -> Node:
        kind = KIND_OF.get(heading.style, "heading")
        number = heading.number
        if number is None:
            number = 1 + sum(node.style == heading.style for node in self._siblings())
        prefix = _PREFIXES.get(heading.style, "")
        title_start = line.start + heading.title_start
        label = self._mended(Span(line.start, title_start)) if heading.label else ""
        title = (
            self._mended(Span(title_start, line.start + heading.length)) if heading.title else ""
        )
        return Node(
            kind=kind,
            component=f"{prefix}{number}",
            style=heading.style,
            label="".join(label.split()),
            title=tidy_title(title),
            heading=Span(line.start, line.start + heading.length),
            clause=not heading.title and line.text.endswith(("；", ";", "。")),
        )

    def _take_title(self, node: Node, index: int) -> int:
        """The title of 附件1 stands on the lines after it, up to two, short and without an end mark."""
        taken = 0
        openings = {opening.line for opening in self.openings}
        while taken < MAX_TITLE_LINES and index < len(self.lines) and index not in openings:
            line = self.lines[index]
            if len(line.text) > MAX_TITLE_LINE or _SENTENCE_MARK.search(line.text):
                break
            node.title += line.text
            node.heading = Span(node.heading.start, line.end)
            index += 1
            taken += 1
        return index

    def _mended(self, span: Span) -> str:
        return mended(self.text, span, self.repairs)

    def _add_paragraph(self, span: Span) -> None:
        while self.open and self.open[-1].kind in {"table", "figure"}:
            self.open.pop()
        while self.open and self.open[-1].clause and self._ends_a_list(self.open[-1]):
            self.open.pop()
        if not self.open:
            self.roots.append(_leaf("preamble", span))
            self.open.append(self.roots[-1])
        self.open[-1].paragraphs.append(span)

    def _ends_a_list(self, node: Node) -> bool:
        """Whether a clause is the last of a list whose items end in semicolons."""
        siblings = self.open[-2].children if len(self.open) > 1 else self.roots
        before = [
            sibling for sibling in siblings if sibling.style == node.style and sibling is not node
        ]
        return any(
            self.text[sibling.paragraphs[-1].end - 1] in "；;"
            for sibling in before
            if sibling.paragraphs
        )

    def _add_flat_table(self, node: Node, first: int) -> int:
        """Take the cells that follow a table's caption; returns the index after them."""
        last = first
        while last < len(self.lines) and is_cell(self.lines[last].text):
            last += 1
        cells = self.lines[first:last]
        spans = [Span(cell.start, cell.end) for cell in cells]
        table = unflatten([self._mended(span) for span in spans])
        if table is None:
            return first
        fill_table(
            node,
            header=Span(spans[0].start, spans[table.columns - 1].end),
            columns=[cell.text for cell in cells[: table.columns]],
            rows=[
                Row(
                    category=category,
                    cells=texts,
                    span=Span(spans[start].start, spans[end - 1].end),
                )
                for start, end, category, texts in table.rows
            ],
        )
        return first + table.end

    def _add_hinted_table(self, hint: TableHint, index: int) -> int:
        """Add a table that the format marks, to the caption before it or without one."""
        if not self.open or self.open[-1].kind != "table" or self.open[-1].children:
            self._open_table(hint)
        grid = [[self._mended(cell) for cell in row] for row in hint.rows]
        header = Span(hint.rows[0][0].start, hint.rows[0][-1].end)
        fill_table(self.open.pop(), header=header, columns=grid[0], rows=grid_rows(hint, grid))
        while index < len(self.lines) and self.lines[index].start < hint.span.end:
            index += 1
        return index

    def _open_table(self, hint: TableHint) -> None:
        while self.open and self.open[-1].style in ITEM_STYLES:
            self.open.pop()
        count = 1 + sum(node.kind == "table" for node in self._siblings())
        node = Node(
            kind="table",
            component=f"table{count}",
            label="表",
            heading=Span(hint.span.start, hint.span.start),
        )
        self._siblings().append(node)
        self.open.append(node)


def _region_nodes(text: str, regions: Regions, body: list[Node]) -> list[Node]:
    def node_of(kind: SectionKind, span: Span) -> Node:
        node = _leaf(kind, span)
        node.paragraphs = [Span(line.start, line.end) for line in _lines_in(text, span)]
        return node

    before = [node_of(region.kind, region.span) for region in regions.before]
    after = [node_of(region.kind, region.span) for region in regions.after]
    return [*before, *body, *after]


def _lines_in(text: str, span: Span) -> tuple[Line, ...]:
    inside = lines_of(text[span.start : span.end])
    return tuple(Line(line.start + span.start, line.text) for line in inside)


def outline(source: Source, repairs: tuple[Repair, ...] = ()) -> Outline:
    """The outline of a source, its labels, titles and cells mended by the repairs.

    Every character belongs to one section; a text without headings is one section.
    """
    regions = find_regions(source)
    body = _Builder(source, _lines_in(source.text, regions.body), repairs).build()
    for node in body:
        if node.kind == "preamble":
            node.end = 0  # it runs to the next section
    frozen = freeze(source.text, _region_nodes(source.text, regions, body))
    return Outline(
        sections=frozen.sections,
        paragraphs=frozen.paragraphs,
        tables=frozen.tables,
        card=regions.card,
    )
