"""What the quantities of a text count: each with the words that stand by it."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from corpus.fold import bare
from corpus.quantities import Quantity, find_quantities
from corpus.types import Span

_CLAUSE = re.compile(r"[,，、;；:：。！？!?]")
_BOUND = re.compile(r"^(?:及?以上|左右|上下|以内|以下)")
# Words near a quantity, by how near they are.
Near = dict[str, float]


def pairs_in_order(text: str) -> list[str]:
    """The pairs of neighbouring characters of a text, folded, punctuation left out."""
    return [a + b for a, b in pairwise(bare(text))]


def clauses_of(text: str) -> Iterator[tuple[str, int]]:
    """(clause, where it starts), cut at every comma."""
    start = 0
    for mark in [*_CLAUSE.finditer(text)]:
        yield text[start : mark.start()], start
        start = mark.end()
    yield text[start:], start


def near(text: str, span: Span) -> Near:
    """The pairs of the words that a number counts, weighing less the farther they stand from it.

    What is counted follows (80名市级骨干教师) or, where nothing does, goes before (示范校15所).
    """
    clause, start = next(
        found for found in clauses_of(text) if found[1] <= span.start < found[1] + len(found[0])
    )
    behind = _BOUND.sub("", clause[span.end - start :])
    words = pairs_in_order(behind) or pairs_in_order(clause[: span.start - start])[::-1]
    weights: Near = {}
    for distance, pair in enumerate(words, start=1):
        weights.setdefault(pair, 1 / distance)
    return weights


def likeness(one: Near, other: Near) -> float:
    """How alike the words are that two numbers count, from 0."""
    return sum(one[pair] * other[pair] for pair in one.keys() & other)


def counted(text: str) -> list[tuple[Quantity, Near]]:
    """Each quantity of a text with the words that it counts."""
    return [(quantity, near(text, quantity.span)) for quantity in find_quantities(text)]


def stated(quantity: Quantity) -> tuple[Decimal, Decimal | None, str]:
    """What a quantity says: its amount, its upper end and its bound."""
    return quantity.amount, quantity.high, quantity.bound
