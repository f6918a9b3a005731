"""Which indicators of a table fit a condition, and which of them comes first."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from operator import ge, gt, lt

from assistant.amounts import places_of
from assistant.draft import Draft, Place, Statement
from assistant.evidence import Evidence
from assistant.extract import MAX_FIRST_LINE
from assistant.operands import Operands
from assistant.operations import difference, growth, plain
from assistant.question import Question
from assistant.table_rows import rows_asked
from corpus.types import Document, Span, Target

# So many rows are cited one by one; beyond, the table is cited as one.
MAX_ROWS = 6
_WHICH = re.compile(r"哪|谁|有没有|有无|几(?:项|个)|多少(?:项|个)|是否有|都是")
_INDICATORS = re.compile(
    r"指标|[几哪]一?项|比率|哪(?:一)?[个拨类种项](?=[^,]*(?:最|更)|[多少大小高低快慢])|(?:的是|是)哪(?:一)?[个项]|(?:谁|哪(?:一)?[个边])[^,]{0,8}[得的]?更?[多少大小高低快慢凶猛](?!少)"
)
_NATURE = re.compile(r"约束性|预期性")
_OTHER_WAY = re.compile(r"还是")
_FALLS = re.compile(
    r"(?:低于|少于|小于|不如)(?:20\d\d|现状)|比20\d\d年?(?:的)?(?:低|少|小|下降|减少)|下降|减少|降低|反而"
)
_STAYS = re.compile(r"一样|相同|持平|不变|没有?变|没有?(?:提高|增加|增长)|相等")
_RISES = re.compile(r"(?:高于|多于)(?:20\d\d|现状)")
_LIMIT = re.compile(
    r"(上(?=\d)|超过|高于|大于|多于|不低于|达到|低于|少于|不到|小于|不足|过)了?\s*(?!(?:19|20)\d\d年)(\d+(?:\.\d+)?)\s*(%|万人|人|年(?!\d))"
)
_LIMIT_BEHIND = re.compile(r"(?<!\d)(\d+(?:\.\d+)?)(%|万人|人|年)(及?以上|以下|以内)")
# 以万人计的, 用百分比表示的, 单位是年的.
_IN_UNIT = re.compile(
    r"(?:以|用|按|单位(?:是|为|写的?是?|标的?是?)?)“?(?P<unit>万人|百分比|百分数|百分率|%|年|人)”?(?:来)?(?:计(?!划)|为单位|表示|作单位|做单位|的(?:指标|有|是)|单位)"
)
_UNITS = {"百分比": "%", "百分数": "%", "百分率": "%"}
_PASSES: dict[str, Callable[[Decimal, Decimal], bool]] = {
    **dict.fromkeys(["达到", "不低于"], ge),
    **dict.fromkeys(["超过", "高于", "大于", "多于", "过"], gt),
}
_MOST = re.compile(
    r"最(多|少|大|小|高|低|快|慢|明显|猛|厉害)|更?(?<=更)(多|少|大|小|高|低|快|慢)|"
    r"(?:谁|哪(?:一)?[个项边])(?:[^,。?]{0,8}[得的]|人数|学生)?(多|少|大|小|高|低|快|慢|凶|猛|厉害|明显)(?!少)"
)
_CHANGE = re.compile(
    r"升(?!学|高)|提高|增加|提升|增长|上升|涨|长(?=[得了]|多少|几)|多出|增幅|下降|减少|变化|升幅|幅度"
)
_ORDER = re.compile(r"排(?:一排|一下|序|列|个|出)|依次|从(?:高|大|多|快|低|小|少|慢)到|名次|分别")
_DIGITS = "一二三四五六七八九"
_TENTHS = re.compile(rf"([{_DIGITS}])成(?![为立果员绩功长本])")
_LEAST = frozenset("少小低慢")


def draft_ranking(
    question: Question, evidence: Sequence[Evidence], documents: Mapping[str, Document]
) -> Draft | None:
    """The indicators that a question asks after by a condition or by their order, else None."""
    text = _TENTHS.sub(lambda tenths: f"{_DIGITS.index(tenths[1]) + 1}0%", question.understood)
    if not (_WHICH.search(text) and _INDICATORS.search(text)):
        return None
    operands = Operands(evidence, documents, question)
    rows = rows_asked(operands, text)
    return _of_rows(operands, rows, text) if len(rows) > 1 else None


def _of_rows(operands: Operands, rows: Sequence[Target], text: str) -> Draft | None:
    """The rows that fit what a question says, or the first of them."""
    if unit := _IN_UNIT.search(text):
        counted = _UNITS.get(unit["unit"], unit["unit"])
        if not _MOST.search(text):
            return _counted_in(operands, rows, counted)
        rows = [row for row in rows if row.unit == counted] or rows
    if _NATURE.search(text) and not _OTHER_WAY.search(text):
        return _of_nature(operands, rows, _NATURE.findall(text)[0])
    if limit := _limit(text):
        return _beyond(operands, rows, *limit)
    if most := _MOST.search(text):
        return _first(operands, rows, (most[1] or most[2] or most[3]) in _LEAST)
    return _changed(operands, rows, text)


def _places(operands: Operands, rows: Sequence[Target]) -> tuple[Place, ...]:
    """The rows and their header, or the whole table where they are many."""
    found = [places_of(operands.documents[row.document_id], row) for row in rows]
    if len(rows) <= MAX_ROWS:
        return tuple(dict.fromkeys([p[0] for p in found] + [p[-1] for p in found]))
    header = found[0][-1]
    section = header.document.section(header.section_id)
    whole = Span(header.span.start, section.span.end)
    return (replace(found[0][0], section_id=header.section_id, span=whole, context=whole),)


def _statement(operands: Operands, text: str, rows: Sequence[Target], *derived: str) -> Statement:
    return Statement(
        text=text, places=_places(operands, rows), kind="computed", derived=frozenset(derived)
    )


def _draft(*statements: Statement) -> Draft:
    return Draft(statements=statements, quotes=statements[0].places)


def _of_nature(operands: Operands, rows: Sequence[Target], nature: str) -> Draft | None:
    known = [row for row in rows if row.nature]
    fit = [row for row in known if row.nature == nature]
    count, total = str(len(fit)), str(len(known))
    if not known:
        return None
    if not fit:
        text = f"没有{nature}指标:这{total}项都是{known[0].nature}指标。"
    elif len(fit) == len(known):
        text = f"这{total}项都是{nature}指标。"
    else:
        names = "、".join(row.name for row in fit)
        text = f"{nature}指标有{count}项:{names}。"
    return _draft(_statement(operands, text, fit or known, count, total))


def _counted_in(operands: Operands, rows: Sequence[Target], unit: str) -> Draft | None:
    """The rows counted in a unit."""
    fit = [row for row in rows if row.unit == unit]
    if not fit:
        return None
    names = "、".join(row.name for row in fit)
    text = f"以{unit}计的有{len(fit)}项:{names}。"
    return _draft(_statement(operands, text, fit, str(len(fit))))


def _limit(text: str) -> tuple[str, Decimal, str] | None:
    """(word, number, unit) of the limit that a question says before or behind its number."""
    if limit := _LIMIT.search(text):
        return ("达到" if limit[1] == "上" else limit[1]), Decimal(limit[2]), limit[3]
    if limit := _LIMIT_BEHIND.search(text):
        return ("不低于" if "上" in limit[3] else "低于"), Decimal(limit[1]), limit[2]
    return None


def _beyond(
    operands: Operands, rows: Sequence[Target], word: str, limit: Decimal, unit: str
) -> Draft | None:
    """The rows whose target (or 2020 value, where that year alone is asked for) passes a limit."""
    figures = [operands.figure(row, operands.question.only_year) for row in rows]
    counted = [figure for figure in figures if figure and figure.target.unit == unit]
    passes: Callable[[Decimal, Decimal], bool] = _PASSES.get(word, lt)
    fit = [figure for figure in counted if passes(figure.value, limit)]
    if not counted:
        return None
    asked = f"{word}{plain(limit)}{unit}"
    when = counted[0].when
    if not fit:
        names = [figure.target for figure in counted]
        text = f"{when}没有{asked}的指标。"
        return _draft(_statement(operands, text, names, plain(limit)))
    listed = "、".join(f"{figure.target.name}({figure.text})" for figure in fit)
    text = f"{when}{asked}的有{len(fit)}项:{listed}。"
    return _draft(_statement(operands, text, [f.target for f in fit], plain(limit), str(len(fit))))


def _moves(rows: Sequence[Target]) -> list[tuple[Target, Decimal, Decimal]]:
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


def _changed(operands: Operands, rows: Sequence[Target], text: str) -> Draft | None:
    """The rows whose target lies below, at or above the value before."""
    if _STAYS.search(text):
        sign, word = 0, "与{}年相同"
    elif _FALLS.search(text):
        sign, word = -1, "低于{}年"
    elif _RISES.search(text):
        sign, word = 1, "高于{}年"
    else:
        return None
    moves = _moves(rows)
    if not moves:
        return None
    fit = [(row, a, b) for row, a, b in moves if (b > a) - (b < a) == sign]
    lead = f"{moves[0][0].target_year}年目标{word.format(moves[0][0].baseline_year)}的"
    if not fit:
        text = f"这{len(moves)}项指标里,没有{lead}。"
        rows = [row for row, *_ in moves]
        return _draft(_statement(operands, text, rows, str(len(moves))))
    listed = "、".join(
        f"{row.name}({plain(a)}{row.unit}→{plain(b)}{row.unit})" for row, a, b in fit
    )
    count = str(len(fit))
    return _draft(
        _statement(operands, f"{lead}有{count}项:{listed}。", [row for row, *_ in fit], count)
    )


def first_of(operands: Operands, rows: Sequence[Target], text: str) -> Draft | None:
    """The row that comes first by what a text asks: the most where it says no 最少."""
    most = _MOST.search(text)
    return _first(operands, rows, bool(most and (most[1] or most[2] or most[3]) in _LEAST))


def _first(operands: Operands, rows: Sequence[Target], least: bool) -> Draft | None:
    """The row that comes first by its change, or by its value, among rows of one unit."""
    text = operands.question.understood
    if re.search(r"百分[点比]|%", text) or "率" in text.replace("增长率", ""):
        rows = [row for row in rows if row.unit == "%"]
    elif "人" in text or "学生" in text or "在校" in text:
        rows = [row for row in rows if row.unit.endswith("人")] or rows
    moves = _moves(rows)
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
    word = (
        ("增长最慢" if least else "增长最快") if relative else way + ("最少" if least else "最多")
    )
    said: list[tuple[str, Target, frozenset[str]]] = []
    for row, before, after in ordered:
        change, derived = _said(row, before, after)
        if relative:
            rate = growth(before, after)
            change, derived = f"增长{rate.shown}%({rate.formula})", rate.derived
        start = f"{word}的是{row.name}," if not said else row.name
        said.append((f"{start}{change}", row, derived))
    if len(said) == 2:  # who compares two wants to see both
        if not relative:
            said.append(_gap(ordered[0][0], *sorted(map(scale, ordered))))
        text = ";".join(text for text, *_ in said)
        derived = frozenset().union(*(derived for *_, derived in said))
        return _draft(_statement(operands, f"{text}。", [row for _, row, _ in said[:2]], *derived))
    if (
        _ORDER.search(operands.question.standalone)
        and len(whole := ";".join(text for text, *_ in said)) < MAX_FIRST_LINE
    ):
        derived = frozenset().union(*(derived for *_, derived in said))
        return _draft(_statement(operands, f"{whole}。", [row for _, row, _ in said], *derived))
    statements = [_statement(operands, f"{text}。", [row], *derived) for text, row, derived in said]
    places = tuple(dict.fromkeys(place for each in statements for place in each.places))
    return Draft(statements=tuple(statements), quotes=places)


def _gap(row: Target, low: Decimal, high: Decimal) -> tuple[str, Target, frozenset[str]]:
    """By how much two changes in a row's unit differ, as one more thing said."""
    gap = difference(high, low)
    unit = "个百分点" if row.unit == "%" else row.unit
    return f"相差{gap.shown}{unit}({gap.formula})", row, gap.derived


def _highest(operands: Operands, rows: Sequence[Target], least: bool) -> Draft | None:
    figures = [operands.figure(row, operands.question.only_year) for row in rows]
    known = sorted((f for f in figures if f), key=lambda f: f.value, reverse=not least)
    if len(known) < 2:
        return None
    if len(known) == 2 and known[0].value == known[1].value:
        names = "和".join(figure.target.name for figure in known)
        text = f"{known[0].when}{names}一样,都是{known[0].text}。"
        return _draft(_statement(operands, text, [figure.target for figure in known]))
    word = "最低" if least else "最高"
    if known[0].target.unit != "%":
        word = "最少" if least else "最多"
    text = f"{known[0].when}{word}的是{known[0].target.name},{known[0].text}。"
    return _draft(_statement(operands, text, [figure.target for figure in known]))
