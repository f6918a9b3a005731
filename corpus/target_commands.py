"""`wengui targets`: the figures of the documents as records, to read, to paste or to open in Excel."""

import json
from pathlib import Path

import click

from corpus.commands import HasLibraryFolder
from corpus.errors import InputError
from corpus.library import Library
from corpus.target_records import Choice, Record, as_csv, as_xlsx, entries_of, target_record


def _write(content: bytes, path: Path) -> None:
    try:
        path.write_bytes(content)
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
    everything = entries_of(Library(settings.library_folder).documents())
    entries = [entry for entry in everything if entry.fits(Choice(keyword=keyword))]
    if xlsx is not None:
        _write(as_xlsx(entries), xlsx)
        click.echo(f"已写入 {xlsx}:{len(entries)} 条。")
    elif as_json:
        records = [target_record(entry) for entry in entries]
        click.echo(json.dumps({"targets": records}, ensure_ascii=False, indent=2))
    elif as_csv_text:
        click.echo(as_csv(entries), nl=False)
    else:
        for entry in entries:
            click.echo(_line(target_record(entry)))
        if not entries:
            click.echo(f"没有与“{keyword}”有关的指标。")
