"""Answers that are computed from figures: differences, growth, ratios, sums, with the formula shown."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from assistant import operations
from assistant.changes import (
    LEAST_OF_QUESTION,
    difference_unit,
    draft_change,
    draft_changes,
    draft_gap,
    draft_gap_change,
    draft_of,
    draft_times,
)
from assistant.clause import asking_part
from assistant.draft import Draft
from assistant.evidence import Evidence
from assistant.figures import Figure as RankedFigure
from assistant.naming import name_share
from assistant.operands import PEOPLE, Figure, Operands, is_yearly
from assistant.phrases import (
    Pair,
    asked_unit,
    asks_for,
    asks_gap,
    asks_gap_change,
    core,
    halves,
    is_change,
    listed,
)
from assistant.proportions import asks_proportion, draft_proportion
from assistant.question import Question
from assistant.ranking import draft_ranking
from corpus.types import Document, Target

_TOGETHER = re.compile(r"(?:和|与|跟|加上?|及).+(?:相加|加起来|合计|之和|总和|合起来|拢共)|再加")
# What there is and what is to come are summed: 已有的再加上要新增的.
_MORE_TO_COME = re.compile(
    r"(?:已有|已经|已创建|已建|现有|原有|原来|本来|已建).*(?:加上?|和).*(?:新增|新建|新搞|再建|要建|要搞|要添|要加)"
)
_MERELY = re.compile(
    r"新增|新建|新搞|再建|要建|要搞|计划|打算|准备|拟|搞|这|[要前后再将会已有]|到|\s"
)
_NAMES = re.compile(r"[^\s\d年个万人名所%]")
_PUPILS = re.compile(r"学生|在校生?|幼儿(?!园)|孩子|娃儿?")
# The difference of two records in both of their years.
_EACH_YEAR = re.compile(
    r"(?:分别|各)[^,。?]{0,4}(?:给出|是|为)?.*(?:19|20)\d\d年?(?:和|与|、)(?:19|20)\d\d年"
)
# So much of a part's words a figure's own words must say.
STATED = 0.5
_BEFORE = re.compile(r"十三五|现状|当时|基期|起点")


def draft_computed(
    question: Question,
    evidence: Sequence[Evidence],
    documents: Mapping[str, Document],
    ranked: Sequence[tuple[float, RankedFigure]] = (),
) -> Draft | None:
    """The answer to a question that asks for a computation over figures it names, else None.

    `ranked` are the figures that may be meant, best first.
    """
    # The story before a question is tried only where what asks says too little by itself.
    for text in dict.fromkeys((asking_part(question.understood), question.understood)):
        asking = replace(question, query=replace(question.query, standard=text))
        if draft := _computed(asking, evidence, documents, ranked):
            return draft
    return None


def _computed(
    question: Question,
    evidence: Sequence[Evidence],
    documents: Mapping[str, Document],
    ranked: Sequence[tuple[float, RankedFigure]],
) -> Draft | None:
    text = question.understood
    if ranking := draft_ranking(question, evidence, documents):
        return ranking
    pair, parts = halves(text), listed(text)
    asked = asks_for(text, len(set(question.years)))
    proportion = asks_proportion(text)
    if not (pair or parts or asked or proportion):
        return None
    operands = Operands(evidence, documents, question, ranked)
    draft = draft_proportion(operands) if proportion else None
    if len(parts) > 1 and not draft and all(is_change(part) for part in parts):
        draft = draft_changes(operands, parts)
    if parts and not draft:
        draft = _of_list(operands, parts)
    if pair and not draft:
        draft = _of_pair(operands, *pair)
    if draft or not asked:
        return draft
    if asked in {"change", "growth", "yearly", "yearly_growth"}:
        return draft_change(operands, asked)
    return _of_one(operands, asked)


def needs_computing(question: Question, ranked: Sequence[tuple[float, RankedFigure]] = ()) -> bool:
    """Whether only a computation answers: no figure of the plan is what one year adds, or the sum of two.

    But for the figures that may be meant, `ranked`, the plan may state one for every year, or of two together.
    """
    text = asking_part(question.understood)
    parts = listed(text)
    best = ranked[0][1] if ranked else None
    if len(parts) > 1 and _TOGETHER.search(text):
        together = best and all(name_share(core(part), best.words) >= STATED for part in parts[:2])
        return not together
    yearly = best and is_yearly(best.evidence.document, best.record)
    asked = asks_for(text, len(set(question.years)))
    return asked in {"per_year", "yearly", "yearly_growth"} and not yearly


def _year(text: str, question: Question) -> int | None:
    """The one year that a part of a question names, else the one that all of it names."""
    own = set(map(int, re.findall(r"(?:19|20)\d\d", text)))
    years = own or set(question.years) or set(question.query.period_ends)
    return min(years) if len(years) == 1 else None


def found_figures(
    operands: Operands, phrase: str, among: Sequence[Target], context: str = "", against: str = ""
) -> list[Figure]:
    """The figures that a phrase names, best first, in the year that it names."""
    question = operands.question
    year = _year(phrase, question)
    past = bool(_BEFORE.search(question.understood) or question.query.past)
    targets = operands.named(core(phrase), among, context=core(context), against=core(against))
    found = (operands.figure(target, year, past=past) for target in targets)
    return [figure for figure in found if figure]


def _of_list(operands: Operands, parts: Sequence[str]) -> Draft | None:
    """The sum of the figures that the parts name, all in one unit, none of them a share.

    The last part may say only what all of them are for: `甲、乙,要培养的一共多少`.
    """
    figures = _summands(operands, parts)
    if len(parts) > 2 and len(figures) == len(parts) - 1 and core(parts[-1]) not in parts:
        parts = parts[:-1]
    if len(figures) < len(parts):
        return None
    unit = figures[0].target.unit
    result = operations.total([figure.value for figure in figures], unit)
    names = "、".join(dict.fromkeys(figure.target.name for figure in figures))
    before, behind = figures[0].bounded
    when = figures[0].when if _beside(figures[1:], figures[0]) else ""
    text = f"{when}{names}合计{before}{result.shown}{unit}{behind}({result.formula})。"
    return draft_of(text, result, *figures)


def _summands(operands: Operands, parts: Sequence[str]) -> list[Figure]:
    """The figures that the parts name, as far as each names one of its own."""
    text = operands.question.understood
    unit = asked_unit(text)
    among = [t for t in operands.of_unit(unit) if t.unit != "%"]
    counted = PEOPLE if unit.endswith("人") or _PUPILS.search(text) else ""
    mixed = _MORE_TO_COME.search(text) is not None
    figures: list[Figure] = []
    for part in parts:
        same = [t for t in among if not figures or t.unit == figures[0].target.unit]
        context = parts[-1] if part != parts[-1] else parts[0] if mixed else ""
        named_as = part
        if mixed and figures and not _MERELY.sub("", core(part)).strip():
            named_as = parts[0]  # 要新增的: of the same
            same = [t for t in same if t.target is not None and t.baseline is None]
        found = next(
            (
                named
                for words, around in (
                    (named_as, ""),
                    (named_as, context),
                    (_PUPILS.sub("", named_as), counted),
                )
                if (named := found_figures(operands, words, same, around))
            ),
            [],
        )
        taken = {figure.target.name for figure in figures}
        # What there is already comes first, then what is aimed at.
        fits = [f for f in found if f.aimed == bool(figures)] if mixed else found
        best = next((each for each in fits if mixed or _beside(figures, each)), None)
        if best is None or (best.target.name in taken and not mixed):
            break
        figures.append(best)
    return figures


def _beside(figures: Sequence[Figure], figure: Figure) -> bool:
    """Whether a figure may stand beside others: of the same kind and year."""
    return all((each.aimed, each.year) == (figure.aimed, figure.year) for each in figures)


def _of_pair(operands: Operands, kind: Pair, first: str, second: str) -> Draft | None:
    """The computation over two figures; None where the words name but one record."""
    if not _NAMES.search(core(first)) or not _NAMES.search(core(second)):
        return draft_times(operands, first + second) if kind == "ratio" else None
    text = operands.question.understood
    unit = asked_unit(text)
    if kind == "difference" and (
        asks_gap_change(text) or _EACH_YEAR.search(operands.question.standalone)
    ):
        return draft_gap_change(operands, first, second)
    if kind == "difference" and (gap := asks_gap(first, text)):
        return draft_gap(operands, first, second, relative=gap == "growth")
    among = operands.of_unit(unit if kind == "difference" else "")
    if kind == "part":
        shares = operands.named(core(first), operands.of_unit("%"))
        if operands.named(core(f"{first} {second}"), shares):
            return None  # the plan states this share itself
        among = [target for target in among if target.unit != "%"]
    plain = found_figures(operands, first, among, against=second)
    for a in plain[:1] or found_figures(operands, first, among, second)[:1]:
        rest = [t for t in among if t.name != a.target.name and _comparable(kind, a.target, t)]
        plain = found_figures(operands, second, rest, against=first)
        for b in plain or found_figures(operands, second, rest, first):
            if len(set(operands.question.years)) == 1 and b.year != a.year:
                continue
            if _beside([a], b) or a.year != b.year:
                return _paired(operands, kind, a, b)
    return None


def _comparable(kind: Pair, first: Target, second: Target) -> bool:
    lead = "" if kind == "difference" else "百千万亿"  # 万人 and 人 have a ratio
    return first.unit.lstrip(lead) == second.unit.lstrip(lead)


def _paired(operands: Operands, kind: Pair, a: Figure, b: Figure) -> Draft | None:
    names = f"{a.when}{a.target.name}", f"{b.when if b.when != a.when else ''}{b.target.name}"
    if kind == "difference":
        result = operations.difference(a.value, b.value, a.target.unit)
        unit = difference_unit(operands, a.target.unit, result.digits.lstrip("-"))
        more = ("低" if result.value < 0 else "高") if a.target.unit in {"%", "年"} else ""
        more = more or ("少" if result.value < 0 else "多")
        return draft_of(
            f"{names[0]}比{names[1]}{more}{result.shown}{unit}({result.formula})。", result, a, b
        )
    if not b.value:
        return None
    result = operations.ratio(a.amount, b.amount, percent=kind == "part")
    formula = f"{a.text}÷{b.text}"
    if kind == "part":
        return draft_of(f"{names[0]}占{names[1]}的{result.shown}%({formula})。", result, a, b)
    return draft_of(f"{names[0]}是{names[1]}的{result.shown}倍({formula})。", result, a, b)


def _is_total(operands: Operands, figure: Figure) -> bool:
    """Whether a figure is of several years together: one of a text, not yearly, with one value."""
    document, target = figure.document, figure.target
    return (
        document.table(target.section_id) is None
        and (target.baseline is None or target.target is None)
        and not is_yearly(operands.documents[target.document_id], target)
    ) or "累计" in target.name


def _of_one(operands: Operands, asked: str) -> Draft | None:
    """What is computed from one value: the rest of a whole, a year's part, or several years' sum."""
    question = operands.question
    unit = "%" if asked == "complement" else asked_unit(question.understood)
    among = operands.of_unit(unit)
    if asked == "over_years":
        among = [t for t in among if is_yearly(operands.documents[t.document_id], t)]
    named = operands.named(core(question.understood), among, least=LEAST_OF_QUESTION - 0.1)
    named = named or operands.named(" ".join(question.query.added), among)
    named = named or operands.surest(among)
    past = bool(_BEFORE.search(question.understood) or question.query.past)
    year = _year(question.understood, question)
    figure = next((f for t in named if (f := operands.figure(t, year, past=past))), None)
    if not figure:
        return None
    name, document = figure.target.name, figure.document.metadata
    if asked == "complement":
        if figure.value > Decimal(100):
            return None
        result = operations.complement(figure.value)
        return draft_of(
            f"{figure.when}{name}为{figure.text},其余占{result.shown}%({result.formula})。",
            result,
            figure,
        )
    if document.period_start is None or document.period_end is None or figure.target.unit == "%":
        return None
    years = document.period_end - document.period_start + 1
    before, behind = figure.bounded
    if asked == "over_years":
        result = operations.over_years(figure.value, years, figure.target.unit)
        text = (
            f"{name}{years}年{before}{result.shown}{figure.target.unit}{behind}({result.formula})。"
        )
    elif _is_total(operands, figure):
        result = operations.per_year(figure.value, years)
        text = f"{name}{figure.text},平均每年{result.shown}{figure.target.unit}({result.formula})。"
    else:
        return None
    return draft_of(text, result, figure, years=years)
