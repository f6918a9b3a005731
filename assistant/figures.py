"""Which of the figures in the evidence a question asks for.

Every figure is a record (corpus.targets) in one of the sentences or rows; what speaks for it becomes a
row of numbers, weighed by weights that `python -m evals.fit_answers` fitted on dev.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.evidence import Evidence, Weigher
from assistant.figure_clues import said_of
from assistant.naming import name_share
from assistant.question import Question
from assistant.weights import load_weights
from corpus.fold import fold
from corpus.targets import targets_of
from corpus.types import Document, Span, Target
from index.query import fits_unit

# Figures are looked for in this many of the best sentences.
SENTENCES = 12
# What it costs a figure that its sentence and headings lack the question's heaviest concept. In one plan this
# decides nothing (on dev no cost from 0 to 4 changes a first figure); among documents it tells subjects apart.
MISSING_COST = 2.0
# A figure that scores less is not what is asked for: of 16 such on dev and fit the best sentence answers 14,
# the best figure 5.
LEAST_SCORE = 0.5
# What it is worth that a question names the thing, of those in a box, that a figure is told of.
THING = 2.0

FEATURES = (
    "sentence",  # share of the question that the sentence with its headings holds
    "hit",  # the passage's score, of the best one's
    "near",  # how near the sentence's vector is to the question's
    "words",  # share of the question that the figure's own words hold
    "precise",  # share of the figure's own words that the question says
    "name",  # share of the indicator's character pairs that the question says
    "row",  # stands in a table
    "past",  # a state at the start, where that is asked for
    "past_for_other",  # a state at the start, where a target is asked for
    "year",  # a year that the question names is one of the record's
    "digits",  # written in digits, as figures are
    "given",  # the question says this number itself
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORDS = re.compile(r"[\u3400-\u9fff]{2}")
_ENUMERATION = re.compile(r"[,，;；、。:：]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A record with the sentence that it stands in and its own words there.

    `thing`: the title of the item of a box that it is told of (新校区建设:总投资…), else ''.
    """

    record: Target
    evidence: Evidence
    words: str
    thing: str = ""

    @property
    def in_table(self) -> bool:
        """Whether it is a table's row."""
        return self.evidence.passage.kind == "row"


class Records:
    """The records of documents by the place they stand in, made when first asked for."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._made: dict[str, tuple[Target, ...]] = {}

    def within(self, evidence: Evidence) -> list[Target]:
        """The records inside a sentence or row, in the order of the text."""
        document_id = evidence.document.document_id
        if document_id not in self._made:
            self._made[document_id] = targets_of(evidence.document)
        return [
            record
            for record in self._made[document_id]
            if record.span in evidence.span
            or (evidence.passage.kind == "row" and record.section_id == evidence.passage.section_id)
        ]


def figure_span(document: Document, sentence: Span, record: Target) -> Span:
    """The part of an enumeration that a figure stands in: `区级示范校20所` of `甲15所、区级示范校20所`."""
    text, offset = document.quote(sentence), sentence.start
    start, end = max(0, record.span.start - offset), record.span.end - offset
    marks = [mark.end() for mark in _ENUMERATION.finditer(text, 0, start)]
    # 300元、500元、800元 have their words before the first.
    bare_number = not _WORDS.search(_ENUMERATION.split(text[end:])[0])
    while marks and bare_number and not _WORDS.search(text, marks[-1], start):
        marks.pop()
    before = marks[-1] if marks else 0
    after = _ENUMERATION.search(text, end)
    return Span(offset + before, offset + (after.start() if after else len(text)))


def own_words(document: Document, evidence: Evidence, record: Target) -> str:
    """The words of a figure: its part of the sentence, or a row's category and indicator."""
    if evidence.passage.kind == "row":
        return f"{record.category}{record.name}"
    return document.display(figure_span(document, evidence.span, record)).strip()


def thing_of(evidence: Evidence) -> str:
    """The title of the item of a box that a sentence stands in; '' elsewhere."""
    path = evidence.document.path(evidence.passage.section_id)
    return path[-1].title if len(path) > 1 and path[-2].kind == "box" else ""


def find_figures(
    question: Question, evidence: Sequence[Evidence], records: Records
) -> list[Figure]:
    """The figures that may answer: those of the best sentences, of a unit that fits."""
    found = []
    for item in evidence[:SENTENCES]:
        for record in records.within(item):
            if fits_unit(question.unit, record.unit):
                words = own_words(item.document, item, record)
                found.append(
                    Figure(record=record, evidence=item, words=words, thing=thing_of(item))
                )
    return found


def asks_past(question: Question, document: Document) -> bool:
    """Whether a question is after the state that a plan starts from: 2020年, 十三五, 前五年."""
    query, start = question.query, document.metadata.period_start
    ends = (*query.years, *query.period_ends)
    if ends:
        return start is not None and any(end < start for end in ends)
    return query.past


def _precision(
    figure: Figure, asked: frozenset[str], tokenize: Callable[[str], list[str]]
) -> float:
    words = {
        word for word in tokenize(figure.words + figure.record.indicator) if not word[0].isdigit()
    }
    return len(words & asked) / len(words) if words else 0.0


def features_of(
    question: Question, figure: Figure, weigher: Weigher, best_hit: float
) -> tuple[float, ...]:
    """What speaks for a figure, in the order of FEATURES."""
    record, asked = figure.record, question.expanded
    past = asks_past(question, figure.evidence.document)
    reported = record.kind == "现状"
    years = {record.baseline_year, record.target_year} - {None}
    said = frozenset(weigher.tokenize(asked))
    return (
        figure.evidence.coverage,
        figure.evidence.hit_score / best_hit if best_hit else 0.0,
        figure.evidence.nearness,
        weigher.share(f"{figure.thing} {figure.words} {record.indicator}"),
        _precision(figure, said, weigher.tokenize),
        max(name_share(name, asked) for name in (record.name, record.indicator)),
        float(figure.in_table),
        float(past and (reported or figure.in_table)),
        float(not past and reported),
        float(bool(years & set(question.years))),
        float(bool(re.search(r"\d", fold(figure.words))) or figure.in_table),
        float(is_given(question, record)),
    )


def is_given(question: Question, record: Target) -> bool:
    """Whether the question itself says each number of a record: what is known is not asked for."""
    said = {float(number) for number in _NUMBER.findall(question.understood)}
    values = {float(value) for value in (record.baseline, record.target) if value is not None}
    return bool(values) and values <= said


def ranked_figures(
    question: Question, evidence: Sequence[Evidence], records: Records, weigher: Weigher
) -> list[tuple[float, Figure]]:
    """(score, figure), best first; of equal scores the first in the evidence; none where none is good enough."""
    figures = find_figures(question, evidence, records)
    weights = load_weights()["figure"]
    best_hit = max((item.hit_score for item in evidence), default=0.0)
    scored = []
    for figure in figures:
        values = features_of(question, figure, weigher, best_hit)
        score = sum(weights[name] * value for name, value in zip(FEATURES, values, strict=True))
        missing = weigher.missing(weigher.words([figure.evidence]))
        score += said_of(question, figure.record, figure.words, figure.evidence)
        score += THING * name_share(figure.thing, question.expanded)
        scored.append((score - MISSING_COST * missing, figure))
    scored.sort(key=lambda pair: -pair[0])
    return scored if scored and scored[0][0] >= LEAST_SCORE else []


def certainty(scores: Sequence[float]) -> float:
    """The first score's share of all by softmax: how surely the first figure is the one; 0 for none."""
    if not scores:
        return 0.0
    return 1 / sum(math.exp(score - scores[0]) for score in scores)
