"""What the model is taught by: its nearness to the right sentence, and whether a sentence answers."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from evals.tune_data import Example, batches
from evals.tune_model import QUESTION_TOKENS, TEXT_TOKENS, Tuned
from index.embedders.onnx_model import PASSAGE, QUERY
from index.lexicon import embeddable, standardised

TEMPERATURE = 0.03
# So many questions are given as retrieval sees them, folded and out of dialect.
STANDARD_SHARE = 0.75
# So many of a table's rows are embedded as an index has them, and not as a sentence.
ROW_SHARE = 0.5
# Sentences that resemble what is asked, beside the right one.
BESIDE = 3
# So often a question without an answer is read with one of the nearest of them, too.
NEAR_SHARE, NEAREST = 0.6, 4
# A sentence that merely resembles the answering one counts for less: it may answer as well.
NEAR_WEIGHT = 0.7
# What choosing the right sentence counts beside saying whether it answers.
CHOICE_WEIGHT = 0.5
# What of the nearness that a right sentence ought to have goes to those beside it that a judge finds answering,
# to each by its odds. The right one's own log-odds count as so much at least.
SOFT_SHARE, LEAST_SURE = 0.3, 3.0


@dataclass(frozen=True, slots=True)
class Sizes:
    """Questions in a batch that is embedded and, of either sort, in one that is read."""

    embedded: int = 384
    answered: int = 96
    unanswered: int = 96


@dataclass(frozen=True, slots=True)
class Group:
    """Pairs of one question and a sentence; `answers`: whether the first does."""

    pairs: list[tuple[str, str]]
    answers: bool


def _asked(example: Example) -> str:
    standard = random.random() < STANDARD_SHARE  # noqa: S311 - chance, not secrets
    return embeddable(standardised(example.question)) if standard else example.question


def _beside(count: int, most: int) -> list[int]:
    """At most so many places of a number of sentences."""
    return random.sample(range(count), min(most, count))


def _embedded_as(example: Example) -> str:
    as_row = example.row and random.random() < ROW_SHARE  # noqa: S311 - chance, not secrets
    return example.row if as_row else example.text


def embedding_loss(tuned: Tuned, batch: Sequence[Example]) -> Tensor:
    """Each question's own sentence against those of the others and some that resemble it.

    What a judge said of these softens the aim (distillation, Hinton et al. 2015, arXiv:1503.02531).
    """
    questions = tuned.embed([_asked(e) for e in batch], QUERY, QUESTION_TOKENS)
    own = [_embedded_as(e) for e in batch]
    chosen = [_beside(len(e.negatives), BESIDE) for e in batch]
    near = [e.negatives[n] for e, numbers in zip(batch, chosen, strict=True) for n in numbers]
    texts = list(dict.fromkeys([*own, *near]))
    place = {text: number for number, text in enumerate(texts)}
    aims = torch.zeros(len(batch), len(texts))
    for row, (example, text, numbers) in enumerate(zip(batch, own, chosen, strict=True)):
        aims[row, place[text]] = 1.0
        if example.said:
            said = {place[example.negatives[n]]: example.said[n + 1] for n in numbers}
            said[place[text]] = max(example.said[0], LEAST_SURE)
            soft = torch.softmax(torch.tensor(list(said.values())), dim=0)
            aims[row] *= 1 - SOFT_SHARE
            aims[row, list(said)] += SOFT_SHARE * soft
    scores = questions @ tuned.embed(texts, PASSAGE, TEXT_TOKENS).T / TEMPERATURE
    return functional.cross_entropy(scores, aims.to(scores.device))


def groups_of(right: Sequence[Example], wrong: Sequence[Example]) -> list[Group]:
    """Each question with what it is read with: the sentence that answers first, where there is one."""
    groups = []
    for example in right:
        beside = [example.negatives[n] for n in _beside(len(example.negatives), BESIDE)]
        asked = _asked(example)
        groups.append(Group([(asked, text) for text in (example.text, *beside)], answers=True))
    for example in wrong:
        asked, texts = _asked(example), [example.text]
        # Another sentence of a document that is not known to be silent may answer.
        if example.complete and random.random() < NEAR_SHARE:  # noqa: S311 - chance, not secrets
            nearest = example.negatives[:NEAREST]
            texts += [nearest[n] for n in _beside(len(nearest), 1)]
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


def embedding_losses(tuned: Tuned, examples: Sequence[Example], sizes: Sizes) -> Iterator[Tensor]:
    """The loss at each change of the weights that embed, without end."""
    right = [example for example in examples if example.answers]
    for batch in batches(right, sizes.embedded, 6):
        yield embedding_loss(tuned, batch)


def reading_losses(tuned: Tuned, examples: Sequence[Example], sizes: Sizes) -> Iterator[Tensor]:
    """The loss at each change of the weights that judge, without end."""
    right = [example for example in examples if example.answers]
    wrong = [example for example in examples if not example.answers]
    answered, unanswered = batches(right, sizes.answered, 1), batches(wrong, sizes.unanswered, 1)
    for some, others in zip(answered, unanswered, strict=True):
        yield reading_loss(tuned, groups_of(some, others))
