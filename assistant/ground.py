"""Grounding: a statement is shown only when the quotes that it cites support it.

Every number in it must stand in one of the quotes, whatever its writing (全角, 二〇二五, 3万 for 30000), or be
declared as derived; and enough of its wording must be theirs.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

from assistant.draft import Statement
from corpus.fold import bare, fold
from corpus.numerals import parse_numeral
from corpus.quantities import MULTIPLIERS

# The share of a statement's character pairs that its quotes, their addresses included, must hold.
# Extracted statements hold nearly all of theirs; the words around a figure are the program's own.
MIN_WORDING = 0.5

_NUMBER = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)?)\s*(百万|千万|百|千|万|亿)?")
_NUMERAL = re.compile(
    r"[〇零一二两三四五六七八九十百千o○]+(?=年|所|个|项|名|间|套|门|对|章|条|万|亿|次|种|大)"
)


def numbers_in(text: str) -> frozenset[Decimal]:
    """The values of all numbers in a text, each as written and with its 百, 千, 万 or 亿.

    >>> [float(value) for value in sorted(numbers_in("二〇二五年达3万人(９８.５%)"))]
    [3.0, 98.5, 2025.0, 30000.0]
    """
    folded = fold(text)
    values = set()
    for match in _NUMBER.finditer(folded):
        value = Decimal(match[1].replace(",", "")).normalize()
        values |= {value, (value * MULTIPLIERS[match[2] or ""]).normalize()}
    numerals = (parse_numeral(match[0]) for match in _NUMERAL.finditer(folded))
    return frozenset(
        values | {Decimal(value).normalize() for value in numerals if value is not None}
    )


def stated_numbers(text: str) -> frozenset[Decimal]:
    """The numbers that a statement states, each once, by its value as written."""
    folded = fold(text)
    written = {Decimal(match[1].replace(",", "")).normalize() for match in _NUMBER.finditer(folded)}
    numerals = (parse_numeral(match[0]) for match in _NUMERAL.finditer(folded))
    return frozenset(
        written | {Decimal(value).normalize() for value in numerals if value is not None}
    )


def _pairs(text: str) -> set[str]:
    characters = bare(text)
    return {a + b for a, b in pairwise(characters)}


def wording_share(text: str, sources: Iterable[str]) -> float:
    """The share, in [0, 1], of a text's character pairs that stand in the sources; 1 for no pair."""
    pairs = _pairs(text)
    held = set().union(*(_pairs(source) for source in sources)) if pairs else set()
    return len(pairs & held) / len(pairs) if pairs else 1.0


def is_grounded(statement: Statement) -> bool:
    """Whether the places that a statement cites support its numbers and its wording."""
    if not statement.places:
        return False
    quotes = [place.document.quote(place.span) for place in statement.places]
    mended = [place.document.display(place.span) for place in statement.places]
    addresses = [place.document.address(place.section_id) for place in statement.places]
    derived = frozenset(Decimal(number).normalize() for number in statement.derived)
    supported = numbers_in("\n".join([*quotes, *mended])) | derived
    if not all(value in supported for value in stated_numbers(statement.text)):
        return False
    if statement.kind == "computed":
        return True  # its words say how it was computed; they are the program's own
    return wording_share(statement.text, [*mended, *addresses]) >= MIN_WORDING
