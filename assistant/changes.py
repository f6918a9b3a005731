"""How a record's value is to change: by how much, by how many %, in a year, how many times."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from assistant import operations
from assistant.amounts import Figure, places_of
from assistant.draft import Draft, Place, Statement
from assistant.extract import MAX_FIRST_LINE
from assistant.naming import name_share
from assistant.operands import PEOPLE, Operands, people_of
from assistant.operations import Result
from assistant.phrases import asked_unit, core, counts_persons
from corpus.quantities import MULTIPLIERS
from corpus.types import Target

# The words of a whole question hold a name and more beside it, so a record is named by less of them.
LEAST_OF_QUESTION = 0.42
# English is put into terms side by side, in which a name is a smaller part.
LEAST_OF_ENGLISH = 0.35
# What there is and what is to come of one thing: so much of both names is the same.
LEAST_OF_PLACES, SAME_NAME = 0.4, 0.75

# So much of a name must be said where nothing but the evidence chose the record.
SOME_NAME = 0.3
# Beside the change itself: 多多少人,增长百分之几.
_AND_BY_PERCENT = re.compile(
    r"(?:多少|几)[^,。?百]{0,6}[,、和及?](?:又|也|还)?[^,。?]{0,6}(?:(?:增长|增加|增幅|增速|涨幅|下降|减少|降幅|增长率|是)?(?:了)?(?:率|幅度?)?(?:百分之|多少个?%)|"
    r"(?:增长率?|增幅|增速|涨幅|降幅|幅度)(?:是|有)?多[少大][?]?$)"
)
# Beside what it is in a year: 一共要提高几年,摊到每年是多少.
_WHOLE_TOO = re.compile(
    r"(?:一共|总共|合计|拢共)[^,。?]{0,8}(?:多少|几)[^。]*(?:每年|一年)|(?:每年|一年)[^。]*(?:一共|总共|合计|拢共)|"
    r"(?:多少|几)[^,。?]{0,4}[?,](?:那|又|算下来)?(?:平均|平摊|摊)[^,。?]{0,10}每?一?年"
)
# What is said before a number that comes on top.
_ON_TOP, WORDS_BEFORE = re.compile(r"新增|增加|新建|再建|增设|添"), 10
_BOTH_TIMES = re.compile(
    r"(?:现有|现在|目前|已有|如今)[^。?]*目标|比(?:(?:19|20)\d\d年?|现在|现有|目前|原来|原有|以前|之前|十[一二三四五六]五)"
)
_HOW_MUCH = re.compile(r"多少|几(?!年)|百分")


def _places(*figures: Figure) -> tuple[Place, ...]:
    """The places of all figures, each once, rows before the headers that they share."""
    found = [places_of(figure.document, figure.target) for figure in figures]
    rows = [place for places in found for place in places[:1]]
    return tuple(dict.fromkeys([*rows, *(place for places in found for place in places[1:])]))


def draft_of(text: str, result: Result, *figures: Figure, years: int | None = None) -> Draft:
    """The draft of one computed statement with the figures that it rests on."""
    derived = result.derived | ({str(years)} if years else set())
    places = _places(*figures)
    statement = Statement(text=text, places=places, kind="computed", derived=frozenset(derived))
    return Draft(statements=(statement,), quotes=places)


def difference_unit(operands: Operands, unit: str, digits: str) -> str:
    """The unit of a difference: shares differ by 个百分点, said in English too where asked so."""
    if unit != "%":
        return unit
    english = f"({digits} percentage points)" if operands.question.query.english else ""
    return f"个百分点{english}"


def _years(before: Figure, aimed: Figure) -> int:
    return aimed.year - before.year if before.year and aimed.year else 0


def _is_named(target: Target, asked: str) -> bool:
    """Whether a question says anything of a record's name."""
    return max(name_share(name, asked) for name in (target.indicator, target.name)) >= SOME_NAME


def asks_before(operands: Operands) -> bool:
    """Whether a question is after a change that was over before the plan: 十三五期间提高了多少."""
    question = operands.question
    starts = [d.metadata.period_start for d in operands.documents.values()]
    ends = (*question.years, *question.query.period_ends)
    start = next(filter(None, starts), None)
    return bool(question.query.period_ends) and start is not None and max(ends) < start


