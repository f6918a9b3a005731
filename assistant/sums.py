"""Sums of figures that a question lists, and of what there is with what is to come."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from assistant import operations
from assistant.amounts import Figure
from assistant.changes import draft_of
from assistant.draft import Draft
from assistant.mentions import beside, found_figures
from assistant.naming import RANK, SCHOOLS, ranks_of
from assistant.operands import Operands, people_of
from assistant.operations import plain
from assistant.phrases import asked_unit, core, counts_persons
from corpus.types import Target
from index.query import fits_unit

# What there is and what is to come are summed: 已经有…,再添…,总共….
_ADDED = re.compile(
    r"(?:已经|已有|(?:前头|先头|早先|之前|以前|先前|原先)(?:就)?(?:有|搞|建|创|办)|已建|已创建|原有|原来|现有|本来|十三五|[前上]一?个五年)[^?]*(?:加上?|再|又|还要|新增|新建|新搞|添|要建|要搞)[^?]*"
    r"(?:一共|总共|加拢|加起来|合计|拢共|合起来|总数|共有|多少|几)|"
    r"加上[^。?]*(?:新增|新建|添|要建)[^。?]*(?:一共|总共|合计|拢共)"
)
# The words of such a question that name nothing.
_MERELY = re.compile(
    r"\d+(?:\.\d+)?|加上|新增|新建|新搞|再建|合起来|拢共|计划|打算|准备|[一两这那]批|后头|后来|先头|前头|早先|原先|先前|以前|[要前后有搞添加又]"
)
# Measure words of things, which are counted together whatever they are: 6个+15间.
MEASURES = frozenset("个 间 所 套 门 座 家 处 项 对".split())
# So much of a question's words two figures of one thing must say.
LEAST_OF_BOTH = 0.3
# Characters of the noun that a name ends in.
HEAD = 2
_NUMBERS = re.compile(r"(\d+(?:\.\d+)?)([个所名间项套门家座])")
_PUPILS = re.compile(r"学生|在校生?|幼儿(?!园)|孩子|娃儿?")


def draft_sum(operands: Operands, parts: Sequence[str]) -> Draft | None:
    """The sum of the figures that the parts name, all in one unit, none of them a share.

    The last part may say only what all of them are for: `甲、乙,要培养的一共多少`.
    """
    figures = _summands(operands, parts, _countable(operands))
    merely = not SCHOOLS.search(parts[-1]) and core(parts[-1]) not in parts
    if len(parts) > 2 and len(figures) == len(parts) - 1 and merely:
        parts = parts[:-1]
    if len(figures) < len(parts) or _of_other_rank(parts, figures):
        return None
    return total_of(figures)


def draft_together(operands: Operands, parts: Sequence[str]) -> Draft | None:
    """The sum of the figures that the parts name, where one section gives them all."""
    if not parts:
        return None
    among = _countable(operands)
    things = [t for t in operands.records if t.unit in MEASURES]
    figures = _in_one_place(operands, parts, among) or _in_one_place(operands, parts, things)
    return total_of(figures) if figures and not _of_other_rank(parts, figures) else None


def _of_other_rank(parts: Sequence[str], figures: Sequence[Figure]) -> bool:
    """Whether a part says a rank that its figure's name does not, or one figure is of that rank and those above."""
    said = [ranks_of(part) for part in parts]
    names = [figure.target.name for figure in figures]
    missed = any(
        ranks and not ranks & ranks_of(name) for ranks, name in zip(said, names, strict=False)
    )
    several = len(frozenset().union(*said)) > 1
    return missed or (several and any(re.search(f"(?:{RANK.pattern})以上", n) for n in names))


def total_of(figures: Sequence[Figure]) -> Draft:
    """The sum of figures, with what each is."""
    units = {figure.target.unit for figure in figures}
    unit = figures[0].target.unit if len(units) == 1 else ""
    result = operations.total([figure.value for figure in figures], unit)
    shown = result.shown
    highest = [(f.aimed and f.target.target_high) or f.value for f in figures]
    if (most := operations.total(highest, unit)).value != result.value:
        shown = f"{shown}—{most.shown}"
        result = replace(result, derived=result.derived | most.derived)
    if not unit or most.value != result.value:
        ranges = [
            f.text if high == f.value else f"{plain(f.value)}—{plain(high)}{f.target.unit}"
            for f, high in zip(figures, highest, strict=True)
        ]
        result = replace(result, formula="+".join(ranges))
    names = "、".join(dict.fromkeys(figure.target.name for figure in figures))
    before, behind = figures[0].bounded
    when = figures[0].when if beside(figures[1:], figures[0]) else ""
    text = f"{when}{names}合计{before}{shown}{unit}{behind}({result.formula})。"
    return draft_of(text, result, *figures)


