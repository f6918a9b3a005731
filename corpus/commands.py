"""`wengui corpus` and `wengui check`: the library of documents and what is wrong inside them."""

import json
from pathlib import Path
from typing import Any, Protocol

import click

from corpus.checks import Finding, check_document
from corpus.errors import DocumentError
from corpus.library import Library, find_files
from corpus.types import Document


class HasLibraryFolder(Protocol):
    """The settings object that the command line hands on."""

    @property
    def library_folder(self) -> Path:
        """Where added documents are kept."""
        ...


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


@click.group(help="文件库:添加、列出、查看、移除文件。")
def corpus() -> None:
    """The commands below keep the library of documents."""


@corpus.command(help="添加文件,或文件夹里的全部文件(.txt .md .html .docx .pdf)。")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="文件…")
@click.pass_obj
def add(settings: HasLibraryFolder, paths: tuple[Path, ...]) -> None:
    """Add files; a file that cannot be read is named and the others are added all the same."""
    library = Library(settings.library_folder)
    files = find_files(paths)
    if not files:
        raise DocumentError("文件夹里没有可以添加的文件。支持 .txt .md .html .docx .pdf。")
    failed = []
    for path in files:
        try:
            added = library.add(path)
        except DocumentError as error:
            failed.append(str(error))
            continue
        click.echo(f"{'已添加' if added.new else '已在库中'}:{added.document_id}({added.title})")
    if failed:
        raise DocumentError("\n".join(failed))
    click.echo("运行 wengui index build 更新索引后,新文件参与回答。", err=True)


def _summary(document: Document) -> dict[str, Any]:
    metadata = document.metadata
    dated = metadata.written_on or metadata.published_on
    return {
        "document_id": document.document_id,
        "title": metadata.title,
        "issuer": metadata.issuer,
        "document_number": metadata.document_number,
        "date": dated.isoformat() if dated else None,
        "characters": len(document.text),
        "sections": len(document.sections),
        "content_hash": document.content_hash,
    }


@corpus.command("list", help="列出文件库里的文件。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def list_documents(settings: HasLibraryFolder, as_json: bool) -> None:
    """Print one line for each document."""
    rows = [_summary(document) for document in Library(settings.library_folder).documents()]
    if as_json:
        _print_json({"documents": rows})
        return
    for row in rows:
        click.echo(
            f"{row['document_id']}\n    {row['title']}  {row['issuer']}  {row['date'] or ''}"
        )


@corpus.command(help="查看一份文件的信息和大纲;--repairs 列出修补账。")
@click.argument("document_id", metavar="编号")
@click.option("--repairs", is_flag=True, help="列出采集时丢失或弄错、显示时补上的字符")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def show(settings: HasLibraryFolder, document_id: str, repairs: bool, as_json: bool) -> None:
    """Print what a document says about itself, then its outline or its ledger of repairs."""
    document = Library(settings.library_folder).get(document_id)
    summary = _summary(document)
    if repairs:
        rows = [
            {
                "start": r.span.start,
                "end": r.span.end,
                "before": r.before,
                "after": r.after,
                "rule": r.rule,
            }
            for r in document.repairs
        ]
    else:
        rows = [
            {
                "section_id": s.section_id,
                "kind": s.kind,
                "name": s.name,
                "start": s.span.start,
                "end": s.span.end,
            }
            for s in document.sections
        ]
    if as_json:
        _print_json(summary | {"repairs" if repairs else "outline": rows})
        return
    for name, value in summary.items():
        click.echo(f"{name}: {value}")
    click.echo("")
    for line in _repair_lines(document) if repairs else _outline_lines(document):
        click.echo(line)


def _repair_lines(document: Document) -> list[str]:
    lines = []
    for repair in document.repairs:
        around = document.text[max(0, repair.span.start - 12) : repair.span.end + 8]
        lines.append(
            f"{repair.span.start:>7}  {repair.rule}:“{repair.before}”→“{repair.after}”  …{' '.join(around.split())}…"
        )
    return lines


def _outline_lines(document: Document) -> list[str]:
    return [
        f"{'  ' * (len(document.path(s.section_id)) - 1)}{s.section_id}  {s.name}"
        for s in document.sections
    ]


@corpus.command(help="从文件库移除一份文件。")
@click.argument("document_id", metavar="编号")
@click.pass_obj
def remove(settings: HasLibraryFolder, document_id: str) -> None:
    """Take a document out of the library."""
    Library(settings.library_folder).remove(document_id)
    click.echo(f"已移除:{document_id}。运行 wengui index build 更新索引。")


def _finding_json(document: Document, finding: Finding) -> dict[str, Any]:
    return {
        "document_id": finding.document_id,
        "rule": finding.rule,
        "message": finding.message,
        "places": [
            {
                "section_id": spot.section_id,
                "address": document.address(spot.section_id),
                "quote": document.quote(spot.span),
                "start": spot.span.start,
                "end": spot.span.end,
            }
            for spot in finding.spots
        ],
    }


@click.command(help="找出文件内部互相矛盾的地方,两处原文都列出。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def check(settings: HasLibraryFolder, as_json: bool) -> None:
    """Print the contradictions found in the documents of the library."""
    found = [
        (document, finding)
        for document in Library(settings.library_folder).documents()
        for finding in check_document(document)
    ]
    if as_json:
        _print_json({"findings": [_finding_json(*pair) for pair in found]})
        return
    for number, (document, finding) in enumerate(found, start=1):
        click.echo(f"{number}. {finding.rule}:{finding.message}")
        for spot in finding.spots:
            click.echo(
                f"   “{document.display(spot.span)}”\n       ——{document.address(spot.section_id)}"
            )
    if not found:
        click.echo("没有发现矛盾。")
