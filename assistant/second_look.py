"""Reads the question together with the sentences that may answer it, where the evidence alone is not clear.

A judge is slower than counting words: it is asked only below a probability, about a few sentences. It
decides whether there is an answer, not which sentence is the best: that is known better without it
(docs/decisions/014-tuning.md). `python -m evals.fit_read` fits the weights on dev.
"""

from collections.abc import Sequence

from assistant.evidence import Evidence
from assistant.facts import in_words, row_record
from assistant.question import Question
from index.passages import part_text
from index.types import Judge, Part

# From this probability on the evidence answers, below the other it does not, without another look.
SURE, HOPELESS = 0.85, 0.1
# Where a rule would refuse, the evidence must speak so far against it to be worth a look.
AGAINST_RULE = 0.5
# So many of the best sentences are read beside the one that would answer; more tell no more on dev.
SENTENCES = 2

FEATURES = (
    "answers",  # how surely the sentence that would answer does
    "relevant",  # how near it is to what is asked
    "most",  # how surely the surest of all that were read answers
)


def is_due(before: float, *, ruled: bool = False) -> bool:
    """Whether a probability is clear neither way; `ruled`: whether it speaks against a rule that would refuse."""
    return before >= AGAINST_RULE if ruled else HOPELESS <= before < SURE


def values_of(
    question: Question, lead: Evidence, evidence: Sequence[Evidence], judge: Judge
) -> tuple[float, ...]:
    """What the judge says, in the order of FEATURES; `lead` is the sentence that would answer."""
    read = dict.fromkeys(_text(item, question) for item in (lead, *evidence[:SENTENCES]))
    said = judge.judge(question.understood, list(read))
    relevant, answers = map(float, said[0])
    return answers, relevant, float(said[:, 1].max())


def _text(evidence: Evidence, question: Question) -> str:
    """The sentence under its nearest heading, as passages are embedded; a table's row in words."""
    if record := row_record(evidence):
        return in_words(record, question.years)
    return part_text(evidence.passage, Part(span=evidence.span, text=evidence.text))
