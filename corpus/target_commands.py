"""`wengui targets`: the figures of the documents as records, to read, to paste or to open in Excel."""

import csv
import io
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import click

from corpus.commands import HasLibraryFolder
from corpus.errors import InputError
from corpus.fold import bare
from corpus.library import Library
from corpus.targets import targets_of
from corpus.types import Document, Span, Target

Record = dict[str, str | int | float | None]
Pair = tuple[Document, Target]

# The columns of a table for people: their headings and what stands in them.
_COLUMNS = (
    ("指标", "name"), ("分类", "category"), ("基期值", "baseline"), ("基期年", "baseline_year"),
    ("目标值", "target"), ("目标上限", "target_high"), ("目标年", "target_year"), ("单位", "unit"),
    ("界限", "bound"), ("属性", "nature"), ("性质", "kind"), ("出处", "address"), ("原文", "quote"),
)  # fmt: skip


def _number(value: Decimal | None) -> int | float | None:
    """A Decimal as the JSON number that is written the same way."""
    if value is None:
        return None
    return (
        int(value) if value == value.to_integral_value() and "." not in str(value) else float(value)
    )


def target_record(document: Document, target: Target) -> Record:
    """A target as it leaves the program."""
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
        "unit": target.unit,
        "bound": target.bound,
        "nature": target.nature or None,
        "kind": target.kind,
        "document_id": target.document_id,
        "section_id": target.section_id,
        "address": document.address(target.section_id),
        "quote": document.quote(_sentence(document, target)),
        "start": target.span.start,
        "end": target.span.end,
    }


def _sentence(document: Document, target: Target) -> Span:
    """The sentence or row that a target stands in."""
    for paragraph in document.paragraphs_of(target.section_id):
        for sentence in paragraph.sentences:
            if target.span in sentence:
                return sentence
    return target.span


def matches(target: Target, document: Document, keyword: str) -> bool:
    """Whether every word of the keyword stands in the target's name, category or address."""
    about = bare(f"{target.name}{target.category}{document.address(target.section_id)}")
    return all(bare(word) in about for word in keyword.split())


def _rows(records: Sequence[Record]) -> list[list[str | int | float | None]]:
    rows: list[list[str | int | float | None]] = []
    for record in records:
        row = [record[name] for _, name in _COLUMNS]
        row[-1] = " ".join(str(row[-1]).split())
        rows.append(row)
    return rows


def as_csv(records: Sequence[Record]) -> str:
    """The records as CSV, the first line the headings."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([heading for heading, _ in _COLUMNS])
    writer.writerows([["" if cell is None else cell for cell in row] for row in _rows(records)])
    return stream.getvalue()


def write_xlsx(records: Sequence[Record], path: Path) -> None:
    """Write the records as a workbook; InputError where the file cannot be written."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    sheet = workbook.create_sheet("指标")
    sheet.append([heading for heading, _ in _COLUMNS])
    for row in _rows(records):
        sheet.append(row)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.column_dimensions["A"].width = 36
    try:
        workbook.save(path)
    except OSError as error:
        raise InputError(f"文件 {path} 写不进去({error.strerror})。请换一个位置。") from error


def _line(record: Record) -> str:
    values = []
    if record["target"] is not None:
        high = f"—{record['target_high']}" if record["target_high"] is not None else ""
        year = f"{record['target_year']}年" if record["target_year"] else ""
        values.append(f"目标({year}{record['bound']})={record['target']}{high}{record['unit']}")
    if record["baseline"] is not None:
        year = f"{record['baseline_year']}年" if record["baseline_year"] else ""
        values.append(f"现状{f'({year})' if year else ''}={record['baseline']}{record['unit']}")
    return f"{record['name']}  {'  '.join(values)}  [{record['section_id']}]"


@click.command(help="列出规划里的指标和数字,可按关键词筛选。")
@click.argument("keyword", default="", metavar="[关键词]")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--csv", "as_csv_text", is_flag=True, help="输出 CSV")
@click.option("--xlsx", type=click.Path(path_type=Path), help="写成 Excel 文件")
@click.pass_obj
def targets(
    settings: HasLibraryFolder, keyword: str, as_json: bool, as_csv_text: bool, xlsx: Path | None
) -> None:
    """Print the targets whose name, category or place holds the keyword."""
    records = [
        target_record(document, target)
        for document in Library(settings.library_folder).documents()
        for target in targets_of(document)
        if matches(target, document, keyword)
    ]
    if xlsx is not None:
        write_xlsx(records, xlsx)
        click.echo(f"已写入 {xlsx}:{len(records)} 条。")
    elif as_json:
        click.echo(json.dumps({"targets": records}, ensure_ascii=False, indent=2))
    elif as_csv_text:
        click.echo(as_csv(records), nl=False)
    else:
        for record in records:
            click.echo(_line(record))
        if not records:
            click.echo(f"没有与“{keyword}”有关的指标。")
