"""Reads the question together with the sentences that may answer it, where the evidence alone is not clear.

A judge is slower than counting words: it is asked only below a probability, about a few sentences. It
decides whether there is an answer, and has a small say in which of them is the best
(docs/decisions/014-tuning.md). `python -m evals.fit_read` fits the weights on dev.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.evidence import Evidence
from assistant.facts import row_in_words
from assistant.figures import Figure
from assistant.own_place import without_own_place
from assistant.question import Question
from corpus.types import Span
from index.lexicon import embeddable
from index.passages import part_text
from index.types import Hit, Judge, Judgements, Part

Ranked = tuple[float, Figure]
# From this probability on the evidence answers, below the other it does not, without another look.
SURE, HOPELESS = 0.93, 0.05
# Where a rule would refuse, the evidence must speak so far against it to be worth a look.
AGAINST_RULE = 0.4
# So many of the best sentences are read beside the one that would answer; with two the best leads less often.
SENTENCES = 3
# What a log-odds of 1 of answering counts beside the best sentence's own score; of 0.1 to 0.2, by nearness to
# the point too, the best on 562 questions, nine tenths of them of dev and four other plans: 499 right.
CHOICE_SHARE = 0.1

FEATURES = (
    "answers",  # how surely the sentence that would answer does
    "relevant",  # how near it is to what is asked
    "most",  # how surely the surest of all that were read answers
    "to_the_point",  # how much nearer to what is asked than even chances: then what lacks may be lacking
    "most_beyond",  # how much more surely one of them answers than it is near: everyday words lower both
)
# What a log-odds of nearness takes from that of answering there.
NEAR_SHARE = 0.5


# What a log-odds of answering there counts beside a figure's own score: of 0 to 0.8 the best on 100 questions
# of dev and four other plans, 96 right beside 93 without.
ANSWERS_SHARE = 0.4
# Of so many of the first hits so many sentences are read, where the first is not as likely as this to answer.
HITS_READ, SENTENCES_OF_HIT, FIRST_IS_SURE = 4, 2, 0.8
# What a log-odds of nearness counts beside the logarithm of a hit's score, of 0.1 to 1; that of answering does no
# better. On dev the first hit is right for 0.954 of the questions, for 0.949 without.
HIT_SHARE, LEAST_SCORE = 0.4, 1e-9


@dataclass(frozen=True, slots=True)
class Reading:
    """What a judge says of the sentences, in the order of FEATURES, and the evidence, best first by it too.

    `answers` are the log-odds of answering of each sentence that was read, by its place.
    """

    values: tuple[float, ...]
    evidence: tuple[Evidence, ...]
    answers: Mapping[tuple[str, Span], float]

    def of_figures(self, figures: Sequence[Ranked]) -> tuple[Ranked, ...]:
        """The figures, best first by what was read of their sentences too; what was not read counts least."""
        least = min(self.answers.values())
        scored = [
            (score + ANSWERS_SHARE * self.answers.get(_place(figure.evidence), least), figure)
            for score, figure in figures
        ]
        return tuple(sorted(scored, key=lambda pair: -pair[0]))


def is_due(before: float, *, ruled: bool = False) -> bool:
    """Whether a probability is clear neither way; `ruled`: whether it speaks against a rule that would refuse."""
    return before >= AGAINST_RULE if ruled else HOPELESS <= before < SURE


def read(question: Question, lead: Evidence, evidence: Sequence[Evidence], judge: Judge) -> Reading:
    """What the judge says of the best sentences; `lead` is the one that would answer."""
    items = (lead, *evidence[:SENTENCES])
    said = _judged(question, items, judge)
    relevant, answers = map(float, said[0])
    top = evidence[0].score or 1.0
    surely = [float(odds) for odds in said[1:, 1]]
    scores = [
        item.score / top + CHOICE_SHARE * each
        for item, each in zip(evidence[:SENTENCES], surely, strict=True)
    ]
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    return Reading(
        values=(
            answers,
            relevant,
            float(said[:, 1].max()),
            max(0.0, relevant),
            float((said[:, 1] - NEAR_SHARE * said[:, 0]).max()),
        ),
        evidence=(*(evidence[place] for place in order), *evidence[SENTENCES:]),
        answers={_place(item): float(odds) for item, odds in zip(items, said[:, 1], strict=True)},
    )


def reordered(
    question: Question, hits: Sequence[Hit], evidence: Sequence[Evidence], judge: Judge
) -> tuple[Hit, ...]:
    """The hits, the first few in the order that reading their best sentences gives; scores stay where they were.

    Those of a first hit that is likely enough are not read.
    """
    if not hits or hits[0].score >= FIRST_IS_SURE:
        return tuple(hits)
    sentences = {
        hit.passage.passage_id: [e for e in evidence if e.passage is hit.passage][:SENTENCES_OF_HIT]
        for hit in hits[:HITS_READ]
    }
    read = [sentence for own in sentences.values() for sentence in own]
    if not read:
        return tuple(hits)
    said = _judged(question, read, judge)[:, 0]
    nearest: dict[str, float] = {}
    for sentence, odds in zip(read, said, strict=True):
        name = sentence.passage.passage_id
        nearest[name] = max(float(odds), nearest.get(name, float(odds)))
    least = min(nearest.values())
    worth = [
        math.log(max(hit.score, LEAST_SCORE))
        + HIT_SHARE * nearest.get(hit.passage.passage_id, least)
        for hit in hits[:HITS_READ]
    ]
    order = sorted(range(len(worth)), key=lambda place: -worth[place])
    return tuple(
        replace(hits[place], score=hits[rank].score, rank=rank + 1)
        for rank, place in enumerate([*order, *range(len(order), len(hits))])
    )


def _judged(question: Question, items: Sequence[Evidence], judge: Judge) -> Judgements:
    """What the judge says of each sentence, float32, shape (n_items, 2); the same text is read once."""
    texts = [_text(item, question) for item in items]
    place = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    asked = embeddable(without_own_place(question.understood, items[0].document))
    said: Judgements = judge.judge(asked, list(place))[[place[text] for text in texts]]
    return said


def _place(evidence: Evidence) -> tuple[str, Span]:
    return evidence.document.document_id, evidence.span


def _text(evidence: Evidence, question: Question) -> str:
    """The sentence under its nearest heading, as passages are embedded; a table's row in words."""
    if row := row_in_words(evidence, question.years):
        return row
    return part_text(evidence.passage, Part(span=evidence.span, text=evidence.text))
