"""HTML: the words of the page's own text, its headings and tables; page chrome and hidden parts go."""

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString

from corpus.readers.decode import decode
from corpus.source import Source, SourceBuilder

_DROPPED = ("script", "style", "noscript", "template", "nav", "header", "footer", "form", "button",
            "iframe", "select", "svg", "head")  # fmt: skip
_CHROME = re.compile(
    r"(?:^|[-_\s])(?:nav|menu|breadcrumb|crumb|share|bdshare|qrcode|qr|ewm|footer|header|toolbar|sidebar|"
    r"pagination|copyright|related|login|search|print|fontsize)(?:$|[-_\s\d])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "main",
        "table",
        "tbody",
        "thead",
        "tfoot",
        "tr",
        "td",
        "th",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "center",
        "hr",
        "address",
        "figure",
        "figcaption",
        "body",
        "html",
        "fieldset",
        "aside",
        "caption",
    ]
)
# A cell with more text than this is a part of the page's layout, not of a table of data.
MAX_CELL = 400
_SPACES = re.compile(r"[ \t\r\n\f]+")
_DECLARED = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)


def _is_hidden(tag: Tag) -> bool:
    names = " ".join(str(name) for name in (tag.get("id") or "", *tag.get_attribute_list("class")))
    return (
        tag.has_attr("hidden")
        or tag.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(str(tag.get("style") or "")))
        or (bool(_CHROME.search(names)) and tag.name not in {"body", "html"})
    )


def _clean(soup: BeautifulSoup) -> None:
    for tag in soup.find_all(_DROPPED):
        tag.decompose()
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for tag in soup.find_all(True):
        if not tag.decomposed and _is_hidden(tag):
            tag.decompose()


def _is_data_table(table: Tag) -> bool:
    """Whether a table holds data: no table inside, two rows and columns, only short cells."""
    if table.find("table") is not None:
        return False
    rows = [row.find_all(["td", "th"]) for row in table.find_all("tr")]
    cells = [cell for row in rows for cell in row]
    wide = sum(len(row) > 1 for row in rows)
    return wide >= 2 and all(len(cell.get_text(strip=True)) <= MAX_CELL for cell in cells)


def _is_card(table: Tag) -> bool:
    """Whether a table's cells go name, value, name, value, as on a page's information card."""
    if table.find("table") is not None:
        return False
    cells = [cell.get_text(strip=True) for cell in table.find_all(["td", "th"])]
    names = [cell for cell in cells if len(cell) <= 12 and cell.endswith(("：", ":"))]
    return len(names) >= 1 and len(names) * 2 >= len([cell for cell in cells if cell])


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name) or "1")
    return min(int(value), 100) if value.isdigit() and value != "0" else 1


def _grid(table: Tag) -> list[list[str | None]]:
    """The cells by row and column, merged cells as SourceBuilder.table wants them."""
    grid: list[list[str | None]] = []
    carried: dict[int, int] = {}
    for row in table.find_all("tr"):
        cells: list[str | None] = []
        waiting = list(row.find_all(["td", "th"]))
        while waiting or carried.get(len(cells), 0) > 0:
            column = len(cells)
            if carried.get(column, 0) > 0:
                carried[column] -= 1
                cells.append(None)
                continue
            cell = waiting.pop(0)
            text = _SPACES.sub(" ", cell.get_text(" ")).strip()
            for offset in range(_span(cell, "colspan")):
                carried[column + offset] = _span(cell, "rowspan") - 1
                cells.append(text if offset == 0 else "")
        if cells:
            grid.append(cells)
    return grid


class _Writer:
    """Walks a page and writes its lines; a line ends where a block begins or ends, or at a <br>."""

    def __init__(self, builder: SourceBuilder) -> None:
        self.builder = builder
        self.pieces: list[tuple[str, bool]] = []

    def flush(self, level: int | None = None) -> None:
        text = _SPACES.sub(" ", "".join(piece for piece, _ in self.pieces)).strip()
        lead = 0
        for piece, bold in self.pieces:
            if not bold and piece.strip():
                break
            lead += len(_SPACES.sub(" ", piece).strip())
        self.builder.line(text, level=level, lead=lead)
        self.pieces = []

    def walk(self, node: Tag, *, bold: bool = False) -> None:
        for child in node.children:
            if isinstance(child, Tag):
                self._tag(child, bold)
            elif type(child) is NavigableString:
                self.pieces.append((str(child), bold))

    def _tag(self, tag: Tag, bold: bool) -> None:
        if tag.name == "br":
            self.flush()
        elif tag.name in _HEADINGS:
            self.flush()
            self.walk(tag)
            self.flush(_HEADINGS[tag.name])
        elif tag.name == "table" and _is_card(tag):
            self._card(tag)
        elif tag.name == "table" and _is_data_table(tag):
            self.flush()
            self.builder.table(_grid(tag))
        elif tag.name in _BLOCKS:
            self.flush()
            self.walk(tag, bold=bold)
            self.flush()
        else:
            strong = tag.name in {"b", "strong"} or _BOLD_STYLE.search(str(tag.get("style") or ""))
            self.walk(tag, bold=bold or bool(strong))

    def _card(self, table: Tag) -> None:
        """One line for each name with its value."""
        self.flush()
        name = ""
        for cell in table.find_all(["td", "th"]):
            text = _SPACES.sub(" ", cell.get_text(" ")).strip()
            if text.endswith(("：", ":")) and len(text) <= 12:
                self.builder.line(name)
                name = text
            else:
                self.builder.line(name + text)
                name = ""
        self.builder.line(name)


def add_html(builder: SourceBuilder, markup: str) -> None:
    """Add the lines and tables of a piece of HTML."""
    soup = BeautifulSoup(markup, "lxml")
    _clean(soup)
    writer = _Writer(builder)
    writer.walk(soup)
    writer.flush()


def _decoded(data: bytes, name: str) -> str:
    declared = _DECLARED.search(data[:2048])
    if declared:
        try:
            return data.decode(declared[1].decode("ascii").lower().replace("gb2312", "gb18030"))
        except (LookupError, UnicodeDecodeError):
            pass  # the page declares what it is not
    return decode(data, name)


def read(data: bytes, name: str) -> Source:
    """The source of an HTML file; `name` is for messages."""
    markup = _decoded(data, name)
    title = BeautifulSoup(markup, "lxml").title
    builder = SourceBuilder(title=title.get_text(strip=True) if title else "")
    add_html(builder, markup)
    return builder.build()
