"""The values that a source becomes: Document, Section, Paragraph, Table, Span.

All are frozen. Offsets count characters of `Document.text`, which keeps the source's own characters;
`document.quote(span) == document.text[span.start:span.end]`, always.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Literal

Bound = Literal["等于", "不低于", "以上", "约", "左右", "以内"]

SectionKind = Literal[
    "front",  # what stands before the body: page chrome, title, cover
    "card",  # the information card of a web capture
    "contents",  # the table of contents
    "preamble",  # body text before the first heading
    "heading",  # a numbered heading with its text
    "item",  # a —— item
    "box",  # 专栏
    "table",
    "row",
    "figure",  # a figure's caption
    "closing",  # page chrome after the body
]

BODY_KINDS: frozenset[SectionKind] = frozenset(
    {"preamble", "heading", "item", "box", "table", "row", "figure"}
)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The half-open range [start, end) of characters in a document's text."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def __contains__(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What the capture lost or garbled at `span`: shown and matched as `after`, quoted as `before`."""

    span: Span
    before: str
    after: str
    rule: str


def mended(text: str, span: Span, repairs: tuple[Repair, ...]) -> str:
    """The characters at a span with the repairs (in order) carried out and white space collapsed.

    >>> lost = Repair(span=Span(4, 6), before="(%", after="(%)", rule="")
    >>> mended("毛入学率(%", Span(0, 6), (lost,))
    '毛入学率(%)'
    """
    pieces, position = [], span.start
    first = bisect_left(repairs, span.start, key=lambda repair: repair.span.start)
    for repair in repairs[first:]:
        if repair.span.start > span.end:
            break
        if repair.span in span and repair.span.start >= position:
            pieces += [text[position : repair.span.start], repair.after]
            position = repair.span.end
    pieces.append(text[position : span.end])
    return " ".join("".join(pieces).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A node of the outline: a heading with all that stands under it.

    `section_id` is short and stable (`3.2.2`, `3.2.box2.1`, `2.3.table1.r7`). `label` is the number as
    written, `title` the words after it, both mended; `heading` is the heading's span, empty where
    there is none.
    `span` runs to the end of the last descendant, trailing white space included.
    """

    section_id: str
    kind: SectionKind
    label: str
    title: str
    heading: Span
    span: Span
    parent_id: str | None
    child_ids: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Label and title as a person reads them."""
        gap = " " if self.kind in {"box", "table", "figure", "row"} and self.title else ""
        return f"{self.label}{gap}{self.title}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """The `number`-th paragraph (from 1) of a section's own text, with its sentences in order."""

    section_id: str
    number: int
    span: Span
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One record of a table: the mended texts of its cells, without the category's.

    `category` is the merged first cell that holds for this row ('' where there is none), `title` the cell
    that says what the row is about, `unit` that of a column of units ('' where there is none).
    """

    section_id: str
    category: str
    cells: tuple[str, ...]
    title: str
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its header (span and cell texts) and its rows, in the order of the source."""

    section_id: str
    header: Span
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A figure that a plan states: what is counted, its value in the baseline and in the target year.

    `parent` is the indicator that this one is part of (其中:) and `parent_id` that one's section; `span`
    holds the source's own words. A value
    the text reports as reached has kind 现状 and no target; a target is never given as reached.
    """

    document_id: str
    indicator: str
    category: str
    parent: str
    parent_id: str | None
    baseline: Decimal | None
    baseline_year: int | None
    target: Decimal | None
    target_high: Decimal | None = None
    target_year: int | None
    unit: str
    bound: Bound
    nature: str
    kind: Literal["现状", "目标"]
    section_id: str
    span: Span

    @property
    def name(self) -> str:
        """The indicator as it must be said to be told from others: 普通小学在校学生数."""
        if self.parent:
            return f"{self.indicator}{self.parent.removeprefix(self.category)}"
        owned = any(part and part in self.indicator for part in (self.category, self.category[:2]))
        return self.indicator if owned or not self.category else f"{self.category}{self.indicator}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is known about a document as a whole; '' or None where the source does not say.

    `examples` show a reader what can be asked: pairs of who asks (家长, 教师, …) and the question.
    """

    title: str
    short_title: str = ""
    kind: str = ""
    issuer: str = ""
    index_number: str = ""
    document_number: str = ""
    region: str = ""
    written_on: date | None = None
    published_on: date | None = None
    period_start: int | None = None
    period_end: int | None = None
    baseline_year: int | None = None
    examples: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardField:
    """One line of the information card: the name, its value and where the line stands."""

    name: str
    value: str
    span: Span


@dataclass(frozen=True, kw_only=True)
class Document:
    """A source with its outline. Sections stand in the order of the text, parents before children."""

    document_id: str
    text: str
    metadata: Metadata
    sections: tuple[Section, ...]
    paragraphs: tuple[Paragraph, ...]
    tables: tuple[Table, ...] = ()
    card: tuple[CardField, ...] = ()
    repairs: tuple[Repair, ...] = ()

    def __hash__(self) -> int:
        """Of id and text, which tell documents apart; that of every section would take a millisecond."""
        return hash((self.document_id, self.text))

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the stored text, in hexadecimal."""
        return sha256(self.text.encode()).hexdigest()

    @cached_property
    def _by_id(self) -> dict[str, Section]:
        return {section.section_id: section for section in self.sections}

    @cached_property
    def _paragraphs_of(self) -> dict[str, tuple[Paragraph, ...]]:
        grouped: dict[str, list[Paragraph]] = {}
        for paragraph in self.paragraphs:
            grouped.setdefault(paragraph.section_id, []).append(paragraph)
        return {section_id: tuple(group) for section_id, group in grouped.items()}

    def section(self, section_id: str) -> Section:
        """The section with that id; KeyError where there is none."""
        return self._by_id[section_id]

    def children(self, section_id: str) -> tuple[Section, ...]:
        """The sections directly under a section, in order."""
        return tuple(self._by_id[child] for child in self._by_id[section_id].child_ids)

    def paragraphs_of(self, section_id: str) -> tuple[Paragraph, ...]:
        """A section's own paragraphs, without those of its children."""
        return self._paragraphs_of.get(section_id, ())

    def path(self, section_id: str) -> tuple[Section, ...]:
        """The section and its ancestors, outermost first."""
        path = [self.section(section_id)]
        while path[-1].parent_id is not None:
            path.append(self.section(path[-1].parent_id))
        return tuple(reversed(path))

    def address(self, section_id: str, paragraph: int | None = None) -> str:
        """What a person reads: the names on the path, and the paragraph where a section has several."""
        names = [section.name for section in self.path(section_id)]
        if paragraph is not None and len(self.paragraphs_of(section_id)) > 1:
            names.append(f"第{paragraph}段")
        return " › ".join(names)

    def table(self, section_id: str) -> Table | None:
        """The table that a table or row section belongs to, if it does."""
        for table in self.tables:
            if section_id == table.section_id or section_id.startswith(f"{table.section_id}."):
                return table
        return None

    def find_title(self) -> Span | None:
        """Where the title first stands in the text, its white space aside; None where it does not."""
        characters = (re.escape(c) for c in self.metadata.title if not c.isspace())
        match = re.search(r"\s*".join(characters), self.text)
        return Span(*match.span()) if match and len(match[0]) else None

    def quote(self, span: Span) -> str:
        """The source's own characters at a span."""
        return self.text[span.start : span.end]

    def display(self, span: Span) -> str:
        """The characters at a span with the repairs carried out and white space collapsed."""
        return mended(self.text, span, self.repairs)
