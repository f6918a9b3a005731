"""The section tree while it is built, and its turn into the flat values of a Document."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.headings import HeadingStyle
from corpus.sentences import sentences
from corpus.tables import Row, title_and_unit
from corpus.types import Paragraph, Section, SectionKind, Span, Table, TableRow


@dataclass(slots=True, kw_only=True)
class Node:
    """A section while it is being built.

    `end` is 0 where it runs to the next section; `clause` marks an item of a list without a title.
    """

    kind: SectionKind
    component: str
    style: HeadingStyle | None = None
    label: str = ""
    title: str = ""
    heading: Span
    end: int = 0
    children: "list[Node]" = field(default_factory=list)
    paragraphs: list[Span] = field(default_factory=list)
    header: Span | None = None
    columns: tuple[str, ...] = ()
    category: str = ""
    cells: tuple[str, ...] = ()
    unit: str = ""
    clause: bool = False

    @property
    def start(self) -> int:
        """Where the heading begins."""
        return self.heading.start


def fill_table(node: Node, *, header: Span, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Give a table's node its header and one child for each row."""
    node.header = header
    node.columns = tuple(columns)
    if len(header):
        node.paragraphs.append(header)
    for number, row in enumerate(rows, start=1):
        title, unit = title_and_unit(columns, row.cells)
        child = Node(
            kind="row",
            component=f"r{number}",
            label=f"第{number}行",
            title=title,
            heading=Span(row.span.start, row.span.start),
            category=row.category,
            cells=row.cells,
            unit=unit,
        )
        child.paragraphs.append(row.span)
        node.children.append(child)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """Sections (parents before children), paragraphs and tables, each in the order of the text."""

    sections: tuple[Section, ...]
    paragraphs: tuple[Paragraph, ...]
    tables: tuple[Table, ...]


def _unique(component: str, taken: set[str]) -> str:
    name, count = component, 1
    while name in taken:
        count += 1
        name = f"{component}-{count}"
    taken.add(name)
    return name


class _Freezer:
    """Turns a tree of nodes into the flat values of a Document."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sections: list[Section] = []
        self.paragraphs: list[Paragraph] = []
        self.tables: list[Table] = []

    def freeze(self, nodes: list[Node], end: int, parent_id: str | None) -> tuple[str, ...]:
        """Take the nodes and all below them; returns the ids of the nodes."""
        taken: set[str] = set()
        ids = []
        position = 0
        for place, node in enumerate(nodes):
            component = _unique(node.component, taken)
            section_id = f"{parent_id}.{component}" if parent_id else component
            after = nodes[place + 1].start if place + 1 < len(nodes) else end
            # White space before the first section is its own, so that the sections tile the text.
            start = node.start if parent_id else position
            position = self._end(node, after) if parent_id else after
            self._freeze_one(node, section_id, parent_id, Span(start, position))
            ids.append(section_id)
        return tuple(ids)

    @staticmethod
    def _end(node: Node, after: int) -> int:
        """A region or a figure ends where it says, any other section where the next begins."""
        return node.heading.end if node.kind == "figure" else node.end or after

    def _freeze_one(self, node: Node, section_id: str, parent_id: str | None, span: Span) -> None:
        self._freeze_paragraphs(node, section_id)
        child_ids = self.freeze(node.children, span.end, section_id)
        self.sections.append(
            Section(
                section_id=section_id,
                kind=node.kind,
                label=node.label,
                title=node.title,
                heading=node.heading,
                span=span,
                parent_id=parent_id,
                child_ids=child_ids,
            )
        )
        if node.header is not None:
            self._freeze_table(node, node.header, section_id, child_ids)

    def _freeze_paragraphs(self, node: Node, section_id: str) -> None:
        for number, span in enumerate(node.paragraphs, start=1):
            whole = node.kind in {"row", "table"}
            self.paragraphs.append(
                Paragraph(
                    section_id=section_id,
                    number=number,
                    span=span,
                    sentences=(span,) if whole else sentences(self.text, span),
                )
            )

    def _freeze_table(
        self, node: Node, header: Span, section_id: str, row_ids: tuple[str, ...]
    ) -> None:
        rows = tuple(
            TableRow(
                section_id=row_id,
                category=row.category,
                cells=row.cells,
                title=row.title,
                unit=row.unit,
            )
            for row_id, row in zip(row_ids, node.children, strict=True)
        )
        self.tables.append(
            Table(section_id=section_id, header=header, columns=node.columns, rows=rows)
        )


def freeze(text: str, nodes: list[Node]) -> Frozen:
    """The values of a tree; `text` is what the nodes' spans count in."""
    freezer = _Freezer(text)
    freezer.freeze(nodes, len(text), None)
    return Frozen(
        sections=tuple(sorted(freezer.sections, key=lambda s: (s.span.start, -s.span.end))),
        paragraphs=tuple(sorted(freezer.paragraphs, key=lambda paragraph: paragraph.span)),
        tables=tuple(sorted(freezer.tables, key=lambda table: table.header)),
    )
