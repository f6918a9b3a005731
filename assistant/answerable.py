"""Whether the evidence answers a question: a probability from its strength, fitted on dev.

What no rule of `refuse` settles is left to this. `python -m evals.fit_answers` fits the weights.
"""

import math
from collections.abc import Mapping, Sequence

from assistant.evidence import Evidence, Weigher
from assistant.figures import Figure, certainty, load_weights
from assistant.naming import name_share
from assistant.question import Question
from index.types import Hit

# Refuse below this probability. On dev it gives up few answerable questions for many unanswerable ones
# (docs/decisions/010-refusal.md shows the whole curve).
THRESHOLD = 0.65

FEATURES = (
    "hit",  # log-odds of the first hit's probability
    "sentence",  # share of the question in the best sentence with its headings
    "unknown",  # share of the question in words that the index does not have
    "missing",  # weight of the heaviest concept that none of the first sentences holds, of the heaviest
    "figure",  # a figure is asked for
    "figure_words",  # then: share of the question in the best figure's words
    "figure_precise",  # then: share of that figure's words that the question says
    "figure_name",  # then: share of its name that the question says
    "figure_certain",  # then: how surely it is that one
    "no_figure",  # then: there is none that fits
    "list",  # a list is asked for
    "concepts",  # how many concepts the question has
    "second_hit",  # the second hit's probability
    "lead",  # share of the question in the sentence that would answer, with its headings
    "lead_behind",  # how much less that is than the best sentence's
    "lead_missing",  # weight of the heaviest concept that this sentence lacks, of the heaviest
    "lead_absent",  # share of the weight of all concepts that it lacks wholly
    "lead_absent_inside",  # the same, its headings left out
)


def _log_odds(probability: float) -> float:
    clipped = min(max(probability, 0.001), 0.999)
    return math.log(clipped / (1 - clipped))


def _of_lead(
    weigher: Weigher, lead: Evidence | None, evidence: Sequence[Evidence]
) -> tuple[float, ...]:
    """What the sentence lacks that would answer: the last four of FEATURES and `lead` before them."""
    if lead is None:
        return 0.0, 0.0, 1.0, 1.0, 1.0
    total = sum(concept.weight for concept in weigher.concepts) or 1.0
    words = weigher.words([lead])
    inside = frozenset(weigher.tokenize(lead.text))
    return (
        lead.coverage,
        evidence[0].coverage - lead.coverage,
        weigher.missing(words),
        sum(weigher.absent(words)) / total,
        sum(weigher.absent(inside)) / total,
    )


def features_of(
    question: Question,
    hits: Sequence[Hit],
    evidence: Sequence[Evidence],
    weigher: Weigher,
    figures: Sequence[tuple[float, Figure]],
) -> tuple[float, ...]:
    """What speaks for an answer, in the order of FEATURES."""
    top = evidence[:3]
    asks = float(question.kind == "figure")
    best = figures[0][1] if figures and asks else None
    lead = best.evidence if best else evidence[0] if evidence else None
    words = f"{best.words} {best.record.indicator}" if best else ""
    said = frozenset(weigher.tokenize(question.expanded))
    own = {word for word in weigher.tokenize(words) if not word[0].isdigit()}
    names = (best.record.name, best.record.indicator) if best else ()
    return (
        _log_odds(hits[0].score) if hits else -5.0,
        max((item.coverage for item in top), default=0.0),
        question.query.unknown,
        weigher.missing(weigher.words(top)),
        asks,
        weigher.share(words) if best else 0.0,
        len(own & said) / len(own) if own else 0.0,
        max((name_share(name, question.expanded) for name in names), default=0.0),
        certainty([score for score, _ in figures]) if best else 0.0,
        float(asks and best is None),
        float(question.kind == "list"),
        float(len(weigher.concepts)),
        hits[1].score if len(hits) > 1 else 0.0,
        *_of_lead(weigher, lead, evidence),
    )


def probability(values: Sequence[float], weights: Mapping[str, float] | None = None) -> float:
    """The probability that the evidence answers, in (0, 1)."""
    known = load_weights()["answerable"] if weights is None else weights
    z = known["intercept"] + sum(
        known[name] * value for name, value in zip(FEATURES, values, strict=True)
    )
    return 1 / (1 + math.exp(-z))
