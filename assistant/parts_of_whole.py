"""The share of a part, and the rest, where one sentence tells both: 教职工9216人,其中专任教师7835人."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant import operations
from assistant.amounts import Figure
from assistant.changes import draft_of
from assistant.draft import Draft
from assistant.evidence import Evidence
from assistant.naming import name_share
from assistant.operands import Operands
from corpus.fold import fold
from corpus.types import Target

# Of so many of the best sentences.
SENTENCES = 5
# So much of a part's name, and of its whole's, a question must say.
PART_SAID, WHOLE_SAID = 0.6, 0.15
# A share that a question names by so much is stated itself.
STATED = 0.85
_AMONG = re.compile(r"其中[:：]?")
_SHARE = re.compile(
    r"占(?!地|多大|多宽|几亩|多少亩)|百分之|几成|比重|比例|%|\b(?:percent\w*|share|proportion)\b",
    re.I,
)
_REST = re.compile(
    r"(?:不是|不在|不算|不属于|没有?在|除了?|其余|其他|剩下|还剩|以外|之外|扣[掉除]|减去|刨去|除去)"
)
_HOW_MANY = re.compile(r"多少|几(?=[个名人所间位套])")


@dataclass(frozen=True, slots=True)
class _Pair:
    """A part with its whole and how far the question names both."""

    part: Target
    whole: Target
    said: float


def draft_part_of_whole(operands: Operands, evidence: Sequence[Evidence]) -> Draft | None:
    """The share of a part in its whole, the rest beside it, or the share of the rest; None where none is asked for."""
    asked = operands.question.understood
    share, rest = _SHARE.search(asked), _REST.search(asked)
    if not share and not (rest and _HOW_MANY.search(asked)):
        return None
    stated = operands.likeliest(operands.of_unit("%"))
    if share and stated and name_share(stated[0].indicator, asked) >= STATED:
        return None
    pairs = [pair for item in evidence[:SENTENCES] for pair in _pairs(operands, item)]
    best = max(pairs, key=lambda pair: pair.said, default=None)
    if best is None:
        return None
    if rest and not share and (several := _without(operands, best.whole, pairs)):
        return several
    past = best.part.kind == "现状"
    part, whole = operands.figure(best.part, past=past), operands.figure(best.whole, past=past)
    if not part or not whole or not whole.value or part.value > whole.value:
        return None
    return _computed(part, whole, share=bool(share), rest=bool(rest))


def _pairs(operands: Operands, item: Evidence) -> Iterator[_Pair]:
    """The parts that a sentence tells behind 其中, each with the whole before it."""
    text = fold(item.document.quote(item.span))
    cuts = [item.span.start + among.start() for among in _AMONG.finditer(text)]
    inside = [
        t
        for t in operands.records
        if t.document_id == item.passage.document_id and t.span in item.span
    ]
    asked = operands.question.expanded
    for cut, until in pairwise([*cuts, item.span.end]):
        for part in (t for t in inside if cut < t.span.start < until):
            wholes = [t for t in inside if t.span.end <= cut and t.unit == part.unit]
            if not wholes:
                continue
            whole = wholes[-1]
            own, of = name_share(part.name, asked), name_share(whole.name, asked)
            if own >= PART_SAID and of >= WHOLE_SAID:
                yield _Pair(part, whole, own + of)


def _without(operands: Operands, whole: Target, pairs: Sequence[_Pair]) -> Draft | None:
    """What is left of a whole without several parts of it that a question names."""
    parts = list(dict.fromkeys(pair.part for pair in pairs if pair.whole is whole))
    past = whole.kind == "现状"
    figures = [f for t in (whole, *parts) if (f := operands.figure(t, past=past))]
    if len(parts) < 2 or len(figures) <= len(parts):
        return None
    total, *taken = figures
    left = total.value - sum(figure.value for figure in taken)
    if left < 0:
        return None
    result = operations.difference(total.value, total.value - left, whole.unit)
    formula = "−".join(figure.text for figure in figures)
    names = "、".join(figure.target.name for figure in taken)
    text = f"{whole.name}{total.text}中,除{names}外还有{result.shown}{whole.unit}({formula})。"
    return draft_of(text, result, *figures)


def _computed(part: Figure, whole: Figure, *, share: bool, rest: bool) -> Draft:
    unit, names = whole.target.unit, (whole.target.name, part.target.name)
    left = operations.difference(whole.value, part.value, unit)
    if rest and not share:
        text = f"{names[0]}{whole.text}中,{names[1]}以外的有{left.shown}{unit}({left.formula})。"
        return draft_of(text, left, whole, part)
    if rest:
        result = operations.ratio(left.value, whole.value, percent=True)
        formula = f"({whole.text}−{part.text})÷{whole.text}"
        text = f"{names[1]}以外的占{names[0]}的{result.shown}%({formula})。"
    else:
        result = operations.ratio(part.value, whole.value, percent=True)
        text = f"{names[1]}占{names[0]}的{result.shown}%({part.text}÷{whole.text})。"
    return draft_of(text, result, whole, part)
