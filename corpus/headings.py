"""The grammar of heading lines: which lines open a section, and what number and title they carry.

A line is looked at alone; which level a style has is decided by `outline` from the nesting it sees.
"""

import re
from dataclasses import dataclass
from typing import Literal

from corpus.numerals import parse_numeral
from corpus.types import SectionKind

HeadingStyle = Literal[
    "part", "chapter", "section", "article", "annex",  # 第一编 第一章 第一节 第一条 附件1
    "chinese", "chinese_paren",  # 一、 (一)
    "arabic", "arabic_paren", "circled",  # 1. (1) ①
    "dash", "box", "table", "figure",  # —— 专栏1 表1 图1
]  # fmt: skip

# Styles of items inside a section: a box or a table that follows them closes them.
ITEM_STYLES: frozenset[HeadingStyle] = frozenset(
    {"arabic", "arabic_paren", "circled", "dash", "box"}
)

KIND_OF: dict[HeadingStyle, SectionKind] = {
    "dash": "item",
    "box": "box",
    "table": "table",
    "figure": "figure",
}

_CHINESE = "[〇零一二三四五六七八九十百]+"
_GRAMMAR: tuple[tuple[HeadingStyle, str], ...] = (
    ("part", rf"第\s*({_CHINESE}|\d+)\s*[编篇](?=\s|$|[^,，。])"),
    ("chapter", rf"第\s*({_CHINESE}|\d+)\s*章(?=\s|$|[^,，。])"),
    ("section", rf"第\s*({_CHINESE}|\d+)\s*节(?=\s|$|[^,，。])"),
    ("article", rf"第\s*({_CHINESE}|\d+)\s*条(?=[\s　])"),
    ("annex", r"附件\s*(\d*)(?=[\s:：]|$)[:：]?"),
    ("box", r"专栏\s*(\d+)"),
    ("table", r"表\s*(?:\d+\s*[-－—–.]\s*)?(\d+)(?=[\s:：])"),
    ("figure", r"图\s*(?:\d+\s*[-－—–.]\s*)?(\d+)(?=[\s:：])"),
    # A capture may lose the word before the number: '2-1 主要指标', '1 大班额下降趋势图'.
    ("table", r"\d+[-－—–](\d+)(?=\s+[^\d\s][^。,，;；]{1,28}$)"),
    ("figure", r"(\d+)(?=\s+[^\d\s.．、][^。,，;；]{1,28}图$)"),
    ("chinese", rf"({_CHINESE})\s*、"),
    ("chinese_paren", rf"[(（]\s*({_CHINESE})\s*[)）]"),
    ("arabic", r"(\d{1,2})\s*[.．、](?!\d)"),
    ("arabic_paren", r"[(（]\s*(\d{1,2})\s*[)）]"),
    ("circled", r"([①-⑳])"),
    ("dash", r"——"),
)
_PATTERNS = tuple((style, re.compile(pattern)) for style, pattern in _GRAMMAR)

# A heading that runs on into its paragraph ends at the first 。 or : if that comes this soon.
MAX_RUN_ON_TITLE = 40
# A longer line without a mark that ends its title is a paragraph that happens to be numbered.
MAX_TITLE = 60
_TITLE_END = re.compile(r"[。:：]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a heading line says. `length` counts its characters; the rest of the line is a paragraph."""

    style: HeadingStyle
    label: str
    number: int | None
    title: str
    length: int


def _number(text: str | None) -> int | None:
    if not text:
        return None
    if text.isdigit() and text.isascii():
        return int(text)
    if "①" <= text <= "⑳":
        return ord(text) - ord("①") + 1
    return parse_numeral(text)


def _title_length(rest: str) -> int:
    """How many characters after the label belong to the heading."""
    end = _TITLE_END.search(rest)
    if end and end.start() <= MAX_RUN_ON_TITLE:
        return end.end()
    return len(rest) if not end and len(rest) <= MAX_TITLE else 0


def recognise(line: str) -> Heading | None:
    """The heading that a line (without white space at its ends) opens, or None.

    >>> recognise("(三)发展目标").title, recognise("4.06"), recognise("1.党建工程。强化工作,").title
    ('发展目标', None, '党建工程')
    """
    for style, pattern in _PATTERNS:
        match = pattern.match(line)
        if not match:
            continue
        rest = line[match.end() :]
        length = match.end() + (0 if style == "article" else _title_length(rest))
        return Heading(
            style=style,
            label="" if style == "dash" else match[0].strip(),
            number=_number(match[1] if pattern.groups else None),
            title=line[match.end() : length].strip().rstrip("。:：").strip(),
            length=length,
        )
    return None
