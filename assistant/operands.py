"""Which figures a question names: records of tables and of text, found by the characters of their names."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from assistant.draft import Place
from assistant.evidence import Evidence
from assistant.figures import Figure as RankedFigure
from assistant.figures import certainty, figure_span
from assistant.operations import plain
from assistant.question import Question
from corpus.fold import bare, fold
from corpus.quantities import MULTIPLIERS
from corpus.targets import targets_of
from corpus.text_targets import is_origin
from corpus.types import Document, Span, Target
from index.lexicon import official_terms
from index.query import fits_unit

# A record is named when the likeness of its name to the words of the question comes to this.
MIN_LIKENESS = 0.38
# A name matters more than the words beside it: a question says more than a name.
NAME_WEIGHT = 0.6
# What the official terms of an everyday word count beside what a question says itself.
OFFICIAL_SHARE = 0.5
# What a row of a table, and a place among the evidence, count beside a likeness of 1.
TABLE_BONUS = 0.08
HIT_BONUS = 0.08
# What the words of the other operand count for one that is named in short (比区级的).
CONTEXT_SHARE = 0.9
# What a likeness to the other operand's words takes away.
AGAINST_SHARE = 0.5
# What a likeness to the name, the indicator, and the words around a figure counts.
_NAME_SHARES = (1.0, 1.0, 0.9)
# So much of a short name must stand in the record's name for that.
MIN_HELD = 0.5
# From here on the figure that the evidence puts first is meant where no name is said.
SURE = 0.8
# The words of a bound, before and behind a value.
BOUNDS = {
    "约": ("约", ""),
    "不低于": ("至少", ""),
    "以上": ("", "以上"),
    "左右": ("", "左右"),
    "以内": ("", "以内"),
}
# What is counted where a question names schools alone.
PEOPLE = "在校学生数"
_CHILDREN = "在园幼儿数"
_EVERY_YEAR = re.compile(r"每年|年均")
_CUT = re.compile(r"[,，;；。！？]")


def people_of(words: str) -> str:
    """What the people at the schools that words name are called in a table.

    >>> people_of("幼儿园"), people_of("初中生")
    ('在园幼儿数', '在校学生数')
    """
    return _CHILDREN if "幼儿" in words else PEOPLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A record's value in one of its years."""

    document: Document
    target: Target
    value: Decimal
    year: int | None
    aimed: bool

    @property
    def text(self) -> str:
        """The value with its unit: `12.1万人`."""
        return f"{plain(self.value)}{self.target.unit}"

    @property
    def amount(self) -> Decimal:
        """The value in the unit without 万 or 亿."""
        unit = self.target.unit
        prefix = unit[: len(unit) - len(self.bare_unit)]
        return self.value * MULTIPLIERS.get(prefix, 1)

    @property
    def bare_unit(self) -> str:
        """The unit without 百, 千, 万 or 亿."""
        return self.target.unit.lstrip("百千万亿")

    @property
    def bounded(self) -> tuple[str, str]:
        """The words of the bound before and behind a value that comes of this one."""
        return BOUNDS.get(self.target.bound, ("", ""))

    @property
    def when(self) -> str:
        """`2025年目标`, `2020年`, or nothing where the text names no year."""
        year = f"{self.year}年" if self.year and _is_stated(self) else ""
        return f"{year}目标" if self.aimed and year else year


def _is_stated(figure: Figure) -> bool:
    places = places_of(figure.document, figure.target)
    return any(str(figure.year) in fold(figure.document.display(place.span)) for place in places)


def places_of(document: Document, target: Target) -> tuple[Place, ...]:
    """The row with the header that says its years, or the sentence that states the figure."""
    table = document.table(target.section_id)
    spans = []
    for paragraph in document.paragraphs_of(target.section_id):
        if target.span.start >= paragraph.span.start and target.span.end <= paragraph.span.end:
            spans += [(paragraph.number, s) for s in paragraph.sentences if target.span in s]
    number, span = spans[0] if spans and not table else (None, target.span)
    row = Place(
        document=document,
        section_id=target.section_id,
        paragraph=number,
        span=span,
        context=span,
    )
    if not table:
        return (row,)
    header = replace(row, section_id=table.section_id, span=table.header, context=table.header)
    return (row, header)


