"""The information card that government pages put before a document: `[ 索引号 ] 1150…`, `索 引 号：0000…`."""

import re
from datetime import date

from corpus.types import CardField, Span

_BRACKETED = re.compile(
    r"^[ \t]*[\[【]\s*([^\]】\n]{2,10}?)\s*[\]】][ \t]*(.*?)[ \t]*$", re.MULTILINE
)
_NAMES = (
    "索引号 主题分类 发文机关 发布机构 公开机构 成文日期 生成日期 标题 名称 "
    "发文字号 文号 发布日期 主题词 有效性 体裁分类 公文种类"
).split()
# A page stretches names to one width: 索 引 号, 标　　题.
_COLON = re.compile(
    r"^[ \t]*("
    + "|".join(r"[ \t　]*".join(name) for name in _NAMES)
    + r")[ \t　]*[:：][ \t]*(.*?)[ \t]*$",
    re.MULTILINE,
)
# A card stands at the top of a page.
MAX_OFFSET = 5000


def _fields(text: str, pattern: re.Pattern[str]) -> tuple[CardField, ...]:
    """The first run of fields, without a line of another kind between them."""
    fields: list[CardField] = []
    for match in pattern.finditer(text, 0, MAX_OFFSET):
        between = text[fields[-1].span.end : match.start()] if fields else ""
        if between.strip() or between.count("\n") > 1:
            break
        name = "".join(match[1].split())
        fields.append(CardField(name=name, value=match[2], span=Span(match.start(), match.end())))
    return tuple(fields) if len(fields) > 1 else ()


def read_card(text: str) -> tuple[CardField, ...]:
    r"""The fields of the first card in a text, in order; empty where there is none.

    >>> [(field.name, field.value) for field in read_card("导航\n[ 索引号 ] 12\n[ 主题分类 ] 教育\n")]
    [('索引号', '12'), ('主题分类', '教育')]
    """
    return _fields(text, _BRACKETED) or _fields(text, _COLON)


def parse_date(text: str) -> date | None:
    """The first date in a text, written 2022-04-02 or 2022年4月2日; None where there is none.

    >>> parse_date("2019年01月24日")
    datetime.date(2019, 1, 24)
    """
    match = re.search(r"(\d{4})(?:-|年)(\d{1,2})(?:-|月)(\d{1,2})日?", text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def card_value(fields: tuple[CardField, ...], *names: str) -> str:
    """The value of the first of these fields that has one, or ''."""
    values = {field.name: field.value for field in fields}
    return next((values[name] for name in names if values.get(name)), "")
