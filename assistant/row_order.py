"""Which of a table's rows comes first: by its value, or by how it changes."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.amounts import places_of
from assistant.draft import Draft, Place, Statement
from assistant.extract import MAX_FIRST_LINE
from assistant.operands import Operands
from assistant.operations import difference, growth
from corpus.types import Span, Target

# So many rows are cited one by one; beyond, the table is cited as one.
MAX_ROWS = 6
MOST = re.compile(
    r"最(多|少|大|小|高|低|快|慢|明显|猛|凶|厉害)|更?(?<=更)(多|少|大|小|高|低|快|慢)|"
    r"(?:谁|哪(?:一)?[个项边])(?:[^,。?]{0,8}[得的]|人数|学生)?(多|少|大|小|高|低|快|慢|凶|猛|厉害|明显)(?!少)"
)
_CHANGE = re.compile(
    r"升(?!学|高)|(?<![再另])添|提高|增加|提升|增长|上升|涨|长(?=[得了]|多少|几)|多出|抬[高升得]|拔高|增幅|下降|减少|变化|升幅|幅度"
)
# 提高的百分点数排第二的是谁.
NTH = re.compile(r"第(?P<number>[二三四五六])(?:(?P<way>[多少高低大小快慢])|位|名|的|是)")
# 从少到多排: the least is said first.
_RISING = re.compile(r"[从由](?:最)?[少小低慢]到")
_NUMBERS = "一二三四五六"
_ORDER = re.compile(
    r"排(?:一排|一下|序|列|个|出)|依次|从(?:高|大|多|快|低|小|少|慢)到|名次|分别|最[多大高快][^。?]*最[少小低慢]|最[少小低慢][^。?]*最[多大高快]"
)
_LEAST = frozenset("少小低慢")
# What is said of a row's change, the row, and the numbers that were computed.
_SaidChange = tuple[str, Target, frozenset[str]]


def _places(operands: Operands, rows: Sequence[Target]) -> tuple[Place, ...]:
    """The rows and their header, or the whole table where they are many."""
    found = [places_of(operands.documents[row.document_id], row) for row in rows]
    if len(rows) <= MAX_ROWS:
        return tuple(dict.fromkeys([p[0] for p in found] + [p[-1] for p in found]))
    header = found[0][-1]
    section = header.document.section(header.section_id)
    whole = Span(header.span.start, section.span.end)
    return (replace(found[0][0], section_id=header.section_id, span=whole, context=whole),)


def rows_statement(
    operands: Operands, text: str, rows: Sequence[Target], *derived: str
) -> Statement:
    """A computed statement that cites rows of a table; `derived` are its computed numbers."""
    return Statement(
        text=text, places=_places(operands, rows), kind="computed", derived=frozenset(derived)
    )


def rows_draft(*statements: Statement) -> Draft:
    """A draft whose quotes are the rows of its first statement."""
    return Draft(statements=statements, quotes=statements[0].places)


def moves_of(rows: Sequence[Target]) -> list[tuple[Target, Decimal, Decimal]]:
    """(row, value before, value aimed at) of the rows with both."""
    return [
        (row, row.baseline, row.target)
        for row in rows
        if row.baseline is not None and row.target is not None
    ]


def _said(row: Target, before: Decimal, after: Decimal) -> tuple[str, frozenset[str]]:
    """`提高0.14个百分点(94%−93.86%)`, and its derived numbers."""
    result = difference(after, before, row.unit)
    unit = "个百分点" if row.unit == "%" else row.unit
    up = "提高" if row.unit in {"%", "年"} else "增加"
    way = up if after >= before else ("下降" if row.unit == "%" else "减少")
    return f"{way}{result.shown}{unit}({result.formula})", result.derived


def first_of(operands: Operands, rows: Sequence[Target], text: str) -> Draft | None:
    """The row that comes first by what a text asks: the most where it says no 最少."""
    most, nth = MOST.search(text), NTH.search(text)
    way = (nth["way"] if nth else "") or (most and (most[1] or most[2] or most[3])) or ""
    return _first(operands, rows, way in _LEAST or bool(_RISING.search(text)))


def _first(operands: Operands, rows: Sequence[Target], least: bool) -> Draft | None:
    """The row that comes first by its change, or by its value, among rows of one unit."""
    text = operands.question.understood
    if re.search(r"百分[点比]|%", text) or "率" in text.replace("增长率", ""):
        rows = [row for row in rows if row.unit == "%"] or rows
    elif "人" in text or "学生" in text or "在校" in text:
        rows = [row for row in rows if row.unit.endswith("人")] or rows
    moves = moves_of(rows)
    relative = bool(re.search(r"增幅|快|慢|最猛|增长率|百分比|百分之[几多]", text))
    relative = relative and all(row.unit != "%" and before for row, before, _ in moves)
    if len(moves) < 2 or (len({row.unit for row, *_ in moves}) != 1 and not relative):
        return None
    if not _CHANGE.search(text):
        return _highest(operands, rows, least)
    falls = bool(re.search(r"下降|减少", text))

    def scale(move: tuple[Target, Decimal, Decimal]) -> Decimal:
        change = growth(move[1], move[2]).value if relative else move[2] - move[1]
        return -change if falls else change

    ordered = sorted(moves, key=scale, reverse=not least)
    way = "下降" if falls else "提高" if rows[0].unit == "%" else "增加"
    place = _place_asked(text)
    first = _superlative(place)
    word = (
        f"增长{first}{'慢' if least else '快'}"
        if relative
        else f"{way}{first}{'少' if least else '多'}"
    )
    if place > len(ordered):
        return None
    ordered.insert(0, ordered.pop(place - 1))
    said = _changes_said(ordered, word, relative=relative)
    if len(said) == 2 and not relative:  # who compares two wants to see both
        said.append(_gap(ordered[0][0], *sorted(map(scale, ordered))))
    return _laid_out(operands, said, whole=len(ordered) == 2)


def _changes_said(
    ordered: Sequence[tuple[Target, Decimal, Decimal]], word: str, *, relative: bool
) -> list[_SaidChange]:
    """How much each row changes, the first one as what comes first; in % of itself where `relative`."""
    said: list[_SaidChange] = []
    for row, before, after in ordered:
        change, derived = _said(row, before, after)
        if relative:
            rate = growth(before, after)
            change, derived = f"增长{rate.shown}%({rate.formula})", rate.derived
        start = f"{word}的是{row.name}," if not said else row.name
        said.append((f"{start}{change}", row, derived))
    return said


def _laid_out(operands: Operands, said: Sequence[_SaidChange], *, whole: bool) -> Draft:
    """All in one sentence where two are compared or their order is asked for and there is room, else one by one."""
    together = ";".join(text for text, *_ in said)
    ordered = _ORDER.search(operands.question.standalone) and len(together) < MAX_FIRST_LINE
    if whole or ordered:
        derived = frozenset().union(*(derived for *_, derived in said))
        rows = list(dict.fromkeys(row for _, row, _ in said))
        return rows_draft(rows_statement(operands, f"{together}。", rows, *derived))
    statements = [
        rows_statement(operands, f"{text}。", [row], *derived) for text, row, derived in said
    ]
    places = tuple(dict.fromkeys(place for each in statements for place in each.places))
    return Draft(statements=tuple(statements), quotes=places)


def _gap(row: Target, low: Decimal, high: Decimal) -> _SaidChange:
    """By how much two changes in a row's unit differ, as one more thing said."""
    gap = difference(high, low)
    unit = "个百分点" if row.unit == "%" else row.unit
    return f"相差{gap.shown}{unit}({gap.formula})", row, gap.derived