def is_yearly(document: Document, target: Target) -> bool:
    """Whether the text says the figure of every year: 每年选派至少30名."""
    before = document.display(replace(target.span, start=max(0, target.span.start - 30)))
    return target.baseline is None and bool(_EVERY_YEAR.search(_CUT.split(before)[-1]))


def _rises(origin: Target, target: Target) -> bool:
    """Whether one record is what another rises from: both of one thing, in one sentence."""
    return (
        origin.kind == "现状"
        and origin.baseline is not None
        and origin.target is None
        and (origin.section_id, origin.indicator, origin.unit)
        == (target.section_id, target.indicator, target.unit)
    )


def _joined(document: Document, records: Sequence[Target]) -> list[Target]:
    """The records, 由92%提高到93% as one with both values; so where both were reached before the plan."""
    joined: list[Target] = []
    for target in records:
        last = joined[-1] if joined else None
        if last and _rises(last, target) and target.baseline is None:
            joined[-1] = replace(target, baseline=last.baseline, baseline_year=last.baseline_year)
        elif last and _rises(last, target) and _starts_rise(document, last):
            joined[-1] = replace(
                target,
                baseline=last.baseline,
                baseline_year=last.baseline_year,
                target=target.baseline,
                target_year=target.baseline_year,
            )
        else:
            joined.append(target)
    return joined


def _starts_rise(document: Document, target: Target) -> bool:
    around = Span(max(0, target.span.start - 16), target.span.end + 16)
    text, start = document.quote(around), target.span.start - around.start
    return is_origin(text[:start], text[start + len(target.span) :])


def _same(best: Target | None, among: Sequence[Target]) -> list[Target]:
    """The record among others that is the best one, or that rises from it."""
    if best is None:
        return []
    own = [t for t in among if (t.document_id, t.span) == (best.document_id, best.span)]
    return own or [t for t in among if _rises(best, t)]


def _grams(text: str) -> set[str]:
    """The characters and the pairs of characters, not across a space."""
    pieces = [bare(piece) for piece in fold(text).split()]
    return {gram for p in pieces for gram in [*p, *(a + b for a, b in pairwise(p))]}


