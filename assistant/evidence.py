"""The sentences that may answer a question, each with how much of the question it covers."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.question import Question
from assistant.weights import load_weights
from corpus.fold import fold
from corpus.quantities import Quantity, find_quantities
from corpus.types import Document, Span
from index.features import HEADING_SHARE
from index.query import Concept, fits_unit
from index.types import Hit, Passage

# What speaks for a sentence; the weights are fitted by `python -m evals.fit_evidence`, with coverage at 1.
FEATURES = (
    "coverage",  # share of the question that it holds with its headings
    "hit",  # its passage's score
    "nearness",  # how near its vector is to the question's
    "quantity",  # a quantity of the unit asked for, to a question after a figure
    "listing",  # an enumeration, to a question after a list
    "expected",  # what a question after when, why or where expects
)
_ENUMERATION = re.compile(r"、[^。；;]*、")
# What a sentence shows that says when, why or where, to a question after that.
_EXPECTED = tuple(
    (re.compile(asks), re.compile(shows))
    for asks, shows in (
        (
            r"什么时候|何时|哪一?[年天月]|几[月号]|哪个月|什么时间|几几年|when",
            r"\d(?:世纪|年|月|日)|[初底末]前?",
        ),
        (r"(?<![作称成认改名被叫])为什么|为何|什么原因|why", r"因|由于|为了|原因|鉴于|所以|导致"),
        (
            r"哪里|哪儿|什么地方|位于哪|where",
            r"位于|地处|坐落|分布|在[^,，。]{1,10}(?:[省市区县镇乡村]|国)",
        ),
        (r"谁|who", r"[是由为]"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A sentence (or row) of a passage.

    `coverage` in [0, 1] is the share of the question's concepts, by their rarity, that it and its
    headings hold; `score` ranks it, from `values` in the order of FEATURES; `hit_score` is its passage's;
    `text` is mended.
    """

    document: Document
    passage: Passage
    span: Span
    text: str
    quantities: tuple[Quantity, ...]
    coverage: float
    score: float
    hit_score: float = 0.0
    values: tuple[float, ...] = ()

    @property
    def nearness(self) -> float:
        """How near its vector is to the question's, in [0, 1]; 0 where it is not among the nearest."""
        return self.values[FEATURES.index("nearness")] if self.values else 0.0


@dataclass(frozen=True, slots=True)
class Weigher:
    """Weighs texts against the concepts of one question."""

    concepts: tuple[Concept, ...]
    tokenize: Callable[[str], list[str]]

    def share(self, text: str, headings: str = "") -> float:
        """The share, in [0, 1], of the question's concepts that the text and its headings hold."""
        inside, above = frozenset(self.tokenize(text)), frozenset(self.tokenize(headings))
        total = sum(concept.weight for concept in self.concepts)
        held = sum(concept.weight * _held(concept, inside, above) for concept in self.concepts)
        return held / total if total else 0.0

    def absent(self, words: frozenset[str]) -> list[float]:
        """The weights of the concepts that no wording of stands wholly among some words."""
        return [
            concept.weight
            for concept in self.concepts
            if not any(set(wording) <= words for wording in concept.wordings)
        ]

    def missing(self, words: frozenset[str]) -> float:
        """How heavy the heaviest concept is that these words lack, of the heaviest of all, in [0, 1]."""
        heaviest = max((concept.weight for concept in self.concepts), default=0.0)
        return max(self.absent(words), default=0.0) / heaviest if heaviest else 1.0

    def words(self, items: Sequence["Evidence"]) -> frozenset[str]:
        """The words of sentences and of the headings above them."""
        return frozenset(
            word
            for item in items
            for word in self.tokenize(item.text + "\n" + "\n".join(item.passage.context))
        )


def _held(concept: Concept, inside: frozenset[str], above: frozenset[str]) -> float:
    """How far, in [0, 1], words inside a text and words in the headings above it hold a concept."""
    return max(
        sum(1.0 if word in inside else HEADING_SHARE if word in above else 0.0 for word in words)
        / len(words)
        for words in concept.wordings
    )


def _sentences(document: Document, passage: Passage) -> Iterator[Span]:
    if passage.kind == "paragraph" and passage.paragraph is not None:
        yield from document.paragraphs_of(passage.section_id)[passage.paragraph - 1].sentences
    elif passage.kind == "row":
        yield passage.span


def gather(
    question: Question, hits: Sequence[Hit], documents: Mapping[str, Document], weigher: Weigher
) -> tuple[Evidence, ...]:
    """The sentences of the hits' passages, best first; equal scores in the order of the hits."""
    found = []
    weights = [load_weights()["evidence"][name] for name in FEATURES]
    shows = [shows for asks, shows in _EXPECTED if asks.search(question.understood)]
    for hit in hits:
        document = documents[hit.passage.document_id]
        # Where no heading says what a passage is about, its own words do.
        headings = "\n".join(hit.passage.context) or hit.passage.text
        for place, span in enumerate(_sentences(document, hit.passage)):
            row = hit.passage.kind == "row"
            text = hit.passage.text if row else document.display(span)
            quantities = find_quantities(text)
            fitting = any(fits_unit(question.unit, quantity.unit) for quantity in quantities)
            values = (
                weigher.share(text, headings),
                hit.score,
                hit.nearness[place] if place < len(hit.nearness) else 0.0,
                float(question.kind == "figure" and (row or fitting)),
                float(question.kind == "list" and _ENUMERATION.search(text) is not None),
                float(any(pattern.search(fold(text)) for pattern in shows)),
            )
            found.append(
                Evidence(
                    document=document,
                    passage=hit.passage,
                    span=span,
                    text=text,
                    quantities=quantities,
                    coverage=values[0],
                    hit_score=hit.score,
                    values=values,
                    score=sum(w * value for w, value in zip(weights, values, strict=True)),
                )
            )
    return tuple(sorted(found, key=lambda evidence: -evidence.score))
