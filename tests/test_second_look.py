"""What a judge says of the sentences that were read again decides among figures, and among the hits of a search."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assistant.pipeline import Assistant
from assistant.second_look import (
    FIRST_IS_SURE,
    HITS_READ,
    SENTENCES_OF_HIT,
    Reading,
    reordered,
)
from index.types import Judgements


def test_a_figure_of_a_sentence_that_answers_comes_first(assistant: Assistant) -> None:
    found = assistant.retrieve(assistant.read("普通话普及率要达到多少"))
    scores = [score for score, _ in found.figures]
    (_, first), *others = found.figures
    other = next(f for _, f in others if f.evidence.span != first.evidence.span)
    places = [(f.evidence.document.document_id, f.evidence.span) for f in (first, other)]
    unsure = Reading((), (), dict.fromkeys(places, 0.0))
    assert unsure.of_figures(found.figures)[0] == (scores[0], first)
    surer = Reading((), (), dict(zip(places, (-20.0, 20.0), strict=True)))
    assert surer.of_figures(found.figures)[0][1].evidence.span == other.evidence.span


def test_figures_that_were_not_read_count_as_the_least_of_those_read(assistant: Assistant) -> None:
    found = assistant.retrieve(assistant.read("普通话普及率要达到多少"))
    first = found.figures[0][1].evidence
    read = Reading((), (), {(first.document.document_id, first.span): 5.0})
    assert [figure for _, figure in read.of_figures(found.figures)] == [
        figure for _, figure in found.figures
    ]


class NearTo:
    """A judge to whom whatever holds a word is to the point."""

    def __init__(self, word: str) -> None:
        self.word, self.read = word, 0

    def judge(self, query: str, texts: Sequence[str]) -> Judgements:
        assert query
        self.read += len(texts)
        said = [[9.0 if self.word in text else -9.0, 0.0] for text in texts]
        return np.array(said, dtype=np.float32).reshape(len(texts), 2)


def test_the_first_hits_of_an_unclear_search_are_read(hashing_assistant: Assistant) -> None:
    found = hashing_assistant.retrieve(hashing_assistant.read("怎样关爱留守儿童?"))
    unclear = [replace(hit, score=0.5 / hit.rank) for hit in found.hits]
    of_hit = {e.passage.passage_id: e for e in reversed(found.evidence)}
    behind = [of_hit.get(hit.passage.passage_id) for hit in unclear[1:HITS_READ]]
    last = next(evidence for evidence in reversed(behind) if evidence)
    judge = NearTo(last.text)
    read = reordered(found.question, unclear, found.evidence, judge)
    assert read[0].passage is last.passage
    assert [hit.score for hit in read] == [hit.score for hit in unclear]
    assert [hit.rank for hit in read] == list(range(1, len(unclear) + 1))
    assert 0 < judge.read <= HITS_READ * SENTENCES_OF_HIT
    sure = [replace(unclear[0], score=FIRST_IS_SURE), *unclear[1:]]
    judge = NearTo(last.text)
    assert reordered(found.question, sure, found.evidence, judge) == tuple(sure)
    assert judge.read == 0
    assert reordered(found.question, [], (), judge) == ()
