"""Answers that are computed from figures: differences, growth, ratios, sums, with the formula shown."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from assistant import operations
from assistant.amounts import Figure, is_yearly
from assistant.changes import (
    LEAST_OF_QUESTION,
    difference_unit,
    draft_change,
    draft_changes,
    draft_of,
)
from assistant.clause import PREFACE, asking_part
from assistant.draft import Draft
from assistant.each_change import draft_each_change
from assistant.earlier_value import draft_earlier
from assistant.evidence import Evidence
from assistant.figures import Figure as RankedFigure
from assistant.gaps import draft_gap
from assistant.mentions import BEFORE, found_figures, year_of
from assistant.naming import SCHOOLS, name_share
from assistant.operands import Operands
from assistant.pairs import draft_pair
from assistant.parts_of_whole import draft_part_of_whole
from assistant.phrases import Asked, asked_unit, asks_for, core, counts_persons, halves, is_change
from assistant.proportions import asks_proportion, draft_proportion
from assistant.question import Question
from assistant.ranking import draft_ranking
from assistant.repeated_names import draft_of_each
from assistant.school_levels import draft_levels
from assistant.summands import listed
from assistant.sums import asks_added, draft_added, draft_sum, draft_together
from corpus.numerals import parse_numeral
from corpus.types import Document
from index.query import fits_unit

_TOGETHER = re.compile(r"(?:和|与|跟|加上?|及).+(?:相加|加起来|合计|之和|总和|合起来|拢共)|再加")
# How far a figure is from a number that the question says: 离十二年还差几年.
_SHORT_OF = re.compile(
    r"(?:离|距离?)(?:(?P<whole>百分之百)|(?P<number>\d+(?:\.\d+)?|[一二两三四五六七八九十百]+)(?P<unit>%|年|万人?|人|所|个|名|亿元|万元))"
    r"[^,。?]{0,6}?(?:差|有|缺|少)(?:多少|几)"
)
# What is counted in these is no pupils.
_THINGS = frozenset("所 间 套 门 座 家 处 项 对 年 元 亿元 万元 岁".split())
_PERSONS = ("人次", "名", "人")
# Which of two changes more: 甲和乙,哪一个提得更多.
_WHICH_MOVES = re.compile(
    r"^(?P<a>[^,]+?)(?:和|与|跟|、)(?P<b>[^,]+?)(?:相比|比起来|(?<!占)比(?=,))?,?(?:[^,。?]{0,10})(?:哪一?(?:个|类|项|种|段|边|头)?|谁)的?"
    r"(?:[^,。?]{0,4}的?人?数?)(?:提|涨|长|增|升|降|减|蹿|窜|冲|增加|提高|增长|减少|下降|变化)[^,。?最]{0,4}(?P<way>多|快|大|猛|凶|狠)"
)
_MORE_IN_ENGLISH = re.compile(
    r"how (?:many|much) (?:more|fewer|less|higher|lower)\b.*\b(?:than|compared|from|between)\b|"
    r"\bby how (?:many|much)\b.*\b(?:shrink|grow|rise|fall|drop|increase|decrease|go up|go down)\b",
    re.I,
)
# Which of two is more, asked without a number.
_WHICH_MORE = re.compile(
    r"还是[^,。?]{0,12}[多少]|(?:哪|谁)[^,。?]{0,12}(?<!至)[多少](?!少|年)|占(?:多大|几成|百分之)"
)
# So much of a part's words a figure's own words must say.
STATED = 0.5


def draft_computed(
    question: Question,
    evidence: Sequence[Evidence],
    documents: Mapping[str, Document],
    ranked: Sequence[tuple[float, RankedFigure]] = (),
) -> Draft | None:
    """The answer to a question that asks for a computation over figures it names, else None.

    `ranked` are the figures that may be meant, best first.
    """
    levels = Operands(evidence, documents, question, ranked)
    of_levels = draft_levels(levels) if _may_be_of_levels(question) else None
    if draft := of_levels or draft_earlier(question, evidence):
        return draft
    # The story before a question is tried only where what asks says too little by itself.
    asking = asking_part(question.understood)
    for text in dict.fromkeys((PREFACE.sub("", asking), asking, question.understood)):
        tried = replace(question, query=replace(question.query, standard=text))
        if draft := _computed(tried, evidence, documents, ranked):
            return draft
    if question.kind not in {"figure", "list"}:
        return None
    return draft_part_of_whole(levels, evidence)


def _may_be_of_levels(question: Question) -> bool:
    """Whether a question may ask for a computation over the pupils of levels of school."""
    counts = question.kind in {"figure", "list"} or _WHICH_MORE.search(question.understood)
    return bool(counts) and question.unit not in _THINGS


def _computed(
    question: Question,
    evidence: Sequence[Evidence],
    documents: Mapping[str, Document],
    ranked: Sequence[tuple[float, RankedFigure]],
) -> Draft | None:
    text, operands = question.understood, Operands(evidence, documents, question, ranked)
    if moves := _WHICH_MOVES.search(text):
        relative = moves["way"] == "快"
        first, second = _named_alike(moves["a"], moves["b"])
        if draft := draft_gap(operands, first, second, relative=relative, greater_first=True):
            return draft
    of_many = draft_ranking(question, evidence, documents) or draft_of_each(operands)
    of_many = of_many or draft_each_change(operands)
    if of_many:
        return of_many
    pair, parts = halves(text), listed(text)
    asked = asks_for(text, len(set(question.years))) or _asks_in_english(question)
    proportion = asks_proportion(text)
    short = _SHORT_OF.search(text)
    if not (pair or parts or asked or proportion or short or asks_added(text)):
        return None
    draft = draft_proportion(operands) if proportion else None
    if not proportion:
        draft = draft_together(operands, parts) or draft_added(operands)
    if short and not draft:
        draft = _short_of(operands, short)
    if len(parts) > 1 and not draft and all(is_change(part) for part in parts):
        draft = draft_changes(operands, parts)
    if parts and not draft:
        draft = draft_sum(operands, parts)
    if pair and not draft:
        draft = draft_pair(operands, *pair)
    if draft or not asked:
        return draft
    if asked in {"change", "growth", "yearly", "yearly_growth"}:
        return draft_change(operands, asked)
    return _of_one(operands, asked)


def _asks_in_english(question: Question) -> Asked:
    """A change, where an English question sets two years against each other: 0.8 years more in 2025 than in 2020."""
    more = question.query.english and _MORE_IN_ENGLISH.search(question.standalone)
    return "change" if more and len(set(question.years)) > 1 else ""


def _named_alike(first: str, second: str) -> tuple[str, str]:
    """Two names, the first completed by the second where it says a level of school alone: 小学和初中教师的比例."""
    own, other = SCHOOLS.fullmatch(first.strip()), SCHOOLS.search(second)
    if own and other:
        return second.replace(other[0], own[0], 1), second
    return first, second


def needs_computing(question: Question, ranked: Sequence[tuple[float, RankedFigure]] = ()) -> bool:
    """Whether only a computation answers: no figure of the plan is what one year adds, or the sum of two.

    But for the figures that may be meant, `ranked`, the plan may state one for every year, or of two together.
    """
    text = asking_part(question.understood)
    parts = listed(text)
    best = ranked[0][1] if ranked else None
    if len(parts) > 1 and _TOGETHER.search(text):
        return not (best and all(_is_stated(part, best.words) for part in parts[:2]))
    yearly = best and is_yearly(best.evidence.document, best.record)
    asked = asks_for(text, len(set(question.years)))
    return asked in {"per_year", "yearly", "yearly_growth"} and not yearly


def _is_stated(part: str, words: str) -> bool:
    """Whether the words of a figure say a part of a sum, the thing itself too."""
    name = core(part).strip()
    return name_share(name, words) >= STATED and name[-2:] in words


def _short_of(operands: Operands, said: re.Match[str]) -> Draft | None:
    """How far a figure is from a number that the question says."""
    number: str | int | None
    if said["whole"]:
        number, unit = 100, "%"
    else:
        digits, unit = said["number"], said["unit"]
        number = digits if digits[0].isdigit() else parse_numeral(digits)
    unit = "万人" if unit == "万" else unit
    head = said.string[: said.start()]
    figures = found_figures(operands, head, operands.of_unit(unit))
    if number is None or not figures or figures[0].target.unit != unit:
        return None
    figure = figures[0]
    result = operations.difference(Decimal(number), figure.value, unit)
    points = difference_unit(operands, unit, result.digits.lstrip("-"))
    word = "还差" if result.value >= 0 else "超出"
    far = f"离{number}{unit}{word}{result.shown}{points}({result.formula})"
    text = f"{figure.when}{figure.target.name}为{figure.text},{far}。"
    derived = result.derived | {str(number)}
    return draft_of(text, replace(result, derived=derived), figure)


def _is_total(operands: Operands, figure: Figure) -> bool:
    """Whether a figure is of several years together: one of a text, not yearly, with one value."""
    document, target = figure.document, figure.target
    return (
        document.table(target.section_id) is None
        and (target.baseline is None or target.target is None)
        and not is_yearly(operands.documents[target.document_id], target)
    ) or "累计" in target.name


def _the_one(operands: Operands, asked: str) -> Figure | None:
    """The one value that something is computed from; None where the question names none."""
    question = operands.question
    unit = "%" if asked == "complement" else asked_unit(question.understood)
    among = operands.of_unit(unit)
    if asked == "over_years":
        if unit in _PERSONS:  # 30名 each year are 150人次
            among = [t for u in _PERSONS for t in operands.of_unit(u)]
        among = [t for t in among if is_yearly(operands.documents[t.document_id], t)]
    if counts_persons(question.understood):
        among = [t for t in among if fits_unit("人", t.unit)]
    named = operands.named(core(question.understood), among, least=LEAST_OF_QUESTION - 0.1)
    named = named or operands.named(" ".join(question.query.added), among)
    named = named or operands.surest(among)
    if asked == "per_year":
        named = named or operands.likeliest(among)
    past = bool(BEFORE.search(question.understood) or question.query.past)
    year = year_of(question.understood, question)
    return next((f for t in named if (f := operands.figure(t, year, past=past))), None)


def _of_one(operands: Operands, asked: str) -> Draft | None:
    """What is computed from one value: the rest of a whole, a year's part, or several years' sum."""
    figure = _the_one(operands, asked)
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
