"""Whether the passages that a model cites support a sentence that it wrote, and by which quotes.

What `ground` asks of every statement is asked here more strictly, sentence for sentence: a model's errors
look like the plan's words.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from assistant.draft import Statement
from assistant.ground import is_grounded, numbers_in, stated_numbers
from assistant.sources import Source, Unit, instructs
from assistant.written import Sentence
from corpus.fold import bare, fold
from corpus.quantities import Quantity, find_quantities

# Shares of a sentence's character pairs, and of its clauses', that the cited sentences must hold.
# Measured with `python -m evals.bench.support` (docs/decisions/006-language-model.md).
MIN_WORDING = 0.6
MIN_CLAUSE = 0.4
# A cited sentence that adds less than this share of the pairs, and no number, is not quoted.
MIN_GAIN = 0.12
MAX_UNITS = 3

_CLAUSE = re.compile(r"[,，、;；:：。！？!?]")
_PHRASE = re.compile(r"[,，;；:：。！？!?]")
# Words that turn or bound a statement, longest first, and words of things already reached: each one
# written must stand in a quote as itself. The first alternatives only look like them.
_TURNS = re.compile(
    "不断|不同|未来|未成年|无线|约束|约谈|节约|公约|契约|只要|不仅|"
    "(不低于|不少于|不超过|不高于|不得|不能|不再|不足|不|低于|少于|高于|超过|超越|至少|至多|最多|"
    "没有|未|无|禁止|严禁|取消|停止|免费|免试|免|以上|以内|以下|左右|大约|约|"
    "已经|已|现有|目前|现在|(?<=[成现到加高])了|唯一|必须|全部|所有|只|仅)"
)


def _pairs_in_order(text: str) -> list[str]:
    return [a + b for a, b in pairwise(bare(text))]


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a text, folded, punctuation left out."""
    return frozenset(_pairs_in_order(text))


def share(text: str, held: frozenset[str]) -> float:
    """The share, in [0, 1], of a text's pairs that are among these; 1 for a text without any."""
    own = pairs(text)
    return len(own & held) / len(own) if own else 1.0


def _supporting(text: str, units: Sequence[Unit]) -> list[Unit]:
    """The units that hold most of a text, each one for what the ones before it lack."""
    wanted, numbers = set(pairs(text)), set(stated_numbers(text))
    total, chosen = max(len(wanted), 1), []
    for _ in range(MAX_UNITS):
        gains = [
            (len(wanted & pairs(unit.text)) / total + len(numbers & numbers_in(unit.text)), -place)
            for place, unit in enumerate(units)
        ]
        gain, place = max(gains, default=(0.0, 0))
        if gain < MIN_GAIN:
            break
        unit = units[-place]
        chosen.append(unit)
        wanted -= pairs(unit.text)
        numbers -= numbers_in(unit.text)
    return chosen


def _clauses(text: str) -> Iterator[tuple[str, int]]:
    """(clause, where it starts), cut at every comma."""
    start = 0
    for mark in [*_CLAUSE.finditer(text)]:
        yield text[start : mark.start()], start
        start = mark.end()
    yield text[start:], start


def _counted(text: str) -> list[tuple[str, Quantity]]:
    """Each quantity of a text with the clause that it stands in."""
    clauses = [(clause, start) for clause, start in _clauses(text) if clause]
    return [
        (clause, quantity)
        for quantity in find_quantities(text)
        for clause, start in clauses
        if start <= quantity.span.start < start + len(clause)
    ]


def _near(clause: str, quantity: str) -> dict[str, float]:
    """The pairs of a clause before and behind its quantity, the nearer ones weighing more."""
    before, _, after = clause.partition(quantity)
    weights: dict[str, float] = {}
    for side in (_pairs_in_order(before)[::-1], _pairs_in_order(after)):
        for distance, pair in enumerate(side):
            weights[pair] = max(weights.get(pair, 0.0), 1 / (1 + distance))
    return weights


def figures_fit(text: str, quotes: Sequence[str]) -> bool:
    """Whether each quantity is the one that the quotes give for the same thing.

    Among the quotes' clauses that count in the same unit, the one that is worded most like the words
    around the quantity must hold it, with the same bound.

    >>> figures_fit("建成区级示范校15所", ["建成市级示范校15所、区级示范校20所"])
    False
    """
    offered = [found for quote in quotes for found in _counted(quote)]
    for clause, quantity in _counted(text):
        near = _near(clause, text[quantity.span.start : quantity.span.end])
        rivals = [
            (sum(near[pair] for pair in near.keys() & pairs(other)), _stated(found))
            for other, found in offered
            if found.bare_unit == quantity.bare_unit
        ]
        best = max((likeness for likeness, _ in rivals), default=0)
        if (best, _stated(quantity)) not in rivals:
            return False
    return True


def _stated(quantity: Quantity) -> tuple[Decimal, Decimal | None, str]:
    return quantity.amount, quantity.high, quantity.bound


def turns_fit(text: str, quotes: Sequence[str]) -> bool:
    """Whether every negation, bound and word of achievement stands in a quote as itself.

    >>> turns_fit("工资低于公务员", ["工资水平不低于公务员"])
    False
    """
    offered = {turn for quote in quotes for turn in _TURNS.findall(fold(quote))}
    return set(_TURNS.findall(fold(text))) - {""} <= offered


def wording_shares(text: str, quotes: Sequence[str]) -> tuple[float, float]:
    """(share of the sentence's pairs, lowest share of a phrase's pairs) that the quotes hold."""
    held = frozenset().union(*(pairs(quote) for quote in quotes))
    phrases = [phrase for phrase in _PHRASE.split(text) if len(bare(phrase)) > 3]
    return share(text, held), min((share(phrase, held) for phrase in phrases), default=1.0)


def supported(sentence: Sentence, sources: Sequence[Source]) -> Statement | None:
    """The sentence as a statement with the quotes that support it, or None where they do not.

    It is turned down where it cites nothing or a number that was not given, where a figure, a bound or a
    negation is not the quotes', where its wording is not theirs, and where it repeats an instruction.
    """
    by_number = {source.number: source for source in sources}
    if not sentence.numbers or not set(sentence.numbers) <= set(by_number):
        return None
    cited = [unit for number in sentence.numbers for unit in by_number[number].units]
    units = _supporting(sentence.text, cited)
    quotes = [unit.text for unit in units]
    whole, least = wording_shares(sentence.text, quotes)
    if whole < MIN_WORDING or least < MIN_CLAUSE or instructs(sentence.text):
        return None
    if not (figures_fit(sentence.text, quotes) and turns_fit(sentence.text, quotes)):
        return None
    places = {(p.document.document_id, p.span): p for unit in units for p in unit.places}
    statement = Statement(text=sentence.text, places=tuple(places.values()), kind="generated")
    return statement if is_grounded(statement) else None
