"""The levels of school that a question names, by the rows of a table that count their persons.

A row is named by what is left of its indicator, 小学 of 普通小学, by its category where nothing is, by its short name
(中职 of 中等职业) or by an everyday word for one of these.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.operands import Operands
from corpus.types import Target
from index.lexicon import official_terms

_COMMON = re.compile(r"其中|普通|在校生|在校|在园|学生|规模|总数|人数|教育|阶段|数$")
# Every level there is: 各学段.
_EVERY_LEVEL = re.compile(r"(?:各|每|所有|全部)(?:个|级)?(?:学段|教育阶段|学习阶段)")
# A run of levels: 从幼儿园到大学.
_RUN = re.compile(r"(?P<from>从|由)?(?P<first>[^,。?到]{1,14}?)(?:一?直)?到(?P<last>[^,。?]{1,6})")
# What is left out: 除了大学, 刨开普通本科生和研究生, 没读普高.
_LEFT_OUT = re.compile(
    r"(?:刨[开去掉]|除[去开了脱]|去掉|扣[掉除去]|减去|剔除|(?:没有?|不|未)[读念上])(?P<what>[^,。?]*?)(?=[,。?]|以外|之外|还|$)|"
    r"(?P<aside>[^,。?]{2,10})(?:不算|除外)"
)
# 中等|职业 is called 中职, 普通|高中 普高.
_HALVES, HALF = 4, 2
# Levels of so many other stages beside 高中 tell that stages are listed.
OTHER_STAGES = 2


@dataclass(frozen=True, slots=True)
class NamedLevel:
    """A row that a question names, where, and by which word."""

    target: Target
    start: int
    word: str


def alias_of(target: Target) -> str:
    """What a question calls the persons of a row by."""
    return _COMMON.sub("", target.indicator) or target.category.removesuffix("教育")


def _short(target: Target) -> str:
    """The first characters of both halves of a name of four; '' where it is no such name."""
    name = target.indicator.removesuffix("教育")
    return name[0] + name[2] if len(name) == _HALVES else ""


def _of_persons(operands: Operands) -> list[Target]:
    return [t for t in operands.records if operands.in_table(t) and t.unit.endswith("人")]


def named_levels(operands: Operands, text: str) -> list[NamedLevel]:
    """The rows that count persons and that a text names, in its order; of two at one place the longer name.

    A row is named by its alias, by its short name, or by an everyday word for one of them.
    """
    rows = _of_persons(operands)
    aliases = {alias: row for row in rows if len(alias := alias_of(row)) > 1}
    # 学前、义务、高等: the first row of a category by what is called so.
    stems = {row.category.removesuffix("教育"): row for row in reversed(rows) if not row.parent_id}
    aliases = {stem: row for stem, row in stems.items() if len(stem) > 1} | aliases
    words = {short: row for row in rows if (short := _short(row))} | aliases
    # 读本科的 are its 本科生.
    words = {
        a[:-1]: row for a, row in aliases.items() if a.endswith("生") and len(a) > HALF
    } | words
    for word, terms in official_terms(text):
        meant = (row for term in terms for alias, row in aliases.items() if alias in term)
        if row := next(meant, None):
            words.setdefault(word, row)
    found = [
        (start, start + len(word), row)
        for word, row in words.items()
        if (start := text.find(word)) >= 0
    ]
    kept = {
        row.section_id: NamedLevel(row, start, text[start:end])
        for start, end, row in sorted(found, key=lambda place: -place[0])
        if not any(a <= start and end <= b and (a, b) != (start, end) for a, b, _ in found)
    }
    return _of_stages(sorted(kept.values(), key=lambda named: named.start), rows, text)


def _of_stages(named: list[NamedLevel], rows: Sequence[Target], text: str) -> list[NamedLevel]:
    """高中 beside levels of two other stages is the whole stage, where no part of it is named."""
    meant = next((n for n in named if n.word == "高中" and n.target.parent_id), None)
    if meant is None or text[: meant.start].endswith("普通"):
        return named
    own = [n for n in named if n.target.category == meant.target.category]
    others = {n.target.category for n in named} - {meant.target.category}
    if len(own) > 1 or len(others) < OTHER_STAGES:
        return named
    whole = next(row for row in rows if row.section_id == meant.target.parent_id)
    return [NamedLevel(whole, n.start, n.word) if n is meant else n for n in named]


def left_out(text: str, named: Sequence[NamedLevel]) -> list[NamedLevel]:
    """The levels that a text leaves out: 研究生 of 大学生刨开研究生."""
    spans = [
        match.span("what" if match["what"] is not None else "aside")
        for match in _LEFT_OUT.finditer(text)
    ]
    return [n for n in named if any(start <= n.start < end for start, end in spans)]


def run_of_levels(
    operands: Operands, text: str, named: Sequence[NamedLevel]
) -> tuple[list[Target], list[NamedLevel]]:
    """The rows of all levels that a text means together, in the table's order, and the names that say so.

    None of either where it means no run. A run that begins or ends within a level takes the parts of it from
    there on or up to there; 高中 at an end is all of 高中阶段, 普高 that part alone.
    """
    rows = sorted(_of_persons(operands), key=lambda row: row.span.start)
    tops = [row for row in rows if not row.parent_id and row.category]
    for run in _RUN.finditer(text):
        ends = [
            [n for n in named if run.start(part) <= n.start < run.end(part)]
            for part in ("first", "last")
        ]
        # 从甲、乙一直到丙 lists them all.
        if ends[1] and (ends[0] or run["from"]) and "、" not in run["first"]:
            begin = _parts(rows, ends[0][-1], onwards=True) if ends[0] else []
            end = _parts(rows, ends[1][0], onwards=False)
            places = [tops.index(_top(tops, part[0])) for part in (begin, end) if part]
            first, last = (places[0] if begin else -1), places[-1]
            between = [*begin, *tops[first + 1 : last], *end]
            if not begin or first < last:
                return between, [*ends[0], ends[1][0]]
    return (tops, []) if _EVERY_LEVEL.search(text) and not named else ([], [])


def _top(tops: Sequence[Target], row: Target) -> Target:
    return next(
        top for top in tops if row.section_id in {top.section_id} or row.parent_id == top.section_id
    )


def _parts(rows: Sequence[Target], end: NamedLevel, *, onwards: bool) -> list[Target]:
    """The level at an end of a run: all of it, or its parts from the one that is named on, or up to it."""
    row = end.target
    if not row.parent_id or end.word == _short(row):
        return [row]
    top = next(r for r in rows if r.section_id == row.parent_id)
    parts = [r for r in rows if r.parent_id == row.parent_id]
    place = parts.index(row)
    taken = parts[place:] if onwards else parts[: place + 1]
    whole = len(taken) == len(parts) or end.word in top.category
    return [top] if whole else taken