def moving(
    operands: Operands, unit: str, phrase: str, *, growing: bool = False, inside: str = ""
) -> tuple[Figure, Figure] | None:
    """The values of the record that a phrase names; a count before a share where it is `growing` in %.

    `inside` limits it to the records of a section.
    """
    among = [target for target in operands.of_unit(unit) if operands.both(target)]
    among = [target for target in among if not inside or target.section_id == inside]
    if asks_before(operands):
        among = [target for target in among if target.kind == "现状"]
    counts = [target for target in among if growing and target.unit != "%"]
    least = LEAST_OF_ENGLISH if operands.question.query.english else LEAST_OF_QUESTION
    named = operands.named(core(phrase), counts, least=least)
    named = named or operands.named(core(phrase), counts, context=PEOPLE)
    if not named and growing and "幼儿" in phrase:
        named = operands.named(people_of(phrase), counts)
    named = named or operands.named(core(phrase), among, least=least)
    if not named and phrase == operands.question.understood:
        named = operands.surest(among)
        if not named and operands.question.kind == "figure" and _HOW_MUCH.search(phrase):
            asked = operands.question.expanded
            named = [t for t in operands.likeliest(among) if _is_named(t, asked)]
    if named:
        return operands.both(named[0])
    return _then_and_to_come(operands, unit, phrase)


def _then_and_to_come(operands: Operands, unit: str, phrase: str) -> tuple[Figure, Figure] | None:
    """What there is and what is aimed at of one thing, told in two places by nearly the same name.

    `新增多少所` alone may be what a target says; only what speaks of both times is computed.
    """
    if not _BOTH_TIMES.search(phrase):
        return None
    among = [t for t in operands.of_unit(unit or asked_unit(phrase)) if t.unit != "%"]
    named = operands.named(core(phrase), among, least=LEAST_OF_PLACES)
    pairs = (
        (operands.figure(then, past=True), operands.figure(aimed))
        for then in named
        for aimed in named
        if (then.target, aimed.baseline) == (None, None)
        and not _is_rise(operands, aimed)
        and then.unit == aimed.unit
        and _alike(then.name, aimed.name) >= SAME_NAME
    )
    found = ((then, aimed) for then, aimed in pairs if then and aimed)
    return next(((then, aimed) for then, aimed in found if aimed.value > then.value), None)


def _is_rise(operands: Operands, target: Target) -> bool:
    """Whether what a record aims at comes on top of what there is: 新增5个."""
    text, span = operands.documents[target.document_id].text, target.span
    return _ON_TOP.search(text[max(0, span.start - WORDS_BEFORE) : span.end]) is not None


def _alike(first: str, second: str) -> float:
    """The share of the character pairs of two names that both have (Dice), in [0, 1]."""
    one, other = set(pairwise(first)), set(pairwise(second))
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def draft_times(operands: Operands, phrase: str) -> Draft | None:
    """How many times its first value a record's last one is."""
    pair = moving(operands, "", phrase)
    if not pair or not pair[0].value:
        return None
    before, aimed = pair
    result = operations.ratio(aimed.value, before.value)
    text = f"{aimed.target.name}{aimed.when}是{before.when}的{result.shown}倍({aimed.text}÷{before.text})。"
    return draft_of(text, result, before, aimed)


def draft_changes(operands: Operands, parts: Sequence[str]) -> Draft | None:
    """What the changes of several records come to together, all in one unit: `甲和乙增加的人数合起来`."""
    pairs = [moving(operands, "", phrase, growing=True) for phrase in parts]
    found = [pair for pair in pairs if pair]
    units = {pair[0].target.unit for pair in found}
    distinct = {id(pair[0].target) for pair in found}
    if len(found) < len(parts) or len(units) != 1 or len(distinct) < len(parts) or "%" in units:
        return None
    return sum_of_changes(found)


def sum_of_changes(found: Sequence[tuple[Figure, Figure]]) -> Draft | None:
    """What the changes from the first to the second figure of each pair come to, in the larger of 万人 and 人.

    None where they count different things.
    """
    largest = max((before for before, _ in found), key=lambda figure: len(figure.target.unit))
    unit, scale = largest.target.unit, MULTIPLIERS.get(largest.target.unit[:1], 1)
    if any(before.bare_unit != largest.bare_unit for before, _ in found):
        return None
    each = [
        operations.difference(aimed.value, before.value, aimed.target.unit)
        for before, aimed in found
    ]
    changes = [(aimed.amount - before.amount) / scale for before, aimed in found]
    result = operations.total(changes, unit)
    said = [
        f"{aimed.target.name}{one.shown}{aimed.target.unit}({one.formula})"
        for (_, aimed), one in zip(found, each, strict=True)
    ]
    sums = [
        operations.total([pair[place].amount / scale for pair in found], unit) for place in (0, 1)
    ]
    lead = f"合计增加{result.shown}{unit}({sums[0].shown}{unit}→{sums[1].shown}{unit})"
    derived = result.derived.union(*(one.derived for one in (*each, *sums)))
    figures = [figure for pair in found for figure in pair]
    whole = f"{lead}:{'、'.join(said)}。"
    if len(whole) <= MAX_FIRST_LINE:
        return draft_of(whole, replace(result, derived=derived), *figures)
    draft = draft_of(f"{lead}。", replace(result, derived=derived), *figures)
    parts = (
        draft_of(f"{text}。", one, *pair).statements[0]
        for text, one, pair in zip(said, each, found, strict=True)
    )
    return replace(draft, statements=(*draft.statements, *parts))