def _place_asked(text: str) -> int:
    """The place in an order that a question asks after, 1 where it names none."""
    nth = NTH.search(text)
    return _NUMBERS.index(nth["number"]) + 1 if nth else 1


def _superlative(place: int) -> str:
    """最 of the first place, 第二 of the second."""
    return "最" if place == 1 else f"第{_NUMBERS[place - 1]}"


def _highest(operands: Operands, rows: Sequence[Target], least: bool) -> Draft | None:
    figures = [operands.figure(row, operands.question.only_year) for row in rows]
    known = sorted((f for f in figures if f), key=lambda f: f.value, reverse=not least)
    if len(known) < 2:
        return None
    if len(known) == 2 and known[0].value == known[1].value:
        names = "和".join(figure.target.name for figure in known)
        text = f"{known[0].when}{names}一样,都是{known[0].text}。"
        return rows_draft(rows_statement(operands, text, [figure.target for figure in known]))
    shares = known[0].target.unit == "%"
    words = ("低", "高") if shares else ("少", "多")
    place = _place_asked(operands.question.understood)
    if place > len(known):
        return None
    if _ORDER.search(operands.question.standalone) and place == 1:
        names = "、".join(f"{figure.target.name}{figure.text}" for figure in known)
        text = f"{known[0].when}由{words[not least]}到{words[least]}:{names}。"
        if len(text) <= MAX_FIRST_LINE:
            return rows_draft(rows_statement(operands, text, [f.target for f in known]))
    first = _superlative(place)
    known.insert(0, known.pop(place - 1))
    alike = [f.target.name for f in known if f.amount == known[0].amount]
    text = f"{known[0].when}{first}{words[not least]}的是{'、'.join(alike)},{known[0].text}。"
    return rows_draft(rows_statement(operands, text, [figure.target for figure in known]))
