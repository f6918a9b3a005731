"""Word documents (.docx): paragraphs, heading styles and tables, in the order of the document."""

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import XMLSyntaxError

from corpus.errors import DocumentError
from corpus.source import Source, SourceBuilder

# A document unpacks to at most this many bytes; a small file that unpacks to more is a bomb.
MAX_UNPACKED = 200 * 2**20
_HEADING = re.compile(r"(?:Heading|标题)\s*(\d)", re.IGNORECASE)


def _check(data: bytes, name: str) -> None:
    try:
        with ZipFile(BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except BadZipFile as error:
        raise DocumentError(
            f"文件 {name} 不是完好的 .docx。请用 Word 打开并另存后再试。"
        ) from error
    if unpacked > MAX_UNPACKED:
        raise DocumentError(
            f"文件 {name} 解压后有 {unpacked / 2**20:.0f} MB,超过 {MAX_UNPACKED // 2**20} MB,不予打开。"
        )


def _lead(paragraph: Paragraph) -> int:
    """How many characters at the beginning are bold."""
    length = 0
    for run in paragraph.runs:
        if not run.bold and run.text.strip():
            break
        length += len(run.text)
    return min(length, len(paragraph.text.strip()))


def _rows(table: Table) -> list[list[str | None]]:
    """The cells by row; a cell that is one with the cell above it is None."""
    rows: list[list[str | None]] = []
    above: list[object] = []
    for row in table.rows:
        cells = list(row.cells)
        texts: list[str | None] = []
        for column, cell in enumerate(cells):
            merged_up = column < len(above) and above[column] is cell._tc
            merged_left = column > 0 and cells[column - 1]._tc is cell._tc
            texts.append(None if merged_up else "" if merged_left else cell.text)
        rows.append(texts)
        above = [cell._tc for cell in cells]
    return rows


def read(data: bytes, name: str) -> Source:
    """The source of a Word file; `name` is for messages."""
    _check(data, name)
    try:
        document = docx.Document(BytesIO(data))
    except (PackageNotFoundError, XMLSyntaxError, KeyError, ValueError, BadZipFile) as error:
        raise DocumentError(
            f"文件 {name} 不是完好的 .docx。请用 Word 打开并另存后再试。"
        ) from error
    builder = SourceBuilder(title=document.core_properties.title or "")
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            builder.table(_rows(part))
            continue
        style = _HEADING.match((part.style.name if part.style else "") or "")
        level = int(style[1]) if style else None
        for place, line in enumerate(part.text.split("\n")):
            builder.line(line, level=level, lead=0 if level or place else _lead(part))
    return builder.build()
