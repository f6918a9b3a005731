"""Markdown: headings and tables by CommonMark's rules, the text without its marks."""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.readers.decode import decode
from corpus.readers.html import add_html
from corpus.source import Source, SourceBuilder

# Official texts indent paragraphs and underline nothing: indented code and underlined headings would
# only be misread paragraphs.
_PARSER = MarkdownIt("commonmark").enable("table").disable(["code", "lheading"])
# CommonMark does not close bold words that end in 。 before a Chinese character.
_UNCLOSED = re.compile(r"\*\*([^*\n]+)\*\*")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def _text(token: Token) -> str:
    """The words of an inline token, line breaks kept."""
    pieces = []
    for child in token.children or []:
        if child.type in {"softbreak", "hardbreak"}:
            pieces.append("\n")
        elif child.type == "image" or child.type != "html_inline":
            pieces.append(child.content)
    return _UNCLOSED.sub(r"\1", "".join(pieces))


def _lead(token: Token) -> int:
    """How many characters at the beginning are bold."""
    if unclosed := _UNCLOSED.match(token.content):
        return len(unclosed[1])
    children = [child for child in token.children or [] if child.type != "text" or child.content]
    if not children or children[0].type != "strong_open":
        return 0
    length = 0
    for child in children[1:]:
        if child.type == "strong_close":
            return length
        length += len(child.content)
    return 0


def _rows(tokens: Sequence[Token]) -> list[list[str]]:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_text(token))
    return rows


def _marker(tokens: Sequence[Token], place: int) -> str:
    """The number of the ordered list's item whose first words stand at a place: '2.'."""
    if place >= 2 and tokens[place - 2].type == "list_item_open":
        item = tokens[place - 2]
        return f"{item.info}{item.markup}" if item.info else ""
    return ""


def read(data: bytes, name: str) -> Source:
    """The source of a Markdown file; `name` is for messages."""
    tokens = _PARSER.parse(_COMMENT.sub("", decode(data, name)))
    builder = SourceBuilder()
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.type == "table_open":
            end = next(i for i in range(place, len(tokens)) if tokens[i].type == "table_close")
            builder.table(_rows(tokens[place:end]))
            place = end
        elif token.type == "heading_open":
            place += 1
            builder.line(_text(tokens[place]).replace("\n", ""), level=int(token.tag[1:]))
        elif token.type == "inline":
            first, *rest = _text(token).split("\n")
            marker = _marker(tokens, place)
            builder.line(marker + first, lead=0 if marker else _lead(token))
            for line in rest:
                builder.line(line)
        elif token.type == "fence":
            for line in token.content.splitlines():
                builder.line(line)
        elif token.type == "html_block":
            add_html(builder, token.content)
        place += 1
    return builder.build()
