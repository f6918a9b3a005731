"""The ledger of what a capture lost or garbled: found by rule, recorded, never changed in the text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from corpus.types import Repair, Span


@dataclass(frozen=True, slots=True)
class _Rule:
    """A pattern whose group 'lost' is what stands there, and what belongs there instead."""

    name: str
    pattern: re.Pattern[str]
    mend: Callable[[re.Match[str]], str]


_RULES = (
    _Rule(
        "单位右括号丢失",
        re.compile(r"^[^\n(（]{2,24}(?P<lost>[(（][%％‰])$", re.MULTILINE),
        lambda match: f"{match['lost']}{')' if match['lost'][0] == '(' else '）'}",
    ),
    _Rule(
        "左引号丢失",
        re.compile(r"^(?P<lost>)[^“”\n,，。]{1,10}”", re.MULTILINE),
        lambda match: "“",
    ),
    _Rule(
        "文号右括号丢失",
        re.compile(r"〔(?:19|20)\d\d(?P<lost>)(?=\d+号)"),
        lambda match: "〕",
    ),
    _Rule(
        "句末句号丢失",
        re.compile(r"^(?=[^\n]*[,，、])[^\n]{30,}[㐀-鿿”)）%](?P<lost>)$", re.MULTILINE),
        lambda match: "。",
    ),
    _Rule(
        "表号前的“表”字丢失",
        re.compile(r"^(?P<lost>)\d+[-－—–]\d+\s+[^\d\s][^。,，;；\n]{1,28}$", re.MULTILINE),
        lambda match: "表",
    ),
    _Rule(
        "图号前的“图”字丢失",
        re.compile(r"^(?P<lost>)\d+\s+[^\d\s.．、][^。,，;；\n]{1,28}图$", re.MULTILINE),
        lambda match: "图",
    ),
)


def _found(text: str) -> Iterator[Repair]:
    for rule in _RULES:
        for match in rule.pattern.finditer(text):
            span = Span(*match.span("lost"))
            yield Repair(span=span, before=match["lost"], after=rule.mend(match), rule=rule.name)


def find_repairs(text: str) -> tuple[Repair, ...]:
    """The repairs that the rules propose for a text, in order.

    >>> [(r.before, r.after) for r in find_repairs("高中阶段毛入学率(%")]
    [('(%', '(%)')]
    """
    return tuple(sorted(_found(text), key=lambda repair: (repair.span, repair.rule)))
