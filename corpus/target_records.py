"""The figures of the documents as records: chosen by word, area, year, kind and bound; as CSV and XLSX."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from corpus.fold import bare
from corpus.pinyin import initials
from corpus.targets import targets_of
from corpus.types import Document, Span, Target

Cell = str | int | float | None
Record = dict[str, Cell]

# The columns of a table for people: their headings and what stands in them.
_COLUMNS = (
    ("指标", "name"), ("分类", "category"), ("基期值", "baseline"), ("基期年", "baseline_year"),
    ("目标值", "target"), ("目标上限", "target_high"), ("目标年", "target_year"), ("单位", "unit"),
    ("界限", "bound"), ("属性", "nature"), ("性质", "kind"),
    ("增减(计算得出:目标值减基期值)", "change"), ("出处", "address"), ("原文", "quote"),
)  # fmt: skip
# What a spreadsheet would take for the start of a formula.
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which targets are wanted; an empty field wants all.

    `keyword` holds words that must all stand in a target's name, category or address, or be the
    pinyin initials of a part of its name.
    """

    keyword: str = ""
    area: str = ""
    year: int | None = None
    kind: str = ""
    bound: str = ""
    document_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A target with the document that states it."""

    document: Document
    target: Target

    @cached_property
    def area(self) -> str:
        """The category of the table, or the part of the outline that the target stands in."""
        path = self.document.path(self.target.section_id)
        return self.target.category or path[: min(2, len(path))][-1].name

    @cached_property
    def _about(self) -> str:
        address = self.document.address(self.target.section_id)
        return bare(f"{self.target.name}{self.target.category}{address}")

    @cached_property
    def _initials(self) -> str:
        return initials(self.target.name)

    def _holds(self, word: str) -> bool:
        latin = word.isascii() and word.isalpha()
        return bare(word) in self._about or (latin and word.lower() in self._initials)

    def fits(self, choice: Choice) -> bool:
        """Whether the target is one of those chosen."""
        target = self.target
        return (
            all(self._holds(word) for word in choice.keyword.split())
            and choice.area in {"", self.area}
            and choice.year in {None, target.baseline_year, target.target_year}
            and choice.kind in {"", target.kind}
            and choice.bound in {"", target.bound}
            and choice.document_id in {"", target.document_id}
        )

    @property
    def change(self) -> Decimal | None:
        """Target less baseline, computed; None unless both are single values."""
        target = self.target
        if target.baseline is None or target.target is None or target.target_high is not None:
            return None
        return target.target - target.baseline

    @cached_property
    def sentence(self) -> Span:
        """The sentence or row that the target stands in."""
        for paragraph in self.document.paragraphs_of(self.target.section_id):
            for sentence in paragraph.sentences:
                if self.target.span in sentence:
                    return sentence
        return self.target.span

    @property
    def place(self) -> str:
        """The name of the section that the target stands in, without those above it."""
        return self.document.section(self.target.section_id).name

    @property
    def link(self) -> str:
        """The place on the page, relative to its root."""
        target = self.target
        start = self.sentence.start
        return f"/?document={target.document_id}&section={target.section_id}&start={start}"


def entries_of(documents: Iterable[Document]) -> tuple[Entry, ...]:
    """All targets of the documents, in the order of the texts."""
    return tuple(
        Entry(document=document, target=target)
        for document in documents
        for target in targets_of(document)
    )


def _number(value: Decimal | None) -> int | float | None:
    """A Decimal as the JSON number that is written the same way."""
    if value is None:
        return None
    whole = value == value.to_integral_value() and "." not in str(value)
    return int(value) if whole else float(value)


def target_record(entry: Entry) -> Record:
    """A target as it leaves the program."""
    document, target = entry.document, entry.target
    return {
        "indicator": target.indicator,
        "name": target.name,
        "category": target.category,
        "parent": target.parent or None,
        "baseline": _number(target.baseline),
        "baseline_year": target.baseline_year,
        "target": _number(target.target),
        "target_high": _number(target.target_high),
        "target_year": target.target_year,
        "change": _number(entry.change),
        "unit": target.unit,
        "bound": target.bound,
        "nature": target.nature or None,
        "kind": target.kind,
        "document_id": target.document_id,
        "section_id": target.section_id,
        "address": document.address(target.section_id),
        "quote": document.quote(entry.sentence),
        "start": target.span.start,
        "end": target.span.end,
        "link": entry.link,
    }


def _rows(entries: Sequence[Entry]) -> Iterator[list[Cell]]:
    for record in map(target_record, entries):
        row = [record[name] for _, name in _COLUMNS]
        row[-1] = " ".join(str(row[-1]).split())
        yield row


def _as_text(cell: Cell) -> Cell:
    """A cell that no spreadsheet computes: words of a document are never a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def as_csv(entries: Sequence[Entry]) -> str:
    """The targets as CSV, the first line the headings."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([heading for heading, _ in _COLUMNS])
    writer.writerows(
        ["" if cell is None else _as_text(cell) for cell in row] for row in _rows(entries)
    )
    return stream.getvalue()


def as_xlsx(entries: Sequence[Entry]) -> bytes:
    """The targets as a workbook."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    sheet = workbook.create_sheet("指标")
    sheet.append([heading for heading, _ in _COLUMNS])
    for row in _rows(entries):
        sheet.append([_as_text(cell) for cell in row])
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.column_dimensions["A"].width = 36
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()
