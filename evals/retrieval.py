"""Retrieval metrics at passage and section level, computed by `ir_measures`.

MacAvaney et al. 2022, Streamlining Evaluation with ir-measures, doi:10.1007/978-3-030-99739-7_38.

success@k: 1 where a relevant item is among the first k (called recall@k where one item is wanted);
recall@k: the share of relevant items among the first k; RR: 1 / rank of the first relevant item;
nDCG@10: Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418, with binary gains.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import ir_measures
from ir_measures import RR, R, Success, nDCG

from corpus.types import Document
from evals.questions import EvalQuestion, GoldSpan
from index.types import Hit, Passage

K = 10
MEASURES: dict[str, Any] = {
    "success@1": Success @ 1,
    "success@5": Success @ 5,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "rr": RR @ 10,
    "ndcg@10": nDCG @ 10,
}
Qrels = dict[str, int]
Ranking = dict[str, float]


def measure(qrels: Qrels, ranking: Ranking) -> dict[str, float]:
    """Each measure for one question; a question without relevant items or without hits counts 0."""
    if not qrels or not ranking:
        return dict.fromkeys(MEASURES, 0.0)
    found = ir_measures.calc_aggregate(MEASURES.values(), {"q": qrels}, {"q": ranking})
    return {name: float(found[measure]) for name, measure in MEASURES.items()}


def relevant_passages(groups: Sequence[Sequence[GoldSpan]], passages: Sequence[Passage]) -> Qrels:
    """The passages that show a gold quote, by id; an outline shows the headings that it lists."""
    golds = [gold for group in groups for gold in group]
    return {
        passage.passage_id: 1
        for passage in passages
        if any(
            gold.document_id == passage.document_id and gold.span in shown
            for gold in golds
            for shown in (passage.span, *passage.shows)
        )
    }


def passage_ranking(hits: Sequence[Hit]) -> Ranking:
    """Passage ids with scores that keep the hits' order, ties included."""
    return {hit.passage.passage_id: float(-hit.rank) for hit in hits}


def relevant_sections(question: EvalQuestion, documents: Mapping[str, Document]) -> Qrels:
    """The question's sections."""
    return {
        f"{document_id}#{section}": 1 for document_id in documents for section in question.sections
    }


def section_ranking(question: EvalQuestion, hits: Sequence[Hit]) -> Ranking:
    """The sections of the hits, each at its first place; a part of a gold section counts as it."""
    ranking: Ranking = {}
    for hit in hits:
        own = hit.passage.section_id
        section = next((s for s in question.sections if own == s or own.startswith(f"{s}.")), own)
        ranking.setdefault(f"{hit.passage.document_id}#{section}", float(-hit.rank))
    return ranking
