"""What two figures give together: their difference, their ratio, the share of one in the other."""

import re
from dataclasses import replace

from assistant import operations
from assistant.amounts import Figure
from assistant.changes import difference_unit, draft_of, draft_times
from assistant.draft import Draft
from assistant.gaps import draft_gap, draft_gap_change
from assistant.mentions import beside, found_figures
from assistant.operands import Operands
from assistant.phrases import Pair, asked_unit, asks_gap, asks_gap_change, core, is_change
from assistant.proportions import share_of_change
from corpus.types import Target

_NAMES = re.compile(r"[^\s\d年个万亿元人名所间项%,?]")
# Which of two is the greater is asked too: 哪样多,是几倍关系.
_EITHER_WAY = re.compile(r"哪|谁|倍数?关系")
# How a share changes: 是上升还是下降.
MOVES = re.compile(
    r"(?:上升|提高|增加|变大|变高|升|涨)还是(?:会|要)?(?:下降|降低|减少|变小|变低|降|跌)|变化(?:了|多少|怎|如何|情况)|(?:怎么|如何)变|"
    r"(?:和|与|跟)?(?:比)?(?:19|20)\d\d年?(?:相?比)?,?(?:相?差|高|低|多|少)(?:出|了)?(?:多少|几)个?百分点|"
    r"(?:比[重例]|占比|份额)[^。?]*(?:(?:抬|提|升|增)[高加升]?|上升|下降|降低|减少|[高低])了?(?:多少|几)个?(?:百分)?点"
)
# Who compares money compares no pupils.
_MONEY = re.compile(r"经费|投入|资金|工资|预算|拨款|多少钱")
# A whole that is what comes on top: 新增的学生里,小学占多少.
_ADDED = re.compile(r"(?:新增|增加|净增|多出来?)的")
# The difference of two records in both of their years.
_EACH_YEAR = re.compile(
    r"(?:分别|各)[^,。?]{0,4}(?:给出|是|为)?.*(?:19|20)\d\d年?(?:和|与|、)(?:19|20)\d\d年"
)


def draft_pair(operands: Operands, kind: Pair, first: str, second: str) -> Draft | None:
    """The computation over two figures; None where the words name but one record."""
    if not _NAMES.search(core(first)) or not _NAMES.search(core(second)):
        return draft_times(operands, first + second) if kind == "ratio" else None
    text = operands.question.understood
    unit = asked_unit(text)
    if _asks_changes(operands, kind, first, second):
        return _of_changes(operands, kind, first, second)
    among = operands.of_unit(unit if kind == "difference" else "")
    if kind == "part":
        shares = operands.named(core(first), operands.of_unit("%"))
        if operands.named(core(f"{first} {second}"), shares):
            return None  # the plan states this share itself
        among = [target for target in among if target.unit != "%"]
    plain = found_figures(operands, first, among, against=second)
    for a in plain[:1] or found_figures(operands, first, among, second)[:1]:
        if _MONEY.search(text) and not a.target.unit.endswith("元"):
            return None
        rest = [t for t in among if t.name != a.target.name and _comparable(kind, a.target, t)]
        plain = found_figures(operands, second, rest, against=first)
        for b in plain or found_figures(operands, second, rest, first):
            if len(set(operands.question.years)) == 1 and b.year != a.year:
                continue
            if beside([a], b) or a.year != b.year:
                return pair_of(operands, kind, a, b)
    return None


def _asks_changes(operands: Operands, kind: Pair, first: str, second: str) -> bool:
    """Whether two changes are compared, not two figures."""
    text = operands.question.understood
    if kind == "part":
        return is_change(second) or _ADDED.search(second) is not None
    each_year = _EACH_YEAR.search(operands.question.standalone) is not None
    return kind == "difference" and bool(
        asks_gap_change(text) or each_year or asks_gap(first, text)
    )


def _of_changes(operands: Operands, kind: Pair, first: str, second: str) -> Draft | None:
    text = operands.question.understood
    if kind == "part":
        return share_of_change(operands, second, first)
    if asks_gap_change(text) or _EACH_YEAR.search(operands.question.standalone):
        return draft_gap_change(operands, first, second)
    return draft_gap(operands, first, second, relative=asks_gap(first, text) == "growth")