def growth_of_sum(found: Sequence[tuple[Figure, Figure]]) -> Draft | None:
    """By how many % what several records come to together grows, all in one unit."""
    units = {pair[0].target.unit for pair in found}
    totals = [sum((pair[place].value for pair in found), Decimal(0)) for place in (0, 1)]
    if len(units) != 1 or not totals[0]:
        return None
    (unit,) = units
    sums = [operations.total([pair[place].value for pair in found], unit) for place in (0, 1)]
    result = operations.growth(totals[0], totals[1])
    names = "、".join(pair[1].target.name for pair in found)
    word = "增长" if result.value >= 0 else "减少"
    said = f"{sums[0].shown}{unit}({sums[0].formula})→{sums[1].shown}{unit}({sums[1].formula})"
    text = f"{names}合计{word}{result.shown}%({result.formula}):{said}。"
    derived = result.derived.union(*(one.derived for one in sums))
    figures = [figure for pair in found for figure in pair]
    return draft_of(text, replace(result, derived=derived), *figures)


def draft_change(operands: Operands, asked: str) -> Draft | None:
    """How a record's value is to change: by how much, by how many %, and in a year."""
    question = operands.question
    growing = "growth" in asked
    text = question.understood
    pair = moving(
        operands,
        asked_unit(text),
        text,
        growing=growing or (asked == "change" and counts_persons(text)),
    )
    if not pair or {*question.years} - {pair[0].year, pair[1].year}:
        return None
    return change_of(operands, asked, *pair)


def _change_and_growth(before: Figure, aimed: Figure) -> Draft:
    """By how much a value changes, and by how many %, where both are asked for."""
    by = operations.difference(aimed.value, before.value, aimed.target.unit)
    rate = operations.growth(before.value, aimed.value)
    more, grows = ("增加", "增长") if by.value > 0 else ("减少", "下降")
    text = (
        f"{aimed.target.name}{aimed.when}比{before.when or '原来'}{more}{by.shown}{aimed.target.unit}"
        f"({by.formula}),{grows}{rate.shown}%({rate.formula})。"
    )
    return draft_of(text, replace(rate, derived=by.derived | rate.derived), before, aimed)


def change_of(operands: Operands, asked: str, before: Figure, aimed: Figure) -> Draft:
    """How one value goes to another: by how much, by how many %, and in a year."""
    unit, years = aimed.target.unit, _years(before, aimed)
    share = unit == "%"
    change = aimed.value - before.value
    way = (
        ("下降" if share else "减少") if change < 0 else ("提高" if unit in {"%", "年"} else "增加")
    )
    word = "增长" if change > 0 else "减少"
    lead = f"{aimed.target.name}{aimed.when}比{before.when or '原来'}"
    if not change:
        result = operations.difference(aimed.value, before.value, unit)
        return draft_of(
            f"{lead}没有变化,都是{aimed.text}(相差{result.shown})。", result, before, aimed
        )
    both = asked == "change" and not share and before.value
    if both and _AND_BY_PERCENT.search(operands.question.understood):
        return _change_and_growth(before, aimed)
    if asked == "growth" and not share and before.value:
        result = operations.growth(before.value, aimed.value)
        return draft_of(f"{lead}{word}{result.shown}%({result.formula})。", result, before, aimed)
    if asked == "yearly_growth" and not share and years and before.value > 0 < aimed.value:
        result = operations.yearly_growth(before.value, aimed.value, years)
        text = f"{aimed.target.name}{before.year}—{aimed.year}年年均{word}{result.shown}%({result.formula})。"
        return draft_of(text, result, before, aimed)
    if asked.startswith("yearly") and years:
        result = operations.yearly(before.value, aimed.value, years)
        whole = operations.difference(aimed.value, before.value, unit)
        unit = difference_unit(operands, unit, result.digits.lstrip("-"))
        text = f"{aimed.target.name}{before.year}—{aimed.year}年平均每年{way}{result.shown}{unit}({result.formula})"
        if _WHOLE_TOO.search(operands.question.understood):
            text += f",{years}年共{way}{whole.shown}{unit}({whole.formula})"
            result = replace(result, derived=result.derived | whole.derived)
        return draft_of(f"{text}。", result, before, aimed)
    result = operations.difference(aimed.value, before.value, unit)
    unit = difference_unit(operands, unit, result.digits.lstrip("-"))
    return draft_of(f"{lead}{way}{result.shown}{unit}({result.formula})。", result, before, aimed)
