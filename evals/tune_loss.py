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
# So many questions are given as retrieval sees them, folded and out of dialect.
STANDARD_SHARE = 0.75
# Sentences that resemble what is asked, beside the right one, where it is read and where it is embedded.
READ_BESIDE, EMBEDDED_BESIDE = 2, 2
# So often a question without an answer is read with one of them, too.
NEAR_SHARE = 0.5
# A sentence that merely resembles the answering one counts for less: it may answer as well.
NEAR_WEIGHT = 0.7
# What choosing the right sentence counts beside saying whether it answers.
CHOICE_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Sizes:
    """Questions in a batch that is embedded and, of either sort, in one that is read."""

    embedded: int = 256
    answered: int = 64
    unanswered: int = 64


@dataclass(frozen=True, slots=True)
class Group:
    """Pairs of one question and a sentence; `answers`: whether the first does."""

    pairs: list[tuple[str, str]]
    answers: bool


def _asked(example: Example) -> str:
    standard = random.random() < STANDARD_SHARE  # noqa: S311 - chance, not secrets
    return standardised(example.question) if standard else example.question


def _beside(example: Example, count: int) -> list[str]:
    return random.sample(example.negatives, min(count, len(example.negatives)))


def embedding_loss(tuned: Tuned, batch: Sequence[Example]) -> Tensor:
    """Each question's own sentence against those of the others and some that resemble it."""
    questions = tuned.embed([_asked(e) for e in batch], QUERY, QUESTION_TOKENS)
    near = [text for e in batch for text in _beside(e, EMBEDDED_BESIDE)]
    texts = list(dict.fromkeys([*(e.text for e in batch), *near]))
    place = {text: number for number, text in enumerate(texts)}
    own = torch.tensor([place[e.text] for e in batch], device=questions.device)
    scores = questions @ tuned.embed(texts, PASSAGE, TEXT_TOKENS).T / TEMPERATURE
    return functional.cross_entropy(scores, own)


def groups_of(right: Sequence[Example], wrong: Sequence[Example]) -> list[Group]:
    """Each question with what it is read with: the sentence that answers first, where there is one."""
    groups = []
    for example in right:
        asked, texts = _asked(example), [example.text, *_beside(example, READ_BESIDE)]
        groups.append(Group([(asked, text) for text in texts], answers=True))
    for example in wrong:
        asked, texts = _asked(example), [example.text]
        # Another sentence of a document that is not known to be silent may answer.
        if example.complete and random.random() < NEAR_SHARE:  # noqa: S311 - chance, not secrets
            texts += _beside(example, 1)
        groups.append(Group([(asked, text) for text in texts], answers=False))
    return groups


def reading_loss(tuned: Tuned, groups: Sequence[Group]) -> Tensor:
    """Whether each sentence answers, and which of a question's sentences is the right one."""
    judged = tuned.judge([pair for group in groups for pair in group.pairs])
    answers, weights = (torch.zeros(len(judged), device=judged.device) for _ in range(2))
    choices, place = [], 0
    for group in groups:
        end = place + len(group.pairs)
        answers[place] = group.answers
        weights[place], weights[place + 1 : end] = 1, NEAR_WEIGHT
        if group.answers and len(group.pairs) > 1:
            choices.append(-functional.log_softmax(judged[place:end, 0], dim=0)[0])
        place = end
    said = functional.binary_cross_entropy_with_logits(
        judged[:, 1], answers, weight=weights, reduction="sum"
    )
    chosen = torch.stack(choices).mean() if choices else judged.new_zeros(())
    return said / weights.sum() + CHOICE_WEIGHT * chosen


def losses_of(
    tuned: Tuned, examples: Sequence[Example], sizes: Sizes, *, embedding_every: int
) -> Iterator[Iterator[Tensor]]:
    """The parts of the loss at each change of the weights, without end; the embedding's now and then."""
    right = [example for example in examples if example.answers]
    wrong = [example for example in examples if not example.answers]
    embedded = batches(right, sizes.embedded, 6)
    answered, unanswered = batches(right, sizes.answered, 1), batches(wrong, sizes.unanswered, 1)
    step = 0
    while True:
        yield _parts(
            tuned,
            next(answered),
            next(unanswered),
            None if step % embedding_every else next(embedded),
        )
        step += 1


def _parts(
    tuned: Tuned,
    right: Sequence[Example],
    wrong: Sequence[Example],
    embedded: Sequence[Example] | None,
) -> Iterator[Tensor]:
    """Made one after the other, so that one's memory is free before the next."""
    yield reading_loss(tuned, groups_of(right, wrong))
    if embedded is not None:
        yield embedding_loss(tuned, embedded)
