"""The heading grammar makes a section tree: `outline(text)` gives sections, paragraphs and tables.

Levels come from the nesting seen in the document: a style that is open is closed back to, a new one
goes one level deeper. A 专栏 or a table stands beside numbered items, not inside the last of them.
"""

from dataclasses import dataclass

from corpus.headings import ITEM_STYLES, KIND_OF, Heading, HeadingStyle, recognise
from corpus.regions import Line, Regions, find_regions, lines_of
from corpus.sentences import trimmed
from corpus.tables import is_cell, unflatten
from corpus.tree import Node, freeze
from corpus.types import (
    CardField,
    Paragraph,
    Repair,
    Section,
    SectionKind,
    Span,
    Table,
    mended,
)

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

    def __init__(self, text: str, lines: tuple[Line, ...], repairs: tuple[Repair, ...]) -> None:
        self.text = text
        self.repairs = repairs
        self.lines = lines
        self.roots: list[Node] = []
        self.open: list[Node] = []

    def build(self) -> list[Node]:
        index = 0
        while index < len(self.lines):
            line = self.lines[index]
            index += 1
            heading = recognise(line.text)
            if heading is None:
                self._add_paragraph(Span(line.start, line.end))
                continue
            self._add_heading(line, heading)
            if heading.style == "table":
                index = self._add_table(self.open[-1], index)
        return self.roots

    def _close_for(self, style: HeadingStyle) -> None:
        """Close what a heading of that style ends."""
        styles = [node.style for node in self.open]
        if style in styles:
            del self.open[styles.index(style) :]
        while style in {"box", "table"} and self.open and self.open[-1].style in ITEM_STYLES:
            self.open.pop()
        while self.open and self.open[-1].kind in {"table", "figure", "preamble"}:
            self.open.pop()

    def _siblings(self) -> list[Node]:
        return self.open[-1].children if self.open else self.roots

    def _add_heading(self, line: Line, heading: Heading) -> None:
        self._close_for(heading.style)
        kind = KIND_OF.get(heading.style, "heading")
        number = heading.number
        if number is None:
            number = 1 + sum(node.style == heading.style for node in self._siblings())
        prefix = kind if kind in {"box", "table", "figure"} else ""
        label = Span(line.start, line.start + len(heading.label))
        node = Node(
            kind=kind,
            component=f"{prefix}{number}",
            style=heading.style,
            label=self._mended(label),
            title=heading.title,
            heading=Span(line.start, line.start + heading.length),
        )
        self._siblings().append(node)
        if kind != "figure":
            self.open.append(node)
        rest = trimmed(self.text, line.start + heading.length, line.end)
        if len(rest):
            node.paragraphs.append(rest)

    def _mended(self, span: Span) -> str:
        return mended(self.text, span, self.repairs)

    def _add_paragraph(self, span: Span) -> None:
        while self.open and self.open[-1].kind == "table":
            self.open.pop()
        if not self.open:
            self.roots.append(_leaf("preamble", span))
            self.open.append(self.roots[-1])
        self.open[-1].paragraphs.append(span)

    def _add_table(self, node: Node, first: int) -> int:
        """Take the cells that follow a table's caption; returns the index after them."""
        last = first
        while last < len(self.lines) and is_cell(self.lines[last].text):
            last += 1
        cells = self.lines[first:last]
        table = unflatten([self._mended(Span(cell.start, cell.end)) for cell in cells])
        if table is None:
            return first
        node.header = Span(cells[0].start, cells[table.columns - 1].end)
        node.columns = tuple(cell.text for cell in cells[: table.columns])
        node.paragraphs.append(node.header)
        starts = [row[0] for row in table.rows] + [table.end]
        for number, (start, category, texts) in enumerate(table.rows, start=1):
            row = Node(
                kind="row",
                component=f"r{number}",
                label=f"第{number}行",
                title=texts[0],
                heading=Span(cells[start].start, cells[start].start),
                category=category,
                cells=texts,
            )
            row.paragraphs.append(Span(cells[start].start, cells[starts[number] - 1].end))
            node.children.append(row)
        return first + table.end


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


def outline(text: str, repairs: tuple[Repair, ...] = ()) -> Outline:
    """The outline of a text, its labels, titles and cells mended by the repairs.

    Every character belongs to one section; a text without headings is one section.
    """
    regions = find_regions(text)
    body = _Builder(text, _lines_in(text, regions.body), repairs).build()
    for node in body:
        if node.kind == "preamble":
            node.end = 0  # it runs to the next section
    frozen = freeze(text, _region_nodes(text, regions, body))
    return Outline(
        sections=frozen.sections,
        paragraphs=frozen.paragraphs,
        tables=frozen.tables,
        card=regions.card,
    )
