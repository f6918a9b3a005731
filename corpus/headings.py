"""The grammar of heading lines: which lines open a section, and what number and title they carry.

A line is looked at alone; whether it really opens a section and how deep it stands is decided by
`nesting` from what surrounds it.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from corpus.numerals import parse_numeral
from corpus.types import SectionKind

HeadingStyle = Literal[
    "part", "chapter", "section", "article", "annex",  # 第一编 第一章 第一节 第一条 附件1
    "decimal1", "decimal2", "decimal3", "decimal4",  # 1 总则  1.1 目的  1.1.1 ……
    "chinese", "chinese_paren",  # 一、 (一)
    "arabic", "arabic_paren", "circled",  # 1. (1) ①
    "dash", "box", "table", "figure",  # —— 专栏1 表1 图1
    "plain", "lead",  # no number: the format says it is a heading; bold words open a paragraph
]  # fmt: skip

# Styles of items inside a section: a box or a table that follows them closes them.
ITEM_STYLES: frozenset[HeadingStyle] = frozenset(
    {"arabic", "arabic_paren", "circled", "dash", "box", "lead"}
)
# Styles that count from 1: one that begins elsewhere is a reference, or a number in a sentence.
COUNTED_STYLES: frozenset[HeadingStyle] = frozenset(
    {"chinese", "chinese_paren", "arabic", "arabic_paren", "circled", "decimal1"}
)
KIND_OF: dict[HeadingStyle, SectionKind] = {
    "dash": "item",
    "lead": "item",
    "box": "box",
    "table": "table",
    "figure": "figure",
}

_CHINESE = "[〇零一二三四五六七八九十百]+"
_BETWEEN = r"[\s　]"
# Chapters and the like stand alone on a short line; with an end mark it is a sentence about them.
_SHORT = r"(?=[^。；;]{0,40}$)"
_GRAMMAR: tuple[tuple[HeadingStyle, str], ...] = (
    ("part", rf"第\s*({_CHINESE}|\d+)\s*[编篇]{_SHORT}"),
    ("chapter", rf"第\s*({_CHINESE}|\d+)\s*章{_SHORT}"),
    ("section", rf"第\s*({_CHINESE}|\d+)\s*节{_SHORT}"),
    ("article", rf"第\s*({_CHINESE}|\d+)\s*条(?:之({_CHINESE}))?"),
    ("annex", r"附[件录表]\s*([一二三四五六七八九十]+|\d+)(?=[\s:：]|$)[:：]?"),
    ("box", rf"专栏\s*(\d+|{_CHINESE})"),
    ("table", r"表\s*(?:\d+\s*[-－—–.]\s*)?(\d+)(?=[\s:：])"),
    ("figure", r"图\s*(?:\d+\s*[-－—–.]\s*)?(\d+)(?=[\s:：])"),
    # A capture may lose the word before the number: '2-1 主要指标', '1 大班额下降趋势图'.
    ("table", r"\d+[-－—–](\d+)(?=\s+[^\d\s][^。,，;；]{1,28}$)"),
    ("figure", r"(\d+)(?=\s+[^\d\s.．、][^。,，;；]{1,28}图$)"),
    ("decimal4", rf"\d{{1,2}}\.\d{{1,2}}\.\d{{1,2}}\.(\d{{1,2}}){_BETWEEN}+(?=\D)"),
    ("decimal3", rf"\d{{1,2}}\.\d{{1,2}}\.(\d{{1,2}}){_BETWEEN}+(?=\D)"),
    ("decimal2", rf"\d{{1,2}}\.(\d{{1,2}}){_BETWEEN}+(?=\D)"),
    ("decimal1", rf"(\d{{1,2}}){_BETWEEN}+(?=[^\d\s.．、][^。，,；;]{{1,30}}$)"),
    ("chinese", rf"({_CHINESE})\s*、"),
    ("chinese_paren", rf"[(（]\s*({_CHINESE})\s*[)）]"),
    ("arabic", r"(\d{1,2})\s*[.．、](?!\d)"),
    ("arabic_paren", r"[(（]\s*(\d{1,2})\s*[)）]"),
    ("circled", r"([①-⑳])"),
    ("dash", r"——"),
)
_PATTERNS = tuple((style, re.compile(pattern)) for style, pattern in _GRAMMAR)
# Lines of other beginnings are no headings; this spares them the patterns.
_MAY_OPEN = re.compile(r"[第附专表图\d〇零一二三四五六七八九十百(（①-⑳—]")

# A heading that runs on into its paragraph ends at the first 。 or : if that comes this soon.
MAX_RUN_ON_TITLE = 40
# A longer line without a mark that ends its title is a paragraph that happens to be numbered.
MAX_TITLE = 60
_TITLE_END = re.compile(r"[。:：]")
_SPACED_OUT = re.compile(r"(?<=[㐀-鿿])[\s　]+(?=[㐀-鿿])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a heading line says.

    `length` counts its characters, the title begins at `title_start`; the rest of the line is a
    paragraph. `spaced` tells whether white space follows the label, `sentence` whether the line is one
    short sentence, which may be an item of a list or a title with a 。 after it.
    """

    style: HeadingStyle
    label: str
    number: int | None
    title: str
    length: int
    title_start: int = 0
    spaced: bool = True
    sentence: bool = False


