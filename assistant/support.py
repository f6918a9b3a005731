"""Whether the passages that a model cites support a sentence that it wrote, and by which quotes.

What `ground` asks of every statement is asked here more strictly, sentence for sentence: a model's errors
look like the plan's words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.counted import counted, likeness, pairs_in_order, stated
from assistant.draft import Statement
from assistant.ground import is_grounded, numbers_in, stated_numbers
from assistant.sources import Source, Unit, instructs
from assistant.written import Sentence
from corpus.fold import bare, fold

# What the cited sentences must hold of a sentence's wording, see Wording.
# Measured with `python -m evals.bench.support` (docs/decisions/007-language-model.md).
MIN_WORDING = 0.6
MIN_CLAUSE = 0.35
MAX_SCATTERED = 0.2
# A cited sentence that adds less than this share of the pairs, and no number, is not quoted.
MIN_GAIN = 0.12
MAX_UNITS = 3

_SEGMENT = re.compile(r"[;；。！？!?]")
_PHRASE = re.compile(r"[,，;；:：。！？!?]")
# Words that turn or bound a statement, longest first, and words of things already reached: each one
# written must stand in a quote as itself. The first alternatives only look like them.
_TURNS = re.compile(
    "不断|不同|未来|未成年|无线|约束|约谈|节约|公约|契约|只要|不仅|"
    "(不低于|不少于|不超过|不高于|不得|不能|不再|不足|不|低于|少于|高于|超过|超越|至少|至多|最多|"
    "没有|未|无|禁止|严禁|取消|停止|免费|免试|免|以上|以内|以下|左右|大约|约|"
    "已经|已|现有|目前|现在|(?<=[成现到加高])了|唯一|必须|全部|所有|只|仅)"
)
# What a quote says is not so, or must not be: the two characters behind the negation.
_DENIED = re.compile("(?:不得|不能|不再|严禁|禁止|没有|未(?!来|成年)|不(?!断|同|仅|足))(..)")


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a text, folded, punctuation left out."""
    return frozenset(pairs_in_order(text))


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


def figures_fit(text: str, quotes: Sequence[str]) -> bool:
    """Whether each quantity is the one that the quotes give for the same thing.

    Of the quotes' quantities in the same unit, the one that counts what is worded most alike must have
    the same value and bound.

    >>> figures_fit("建成区级示范校15所", ["建成市级示范校15所、区级示范校20所"])
    False
    """
    offered = [found for quote in quotes for found in counted(quote)]
    for quantity, near in counted(text):
        rivals = [
            (likeness(near, words), stated(other))
            for other, words in offered
            if other.bare_unit == quantity.bare_unit
        ]
        likest = max((alike for alike, _ in rivals), default=0.0)
        if (likest, stated(quantity)) not in rivals:
            return False
    return True


def turns_fit(text: str, quotes: Sequence[str]) -> bool:
    """Whether negations, bounds and words of achievement are the quotes', and none of theirs is lost.

    >>> turns_fit("工资低于公务员", ["工资水平不低于公务员"])
    False
    >>> turns_fit("可以超越课程标准", ["不得超越课程标准"])
    False
    """
    folded = fold(text)
    offered = {turn for quote in quotes for turn in _TURNS.findall(fold(quote))}
    denied = {words for quote in quotes for words in _DENIED.findall(fold(quote))}
    affirmed = {words for words in denied if words in _DENIED.sub("", folded)}
    return set(_TURNS.findall(folded)) - {""} <= offered and not affirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How a sentence's wording stands in its quotes, shares in [0, 1].

    `whole` is the share of its pairs that they hold; `least` that of the phrase of which they hold least;
    `scattered` the most that a phrase takes from elsewhere than the one segment (up to a semicolon) that
    holds most of it: names of one segment with what another says of others.
    """

    whole: float
    least: float
    scattered: float

    @property
    def fits(self) -> bool:
        """Whether the wording is the quotes'."""
        return (
            self.whole >= MIN_WORDING
            and self.least >= MIN_CLAUSE
            and self.scattered <= MAX_SCATTERED
        )


def wording(text: str, quotes: Sequence[str]) -> Wording:
    """How a sentence's wording stands in the quotes."""
    held = frozenset[str]().union(*map(pairs, quotes))
    segments = [pairs(part) for quote in quotes for part in _SEGMENT.split(quote) if part]
    phrases = [phrase for phrase in _PHRASE.split(text) if len(bare(phrase)) > 3]
    shares = [
        (share(phrase, held), max((share(phrase, segment) for segment in segments), default=0.0))
        for phrase in phrases
    ]
    return Wording(
        whole=share(text, held),
        least=min((whole for whole, _ in shares), default=1.0),
        scattered=max((whole - best for whole, best in shares), default=0.0),
    )


def _cited_units(sentence: Sentence, sources: Sequence[Source]) -> list[Unit]:
    by_number = {source.number: source for source in sources}
    cited = [unit for number in sentence.numbers for unit in by_number[number].units]
    return _supporting(sentence.text, cited)


def cited_quotes(sentence: Sentence, sources: Sequence[Source]) -> list[str]:
    """The sentences of the cited passages that hold most of what was written, at most MAX_UNITS."""
    return [unit.text for unit in _cited_units(sentence, sources)]


def supported(sentence: Sentence, sources: Sequence[Source]) -> Statement | None:
    """The sentence as a statement with the quotes that support it, or None where they do not.

    It is turned down where it cites nothing or a number that was not given, where a figure, a bound or a
    negation is not the quotes', where its wording is not theirs, and where it repeats an instruction.
    """
    if not sentence.numbers or not set(sentence.numbers) <= {each.number for each in sources}:
        return None
    units = _cited_units(sentence, sources)
    quotes = [unit.text for unit in units]
    if not wording(sentence.text, quotes).fits or instructs(sentence.text):
        return None
    if not (figures_fit(sentence.text, quotes) and turns_fit(sentence.text, quotes)):
        return None
    places = {(p.document.document_id, p.span): p for unit in units for p in unit.places}
    statement = Statement(text=sentence.text, places=tuple(places.values()), kind="generated")
    return statement if is_grounded(statement) else None