def rest_beside(whole: Figure, parts: Sequence[Figure]) -> Draft | None:
    """What is left of a whole beside its parts; None where they are as much or more."""
    scale = whole.amount / whole.value if whole.value else Decimal(1)
    values = [part.amount / scale for part in parts]
    result = operations.remainder(whole.value, values)
    if result.value <= 0:
        return None
    result = replace(result, formula="−".join(figure.text for figure in (whole, *parts)))
    names = "和".join(part.target.name for part in parts)
    text = (
        f"{whole.when}{whole.target.name}除去{names},"
        f"还有{result.shown}{whole.target.unit}({result.formula})。"
    )
    return draft_of(text, result, whole, *parts)


def asks_added(text: str) -> bool:
    """Whether a question adds what is to come to what there is."""
    return _ADDED.search(text) is not None


def draft_added(operands: Operands) -> Draft | None:
    """What there is of one thing and what is to come of it: `已经有一批,还要再建,总共有多少`."""
    text = operands.question.understood
    if not asks_added(text):
        return None
    counts = [t for t in operands.of_unit(asked_unit(text)) if t.unit != "%"]
    named = operands.named(_MERELY.sub(" ", core(text)), counts, least=LEAST_OF_BOTH)
    pairs = (
        (there, coming)
        for there in named
        for coming in named
        if there.target is None
        and coming.baseline is None
        and there.unit == coming.unit
        and (there.name in coming.name or coming.name in there.name)
    )
    for there, coming in pairs:
        figures = operands.figure(there, past=True), operands.figure(coming)
        if figures[0] and figures[1] and _all_said([figures[0], figures[1]], text):
            return total_of([figures[0], figures[1]])
    return None


def _all_said(figures: Sequence[Figure], words: str) -> bool:
    """Whether every number of their unit that words say is one of the figures."""
    values = {figure.value for figure in figures}
    unit = figures[0].bare_unit
    return {Decimal(number) for number, own in _NUMBERS.findall(words) if own == unit} <= values


def _as_said(figure: Figure, words: str) -> bool:
    """Whether a figure is one of the numbers that words say, where they say numbers of its unit."""
    said = [Decimal(number) for number, unit in _NUMBERS.findall(words) if unit == figure.bare_unit]
    return not said or figure.value in said


def _in_one_place(
    operands: Operands, parts: Sequence[str], among: Sequence[Target]
) -> list[Figure]:
    """The best figures of all parts that one section gives; none where no section has all of them."""
    named = [found_figures(operands, part, among) for part in parts]
    # What follows the parts may name nothing: 甲、乙、丙 培育人数合计.
    named = named[:-1] if len(named) > 2 and not named[-1] else named
    for first in dict.fromkeys(figure for found in named for figure in found):
        place = first.target.section_id
        here = [f for t in among if t.section_id == place and (f := operands.figure(t))]
        inside = [
            _of_part(part, [f for f in found if f.target.section_id == place], here)
            for found, part in zip(named, parts, strict=False)
        ]
        figures = [
            figure
            for figure, part in zip(inside, parts, strict=False)
            if figure and _as_said(figure, part)
        ]
        units = {figure.target.unit for figure in figures}
        names = {figure.target.name for figure in figures}
        alike = len(units) == 1 or units <= MEASURES
        if len(names) == len(named) and alike:
            return figures
    return []


def _of_part(part: str, named: Sequence[Figure], here: Sequence[Figure]) -> Figure | None:
    """The figure of a section that a part names best; else the one whose name ends as the part does.

    优秀校长 of 派去对口支援的校长, which is more like 对口支援的骨干教师 otherwise.
    """
    head = core(part).strip()[-HEAD:]
    ending = [each for each in here if len(head) == HEAD and each.target.name.endswith(head)]
    if named and (named[0] in ending or len(ending) != 1):
        return named[0]
    return ending[0] if len(ending) == 1 else None


def _counts_persons(operands: Operands) -> bool:
    text = operands.question.understood
    return asked_unit(text).endswith("人") or counts_persons(text)


def _countable(operands: Operands) -> list[Target]:
    """The records that may be summed: no shares; persons alone where persons are asked for."""
    among = [t for t in operands.of_unit(asked_unit(operands.question.understood)) if t.unit != "%"]
    persons = _counts_persons(operands)
    return [t for t in among if fits_unit("人", t.unit)] if persons else among


def _summands(operands: Operands, parts: Sequence[str], among: Sequence[Target]) -> list[Figure]:
    """The figures that the parts name, as far as each names one of its own."""
    persons = _counts_persons(operands)
    figures: list[Figure] = []
    for part in parts:
        same = [t for t in among if not figures or t.unit == figures[0].target.unit]
        context = parts[-1] if part != parts[-1] else ""
        found = next(
            (
                named
                for words, around in (
                    (part, ""),
                    (part, context),
                    (_PUPILS.sub("", part), people_of(part) if persons else ""),
                )
                if (named := found_figures(operands, words, same, around))
            ),
            [],
        )
        taken = {figure.target.name for figure in figures}
        fits = (each for each in found if _as_said(each, part) and beside(figures, each))
        best = next(fits, None)
        if best is None or best.target.name in taken:
            break
        figures.append(best)
    return figures
