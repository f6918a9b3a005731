"""What the embedder is taught by: its nearness to the right sentence, and whether a sentence answers."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from evals.tune_data import Example, batches
from evals.tune_model import QUESTION_TOKENS, TEXT_TOKENS, Tuned
from index.embedders.onnx_model import PASSAGE, QUERY
from index.lexicon import standardised

TEMPERATURE = 0.03
# Questions in a batch of the embedding; answered and unanswered ones in a batch of reading.
EMBEDDED, ANSWERED, UNANSWERED = 24, 12, 14
# The embedding is taught once in so many steps of reading; a batch of reading is read in so many runs of
# pairs that are about equally long, since the longest decides what all cost.
EMBEDDING_EVERY, RUNS = 3, 2
# So often an answered question is read with a sentence that resembles its own, too.
NEAR_SHARE = 0.5
# A sentence that merely resembles the answering one counts for less: it may answer as well.
NEAR_WEIGHT = 0.4
# So many questions are given as retrieval sees them, folded and out of dialect.
STANDARD_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Group:
    """Pairs of one question and a sentence; `answers`: whether the first does."""

    pairs: list[tuple[str, str]]
    answers: bool


def _asked(example: Example) -> str:
    standard = random.random() < STANDARD_SHARE  # noqa: S311 - chance, not secrets
    return standardised(example.question) if standard else example.question


def embedding_loss(tuned: Tuned, batch: Sequence[Example]) -> Tensor:
    """Each question's own sentence against those of the others and one that resembles it."""
    questions = tuned.embed([_asked(e) for e in batch], QUERY, QUESTION_TOKENS)
    own = [example.text for example in batch]
    near = [random.choice(e.negatives[:4]) for e in batch if e.negatives]  # noqa: S311 - chance
    texts = tuned.embed([*own, *near], PASSAGE, TEXT_TOKENS)
    scores = questions @ texts.T / TEMPERATURE
    same = torch.tensor([[e.text == text for text in [*own, *near]] for e in batch])
    same[:, : len(batch)] &= ~torch.eye(len(batch), dtype=torch.bool)
    return functional.cross_entropy(scores.masked_fill(same, -1e4), torch.arange(len(batch)))


def _groups(right: Sequence[Example], wrong: Sequence[Example]) -> list[Group]:
    """Each question with what it is read with: the sentence that answers first, where there is one."""
    groups = []
    for example in right:
        asked, near = _asked(example), example.negatives
        beside = near and random.random() < NEAR_SHARE  # noqa: S311 - chance, not secrets
        texts = [example.text, random.choice(near)] if beside else [example.text]  # noqa: S311 - chance
        groups.append(Group([(asked, text) for text in texts], answers=True))
    groups += [Group([(_asked(each), each.text)], answers=False) for each in wrong]
    return sorted(groups, key=lambda group: max(len(asked + text) for asked, text in group.pairs))


def reading_loss(tuned: Tuned, groups: Sequence[Group]) -> Tensor:
    """The sum over the groups: the answering sentence of two, and whether a sentence answers."""
    judged = tuned.judge([pair for group in groups for pair in group.pairs])
    total, place = torch.zeros(()), 0
    for group in groups:
        own = judged[place : place + len(group.pairs)]
        place += len(group.pairs)
        answers = torch.zeros(len(own))
        answers[0] = group.answers
        weights = torch.ones(len(own))
        weights[1:] = NEAR_WEIGHT
        total = total + functional.binary_cross_entropy_with_logits(
            own[:, 1], answers, weight=weights, reduction="sum"
        )
        if len(own) > 1:
            total = total + functional.cross_entropy(own[None, :, 0], torch.zeros(1).long())
    return total


def losses_of(
    tuned: Tuned, examples: Sequence[Example], *, reads: bool
) -> Iterator[Iterator[Tensor]]:
    """The parts of the loss at each change of the weights, without end."""
    right = [example for example in examples if example.answers]
    wrong = [example for example in examples if not example.answers]
    embedded = batches(right, EMBEDDED, 6)
    answered, unanswered = batches(right, ANSWERED, 1), batches(wrong, UNANSWERED, 1)
    step = 0
    while True:
        if not reads or step % (EMBEDDING_EVERY + 1) == EMBEDDING_EVERY:
            yield iter([embedding_loss(tuned, next(embedded))])
        else:
            groups = _groups(next(answered), next(unanswered))
            size = -(-len(groups) // RUNS)
            parts = (groups[start : start + size] for start in range(0, len(groups), size))
            yield (reading_loss(tuned, part) / len(groups) for part in parts)
        step += 1