class Operands:
    """The records of the documents that the evidence is from, found by name."""

    def __init__(
        self,
        evidence: Sequence[Evidence],
        documents: Mapping[str, Document],
        question: Question,
        ranked: Sequence[tuple[float, RankedFigure]] = (),
    ) -> None:
        self.question = question
        sure = ranked and certainty([score for score, _ in ranked]) >= SURE
        self._surest = ranked[0][1].record if sure else None
        self._likeliest = ranked[0][1].record if ranked else None
        ids = dict.fromkeys(item.passage.document_id for item in evidence)
        self.documents = {name: documents[name] for name in ids}
        self.records = [
            target
            for each in self.documents.values()
            for target in _joined(each, targets_of(each))
        ]
        self._phrases: dict[str, tuple[set[str], set[str]]] = {}
        self._ranks: dict[tuple[str, str], int] = {}
        for rank, item in enumerate(evidence):
            self._ranks.setdefault((item.passage.document_id, item.passage.section_id), rank)
        self._names = {
            id(t): [_grams(t.name), _grams(t.indicator), _grams(self._words(t))]
            for t in self.records
        }
        counts = Counter(gram for names in self._names.values() for gram in names[0])
        self._weights = {
            gram: math.log(1 + len(self.records) / count) for gram, count in counts.items()
        }

    def _words(self, target: Target) -> str:
        """What stands around a figure of a text; its name alone may say little (`累计引进教师1720名`)."""
        document = self.documents[target.document_id]
        if document.table(target.section_id):
            return ""
        (place,) = places_of(document, target)
        return document.display(figure_span(document, place.span, target))

    def _weight(self, grams: set[str]) -> float:
        unknown = math.log(1 + len(self.records))
        return sum(
            self._weights.get(gram, unknown if len(gram) == 1 else unknown / 2) for gram in grams
        )

    def _read(self, phrase: str) -> tuple[set[str], set[str]]:
        """The characters and pairs of a phrase, and of the official terms for its words."""
        if phrase not in self._phrases:
            official = " ".join(term for _, terms in official_terms(phrase) for term in terms)
            self._phrases[phrase] = _grams(phrase), _grams(official)
        return self._phrases[phrase]

    def likeness(self, phrase: str, target: Target) -> float:
        """How like a phrase is to a record's name, in [0, 1]; everyday words count as official ones."""
        said, official = self._read(phrase)
        best = 0.0
        for name, share in zip(self._names[id(target)], _NAME_SHARES, strict=True):
            held = self._weight(name & said) + OFFICIAL_SHARE * self._weight(name & official - said)
            of_name = held / (self._weight(name) or 1)
            of_phrase = self._weight(said & name) / (self._weight(said) or 1)
            best = max(best, share * of_name**NAME_WEIGHT * of_phrase ** (1 - NAME_WEIGHT))
        return best

    def _held(self, phrase: str, target: Target) -> float:
        """The share of a phrase that a record's name holds."""
        said = _grams(phrase)
        return self._weight(said & self._names[id(target)][0]) / (self._weight(said) or 1)

    def _order(self, target: Target) -> float:
        document = self.documents[target.document_id]
        table = TABLE_BONUS if document.table(target.section_id) else 0.0
        rank = self._ranks.get((target.document_id, target.section_id))
        return table + (HIT_BONUS / (1 + rank) if rank is not None else 0.0)

    def named(
        self,
        phrase: str,
        among: Sequence[Target],
        *,
        context: str = "",
        against: str = "",
        least: float = MIN_LIKENESS,
    ) -> list[Target]:
        """The records that a phrase names, best first; `context` is what the other operand says.

        A record that is also like `against`, the other operand's words, is less likely meant.
        """
        scored = []
        for target in among:
            like = self.likeness(phrase, target)
            if context and self._held(phrase, target) >= MIN_HELD:
                like = max(like, CONTEXT_SHARE * self.likeness(f"{phrase} {context}", target))
            if like >= least:
                other = self.likeness(against, target) if against else 0.0
                scored.append((like - AGAINST_SHARE * other + self._order(target), target))
        return [target for _, target in sorted(scored, key=lambda pair: -pair[0])]

    def in_table(self, target: Target) -> bool:
        """Whether a record is a row of a table."""
        return self.documents[target.document_id].table(target.section_id) is not None

    def surest(self, among: Sequence[Target]) -> list[Target]:
        """The one of the records that the question asks for by all its evidence, where that is sure."""
        return _same(self._surest, among)

    def likeliest(self, among: Sequence[Target]) -> list[Target]:
        """The one of the records that the question's evidence puts first, sure or not."""
        return _same(self._likeliest, among)

    def of_unit(self, unit: str) -> list[Target]:
        """The records counted in a unit; all where it is ''."""
        asked = "%" if unit.endswith("百分点") else unit
        return [target for target in self.records if fits_unit(asked, target.unit)]

    def figure(
        self, target: Target, year: int | None = None, *, past: bool = False
    ) -> Figure | None:
        """The record's value in a year; without one the target, or what was before where `past`."""
        values = [
            (target.target, target.target_year, True),
            (target.baseline, target.baseline_year, False),
        ]
        if past:
            values.reverse()
        for value, own, aimed in values:
            if value is not None and (year is None or own in {year, None}):
                return Figure(
                    document=self.documents[target.document_id],
                    target=target,
                    value=value,
                    year=own,
                    aimed=aimed and target.kind == "目标",
                )
        return None

    def both(self, target: Target) -> tuple[Figure, Figure] | None:
        """The record's values before and aimed at, where it has both."""
        before, aimed = self.figure(target, past=True), self.figure(target)
        if target.baseline is None or target.target is None:
            return None
        return (before, aimed) if before and aimed else None
