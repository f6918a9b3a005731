"""The figures that the words of a question, or of a part of it, name in the year that they name."""

import re
from collections.abc import Sequence

from assistant.amounts import Figure
from assistant.operands import Operands
from assistant.phrases import core
from assistant.question import Question
from corpus.types import Target

BEFORE = re.compile(r"十三五|现状|当时|基期|起点")


def year_of(text: str, question: Question) -> int | None:
    """The one year that a part of a question names, else the one that all of it names."""
    own = set(map(int, re.findall(r"(?:19|20)\d\d", text)))
    years = own or set(question.years) or set(question.query.period_ends)
    return min(years) if len(years) == 1 else None


def found_figures(
    operands: Operands, phrase: str, among: Sequence[Target], context: str = "", against: str = ""
) -> list[Figure]:
    """The figures that a phrase names, best first, in the year that it names."""
    question = operands.question
    year = year_of(phrase, question)
    past = bool(BEFORE.search(question.understood) or question.query.past)
    targets = operands.named(core(phrase), among, context=core(context), against=core(against))
    found = (operands.figure(target, year, past=past) for target in targets)
    return [figure for figure in found if figure]


def beside(figures: Sequence[Figure], figure: Figure) -> bool:
    """Whether a figure may stand beside others: of the same kind and year."""
    return all((each.aimed, each.year) == (figure.aimed, figure.year) for each in figures)
