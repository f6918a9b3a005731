"""One module a file format, each with `read(data, name) -> Source`; `read_source` chooses by the name."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from corpus.errors import DocumentError
from corpus.source import Source

# The module is imported when a file of its kind comes: Word and PDF bring heavy libraries.
FORMATS = {
    ".txt": "plain",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".pdf": "pdf",
}
MAX_BYTES = 20 * 2**20


def read_bytes(data: bytes, name: str) -> Source:
    """The source of a file's bytes, read as its name's ending says; DocumentError where that fails."""
    suffix = Path(name).suffix.lower()
    if suffix not in FORMATS:
        known = "、".join(FORMATS)
        raise DocumentError(f"不认识文件 {name} 的格式。支持的扩展名:{known}。")
    if not data.strip():
        raise DocumentError(f"文件 {name} 是空的。")
    read: Callable[[bytes, str], Source] = import_module(f"corpus.readers.{FORMATS[suffix]}").read
    source = read(data, name)
    if not source.text.strip():
        raise DocumentError(f"文件 {name} 里没有文字。")
    return source


def read_source(path: Path) -> Source:
    """The source of a file; DocumentError where it cannot be read."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
            size = path.stat().st_size
    except OSError as error:
        raise DocumentError(f"文件 {path} 打不开({error.strerror})。请检查路径和权限。") from error
    if size > MAX_BYTES:
        raise DocumentError(
            f"文件 {path.name} 有 {size / 2**20:.0f} MB,最多 {MAX_BYTES // 2**20} MB。请拆分后再添加。"
        )
    return read_bytes(data, path.name)
