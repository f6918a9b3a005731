"""`wengui index`: build the index and say what it holds."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn, Protocol

import click
from tqdm import tqdm

from index.settings import IndexSettings

REMEDY = "wengui index build"


class HasIndexSettings(Protocol):
    """The settings object that the command line hands on."""

    @property
    def library_folder(self) -> Path:
        """Where added documents are kept."""
        ...

    @property
    def index(self) -> IndexSettings:
        """What the index is told."""
        ...


class TerminalProgress:
    """Shows steps and counts of a build on standard error."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None

    def step(self, message: str) -> None:
        """Say which step begins."""
        self.close()
        click.echo(f"· {message}", err=True)

    def count(self, done: int, total: int) -> None:
        """Move the bar of the present step."""
        if self._bar is None:
            self._bar = tqdm(total=total, unit="段")
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """End the bar of the present step."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


@click.group(help="建立、查看、检查索引。")
def index() -> None:
    """The commands below build an index and describe it."""


@index.command(help="建立索引;没有变化时什么也不做。")
@click.option("--force", is_flag=True, help="没有变化也重建")
@click.pass_obj
def build(settings: HasIndexSettings, force: bool) -> None:
    """Build the index where it is missing or stale."""
    from corpus.library import Library
    from index.build import build_index

    progress = TerminalProgress()
    try:
        documents = Library(settings.library_folder).documents()
        result = build_index(settings.index, documents, force=force, progress=progress)
    finally:
        progress.close()
    state = "索引已建好" if result.rebuilt else "索引已是最新"
    new = f"(新算向量 {result.embedded} 句)" if result.rebuilt else ""
    click.echo(f"{state}:{result.manifest.passages} 个段落{new},{result.folder}")


@index.command(help="显示索引的来源和大小。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def info(settings: HasIndexSettings, as_json: bool) -> None:
    """Print the manifest of the current index."""
    from index.builds import current_folder
    from index.manifest import STORES, Manifest

    folder = current_folder(settings.index)
    manifest = Manifest.load(folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if as_json:
        fields = asdict(manifest) | {"folder": str(folder), "bytes": size}
        click.echo(json.dumps(fields, ensure_ascii=False, indent=2))
        return
    click.echo(f"位置:{folder}({size / 2**20:.1f} MB)")
    click.echo(f"嵌入模型:{manifest.embedder}({manifest.fingerprint})")
    click.echo(
        f"向量:{manifest.dimension} 维,在{STORES[manifest.store]},集合 {manifest.collection}"
    )
    click.echo(f"段落:{manifest.passages},句子:{manifest.parts}")
    for document_id, content_hash in manifest.documents.items():
        click.echo(f"文件:{document_id}(SHA-256 {content_hash[:16]}…)")


@index.command(help="检查索引有没有损坏:每个文件、各部分的段数、当前索引的指向。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_context
def verify(context: click.Context, as_json: bool) -> None:
    """Print what is broken and the command that mends it; exit status 1 where something is."""
    from index.verify import verify_index

    settings: HasIndexSettings = context.obj
    report = verify_index(settings.index)
    if as_json:
        fields = {
            "whole": not report.damages,
            "folder": str(report.folder),
            "files": report.files,
            "passages": report.passages,
            "parts": report.parts,
            "damages": [asdict(damage) for damage in report.damages],
            "remedy": REMEDY if report.damages else None,
        }
        click.echo(json.dumps(fields, ensure_ascii=False, indent=2))
    elif report.damages:
        click.echo(f"索引损坏:{report.folder}")
        for damage in report.damages:
            click.echo(f"· {damage.part}:{damage.what}")
        click.echo(f"修复:{REMEDY}")
    else:
        click.echo(f"索引完好:{report.folder}")
        click.echo(
            f"核对了 {report.files} 个文件,{report.passages} 个段落、{report.parts} 个句子,各部分一致。"
        )
    context.exit(1 if report.damages else 0)
