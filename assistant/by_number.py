"""What a number that the question says itself stands for: 188 指的是什么, 51.48 是哪个指标."""

import re
from collections.abc import Sequence
from decimal import Decimal

from assistant.amounts import places_of
from assistant.draft import Draft, Place, Statement
from assistant.extract import MAX_FIRST_LINE, MAX_QUOTES
from assistant.facts import row_places
from assistant.figures import figure_span
from assistant.operations import plain
from assistant.question import Question
from corpus.fold import fold
from corpus.quantities import ANY_UNIT
from corpus.targets import targets_of
from corpus.types import Document, Target
from index.query import fits_unit

# Smaller whole numbers stand everywhere and mean little: 5+2, 1+X, 三个.
LEAST = 10
_ASKS = re.compile(
    r"(?:是|指|指代|说|讲|统计|代表|对应|表示)的?是?(?:个)?(?:什么|啥)(?!时候|年)|"
    r"哪(?:一|两|几|些)?(?:个|项|样)?(?:指标|数据)|"
    r"\bwhat (?:does|do|is|are)\b.*\b(?:refer|stand|mean|represent)"
)
# Who asks for another number, or for those above or below one, asks for something else.
_ASKS_MORE = re.compile(
    r"多少|几(?!个|项)|比\s*\d|低于|高于|超过|大于|小于|不到|不足|以上|以下|最|为什么|为啥"
)
# 40个主要学科都是什么 asks for those, not for the number.
_MEMBERS = re.compile(rf"\d+(?:{ANY_UNIT})[\u3400-\u9fff]{{2,8}}(?:都|分别|各)(?:是|叫)")
_NUMBER = re.compile(
    rf"(?<![\d+\-A-Za-z.])(\d+(?:\.\d+)?)(?![\d+\-A-Za-z.])\s*((?:[百千]?万|亿|千|百)?(?:{ANY_UNIT}))?"
)
_YEAR = re.compile(r"(?:19|20)\d\d")


def given_numbers(text: str) -> list[tuple[Decimal, str]]:
    """The numbers that a folded question says, years and small counts aside, each with its unit or ''.

    >>> given_numbers("2025年目标写成6.1万人的是哪两项指标")
    [(Decimal('6.1'), '万人')]
    """
    found = []
    for digits, unit in _NUMBER.findall(text):
        value = Decimal(digits)
        if not (_YEAR.fullmatch(digits) or unit == "年") and (value >= LEAST or "." in digits):
            found.append((value, unit))
    return found


def _values(target: Target) -> tuple[tuple[Decimal | None, int | None, str], ...]:
    """(value, year, the word for what is aimed at) of both years of a record."""
    return (
        (target.baseline, target.baseline_year, ""),
        (target.target, target.target_year, "目标"),
    )


def _has(target: Target, numbers: Sequence[tuple[Decimal, str]], years: frozenset[int]) -> bool:
    """Whether a record has every number in its unit, in one of the years if there are any."""
    held = {value for value, year, _ in _values(target) if not years or year in years}
    return all(
        number in held and (not unit or fits_unit(unit, target.unit)) for number, unit in numbers
    )


def _said(document: Document, target: Target, numbers: frozenset[Decimal]) -> str:
    """What a record counts, with the value that was asked about and its year."""
    if document.table(target.section_id) is None:
        (place,) = places_of(document, target)
        return document.display(figure_span(document, place.span, target)).strip("，,。; ")
    values = "、".join(
        f"{year}年{aimed}为{plain(value)}{target.unit}"
        for value, year, aimed in _values(target)
        if value is not None and value in numbers
    )
    return f"{target.name}{values}"


def _places(document: Document, target: Target) -> tuple[Place, ...]:
    in_table = document.table(target.section_id) is not None
    return (row_places if in_table else places_of)(document, target)


def draft_by_number(question: Question, documents: Sequence[Document]) -> Draft | None:
    """The records that have the numbers which the question says; None where it asks for something else."""
    text = fold(question.standalone if question.query.english else question.understood)
    numbers = given_numbers(text)
    if not numbers or not _ASKS.search(text) or _ASKS_MORE.search(text) or _MEMBERS.search(text):
        return None
    records = [(document, target) for document in documents for target in targets_of(document)]
    for years in (frozenset(question.years), frozenset[int]()):
        found = [pair for pair in records if _has(pair[1], numbers, years)][:MAX_QUOTES]
        if found:
            break
    values = frozenset(number for number, _ in numbers)
    line = "；".join(dict.fromkeys(_said(*pair, values) for pair in found))
    if not found or len(line) >= MAX_FIRST_LINE:
        return None
    places = tuple(dict.fromkeys(place for pair in found for place in _places(*pair)))
    return Draft(statements=(Statement(text=f"{line}。", places=places),), quotes=places)
