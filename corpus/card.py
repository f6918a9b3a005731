"""The information card that government pages put before a document: `[ 索引号 ] 1150…`."""

import re
from datetime import date

from corpus.types import CardField, Span

_FIELD = re.compile(r"^[ \t]*[\[【]\s*([^\]】\n]{2,10}?)\s*[\]】][ \t]*(.*?)[ \t]*$", re.MULTILINE)


def read_card(text: str) -> tuple[CardField, ...]:
    r"""The fields of the first card in a text, in order; a run of fields without a line between.

    >>> [(field.name, field.value) for field in read_card("导航\n[ 索引号 ] 12\n[ 主题分类 ] 教育\n")]
    [('索引号', '12'), ('主题分类', '教育')]
    """
    fields: list[CardField] = []
    for match in _FIELD.finditer(text):
        if fields and text[fields[-1].span.end : match.start()].strip():
            break
        if fields and text.count("\n", fields[-1].span.end, match.start()) > 1:
            break
        fields.append(
            CardField(name=match[1], value=match[2], span=Span(match.start(), match.end()))
        )
    return tuple(fields) if len(fields) > 1 else ()


def card_date(fields: tuple[CardField, ...], name: str) -> date | None:
    """The ISO date in the card's field of that name, if it has one."""
    values = [field.value for field in fields if field.name == name]
    match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", values[0]) if values else None
    return date(*map(int, match.groups())) if match else None
