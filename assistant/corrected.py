"""The statement that puts a premise right: what the plan says instead, in the words around it."""

import re

from assistant.counted import clauses_of, pairs_in_order
from assistant.draft import Draft, Place, Statement
from assistant.evidence import Evidence
from assistant.extract import place_of
from assistant.operations import plain
from corpus.quantities import find_quantities
from corpus.types import Span

MAX_WORDS = 80
# The year of a document's number, 〔2021〕66号, tells nothing of what the sentence is about.
YEAR = re.compile(r"(?<![\d〔\[(])((?:19|20)\d\d)(?![〕\])]|\d*号)年?")


def clause_pairs(text: str, span: Span) -> set[str]:
    """The pairs of characters of the clause that a number stands in."""
    found = [
        clause for clause, start in clauses_of(text) if start <= span.start < start + len(clause)
    ]
    return set(pairs_in_order(found[0])) if found else {""}


def corrected(item: Evidence, span: Span, lead: str, said: str = "") -> Draft:
    """What the plan says (`lead`), with the words around it; `said` is what the question took for granted."""
    place: Place = place_of(item)
    numbers = frozenset(re.findall(r"\d+(?:\.\d+)?", said)) | frozenset(
        plain(quantity.value) for quantity in find_quantities(said)
    )
    statement = Statement(
        text=f"{lead}:{_words_around(item.text, span)}。",
        places=(place,),
        kind="computed",
        derived=numbers,
    )
    return Draft(statements=(statement,), quotes=(place,))


def _words_around(text: str, span: Span) -> str:
    """The stretch of a sentence around a number: all of it, or up to a semicolon or a comma where it is long."""
    for marks in ("。", ";；。", ",，;；。", ",，、;；。"):
        start = max((text.rfind(mark, 0, span.start) for mark in marks), default=-1) + 1
        ends = [end for mark in marks if (end := text.find(mark, span.end)) >= 0]
        stretch = text[start : min(ends, default=len(text))].strip()
        if len(stretch) <= MAX_WORDS:
            return stretch
    return stretch[:MAX_WORDS]
