"""PDF with a text layer: lines joined to paragraphs, ruled tables as tables, page numbers left out."""

import re
from io import BytesIO
from statistics import median
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import PdfminerException

from corpus.errors import DocumentError
from corpus.headings import recognise
from corpus.source import Source, SourceBuilder

_PAGE_NUMBER = re.compile(r"[-—–\s·]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*/\s*\d+)?[-—–\s·]*")
# A line that ends this many character widths before the right margin ends its paragraph.
RAGGED = 2.0
# A page with fewer characters than this is a picture of a page.
MIN_CHARACTERS = 5


class _Lines:
    """Joins the visual lines of pages to paragraphs."""

    def __init__(self, builder: SourceBuilder) -> None:
        self.builder = builder
        self.pending = ""

    def flush(self) -> None:
        self.builder.line(self.pending)
        self.pending = ""

    def add(self, line: dict[str, Any], left: float, right: float) -> None:
        """Add a line; it opens a paragraph where it is indented or is a heading."""
        text = line["text"].strip()
        width = line["chars"][0]["width"] if line["chars"] else 10.0
        indented = line["x0"] > left + width
        if indented or recognise(text):
            self.flush()
        self.pending += text
        if line["x1"] < right - RAGGED * width or (
            text.endswith(("。", "：")) and line["x1"] < right - width
        ):
            self.flush()


def _inside(line: dict[str, Any], boxes: list[tuple[float, float, float, float]]) -> bool:
    middle = (line["top"] + line["bottom"]) / 2
    return any(top <= middle <= bottom for _, top, _, bottom in boxes)


def _add_page(page: Page, lines: _Lines) -> int:
    """Add a page's lines and tables in reading order; returns how many characters it has."""
    tables = page.find_tables()
    boxes = [table.bbox for table in tables]
    waiting = sorted(zip(boxes, tables, strict=True), key=lambda pair: pair[0][1])
    found = [
        line
        for line in page.extract_text_lines(return_chars=True)
        if not _PAGE_NUMBER.fullmatch(line["text"]) and not _inside(line, boxes)
    ]
    left = min((line["x0"] for line in found), default=0.0)
    right = max((line["x1"] for line in found), default=0.0)
    for line in found:
        while waiting and waiting[0][0][1] < line["top"]:
            lines.flush()
            lines.builder.table(waiting.pop(0)[1].extract())
        lines.add(line, left, right)
    for _, table in waiting:
        lines.flush()
        lines.builder.table(table.extract())
    return sum(len(line["text"]) for line in found) + sum(len(page.chars) for _ in boxes[:1])


def read(data: bytes, name: str) -> Source:
    """The source of a PDF file; `name` is for messages.

    Raises DocumentError for a damaged or locked file and for one that is only pictures of pages.
    """
    builder = SourceBuilder()
    lines = _Lines(builder)
    try:
        with pdfplumber.open(BytesIO(data)) as pdf:
            builder.title = str((pdf.metadata or {}).get("Title") or "")
            counts = [_add_page(page, lines) for page in pdf.pages]
    except (
        PDFException,
        PdfminerException,
        PDFPasswordIncorrect,
        ValueError,
        TypeError,
        KeyError,
    ) as error:
        raise DocumentError(
            f"文件 {name} 不是完好的 PDF,或设有密码。请另存一份未加密的 PDF 后再试。"
        ) from error
    lines.flush()
    if not counts or median(counts) < MIN_CHARACTERS:
        raise DocumentError(
            f"文件 {name} 没有文字层(可能是扫描件)。请先做文字识别(OCR),再添加识别后的文件。"
        )
    return builder.build()