def _number(text: str | None) -> int | None:
    if not text:
        return None
    if text.isdigit() and text.isascii():
        return int(text)
    if "①" <= text <= "⑳":
        return ord(text) - ord("①") + 1
    return parse_numeral(text)


def _title_length(rest: str) -> int:
    """How many characters after the label belong to the heading.

    A line that is one whole clause or sentence (an item of a list in a law) has no title.
    """
    end = _TITLE_END.search(rest)
    if end is None:
        return (
            len(rest) if len(rest) <= MAX_TITLE and not rest.endswith(("；", ";", "，", ",")) else 0
        )
    return 0 if end.start() > MAX_RUN_ON_TITLE or _is_sentence(rest) else end.end()


def _is_sentence(rest: str) -> bool:
    """Whether the words after a label are one sentence, its 。 at the very end."""
    end = _TITLE_END.search(rest)
    return end is not None and end[0] == "。" and end.end() == len(rest)


def tidy_title(title: str) -> str:
    """A title without its end mark and without the spaces that only stretch it: 总　则."""
    return _SPACED_OUT.sub("", title.strip().rstrip("。:：").strip())


def titled(heading: Heading, line: str) -> Heading:
    """A heading that is one sentence, with that sentence as its title."""
    title = tidy_title(line[heading.title_start :])
    return replace(heading, title=title, length=len(line), sentence=False)


def plain_heading(line: str) -> Heading:
    """The heading of a line that only its format says is one."""
    return Heading(style="plain", label="", number=None, title=tidy_title(line), length=len(line))


def lead_heading(line: str, bold: int) -> Heading | None:
    """The heading that the bold words at a line's beginning make, where they end like a title."""
    lead = line[:bold].rstrip()
    fits = 2 <= len(lead) <= MAX_RUN_ON_TITLE and lead.endswith(("。", ":", "："))
    if not fits or len(lead) == len(line):
        return None
    return Heading(style="lead", label="", number=None, title=tidy_title(lead), length=len(lead))


def recognise(line: str) -> Heading | None:
    """The heading that a line (without white space at its ends) may open, or None.

    >>> recognise("(三)发展目标").title, recognise("4.06"), recognise("1.党建工程。强化工作,").title
    ('发展目标', None, '党建工程')
    """
    if not _MAY_OPEN.match(line):
        return None
    for style, pattern in _PATTERNS:
        match = pattern.match(line)
        if not match:
            continue
        rest = line[match.end() :]
        length = match.end() + (0 if style == "article" else _title_length(rest))
        return Heading(
            style=style,
            label="" if style == "dash" else _SPACED_OUT.sub("", match[0].strip()),
            number=_number(match[1] if pattern.groups else None),
            title=tidy_title(line[match.end() : length]),
            length=length if length > match.end() else len(match[0].rstrip()),
            title_start=match.end(),
            sentence=style != "article" and len(rest) <= MAX_RUN_ON_TITLE and _is_sentence(rest),
            spaced=not rest or rest[0].isspace() or match[0][-1].isspace(),
        )
    return None
