"""`wengui index`: build the index and say what it holds."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn, Protocol

import click
from tqdm import tqdm

from index.settings import IndexSettings


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


@click.group(help="建立、查看索引。")
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
    click.echo(f"{state}:{result.manifest.passages} 个段落,{result.folder}")


@index.command(help="显示索引的来源和大小。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def info(settings: HasIndexSettings, as_json: bool) -> None:
    """Print the manifest of the current index."""
    from index.build import current_folder
    from index.manifest import Manifest

    folder = current_folder(settings.index)
    manifest = Manifest.load(folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if as_json:
        fields = asdict(manifest) | {"folder": str(folder), "bytes": size}
        click.echo(json.dumps(fields, ensure_ascii=False, indent=2))
        return
    click.echo(f"位置:{folder}({size / 2**20:.1f} MB)")
    click.echo(f"嵌入模型:{manifest.embedder}({manifest.fingerprint})")
    click.echo(f"段落:{manifest.passages}")
    for document_id, content_hash in manifest.documents.items():
        click.echo(f"文件:{document_id}(SHA-256 {content_hash[:16]}…)")