def _comparable(kind: Pair, first: Target, second: Target) -> bool:
    lead = "" if kind == "difference" else "百千万亿"  # 万人 and 人 have a ratio
    return first.unit.lstrip(lead) == second.unit.lstrip(lead)


def _share_then_and_aimed(operands: Operands, a: Figure, b: Figure) -> Draft | None:
    """What one record is of another in both of their years, and how that changes."""
    parts, wholes = operands.both(a.target), operands.both(b.target)
    if not parts or not wholes or not all(whole.value for whole in wholes):
        return None
    then, aimed = (
        operations.ratio(part.amount, whole.amount, percent=True)
        for part, whole in zip(parts, wholes, strict=True)
    )
    change = operations.difference(
        operations.rounded(aimed.value), operations.rounded(then.value), "%"
    )
    way = "下降" if change.value < 0 else "上升"
    each = ",".join(
        f"{part.when}占{result.shown}%({part.text}÷{whole.text})"
        for part, whole, result in zip(parts, wholes, (then, aimed), strict=True)
    )
    text = f"{a.target.name}占{b.target.name}:{each},{way}{change.shown}个百分点。"
    derived = then.derived | aimed.derived | change.derived
    return draft_of(text, replace(change, derived=derived), *parts, *wholes)


def _difference_of_amounts(a: Figure, b: Figure, names: tuple[str, str]) -> Draft | None:
    """The difference of 万人 and 人, in the plain unit; None where they count different things."""
    if a.bare_unit != b.bare_unit:
        return None
    result = operations.difference(a.amount, b.amount, a.bare_unit)
    more = "少" if result.value < 0 else "多"
    text = f"{names[0]}比{names[1]}{more}{result.shown}{a.bare_unit}({result.formula})。"
    derived = result.derived | {operations.plain(each.amount) for each in (a, b)}
    return draft_of(text, replace(result, derived=derived), a, b)


def _difference(operands: Operands, a: Figure, b: Figure, names: tuple[str, str]) -> Draft | None:
    """By how much one figure is more than another; of 万人 and 人 in the plain unit."""
    if a.target.unit != b.target.unit:
        return _difference_of_amounts(a, b, names)
    result = operations.difference(a.value, b.value, a.target.unit)
    unit = difference_unit(operands, a.target.unit, result.digits.lstrip("-"))
    if not result.value:
        text = f"{names[0]}与{names[1]}一样,都是{a.text}(相差{result.shown})。"
        return draft_of(text, result, a, b)
    more = ("低" if result.value < 0 else "高") if a.target.unit in {"%", "年"} else ""
    more = more or ("少" if result.value < 0 else "多")
    return draft_of(
        f"{names[0]}比{names[1]}{more}{result.shown}{unit}({result.formula})。", result, a, b
    )


def pair_of(operands: Operands, kind: Pair, a: Figure, b: Figure) -> Draft | None:
    """The computation over two figures, each once; None where it gives nothing that is true of them."""
    if kind == "part" and MOVES.search(operands.question.understood):
        return _share_then_and_aimed(operands, a, b)
    names = f"{a.when}{a.target.name}", f"{b.when if b.when != a.when else ''}{b.target.name}"
    if kind == "difference":
        return _difference(operands, a, b, names)
    if kind == "ratio" and _EITHER_WAY.search(operands.question.understood) and a.amount < b.amount:
        a, b, names = b, a, (names[1], names[0])
    if not b.value or (kind == "part" and a.amount > b.amount):
        return None  # no part is more than its whole
    result = operations.ratio(a.amount, b.amount, percent=kind == "part")
    formula = f"{a.text}÷{b.text}"
    if kind == "part":
        return draft_of(f"{names[0]}占{names[1]}的{result.shown}%({formula})。", result, a, b)
    return draft_of(f"{names[0]}是{names[1]}的{result.shown}倍({formula})。", result, a, b)
