"""Tunes the offline embedder on questions about other documents than the plan.

python -m evals.tune FOLDER              the folder of the sample documents; writes index/embedders/tuning.npz
python -m evals.tune FOLDER --further    goes on from tuning.npz with the passages of invented plans as well

Two rounds; going on is the second alone. The first teaches the embedding alone (contrastive loss over the
batch; van den Oord et al. 2018, arXiv:1807.03748); with it the nearest wrong sentences are found. The second
teaches the embedding, and reading a question and a sentence together, by turns: of three sentences the right
one (listwise loss), and whether a sentence answers (logistic loss) where others on the same subject do not.
Only low-rank changes of the upper layers are learnt (LoRA, arXiv:2106.09685).
"""

import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import click
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from evals.tune_data import Example, batches, load_examples, load_invented, mined
from evals.tune_model import QUESTION_TOKENS, SCALE, TEXT_TOKENS, Tuned
from index.embedders import offline
from index.embedders.onnx_model import PASSAGE, QUERY
from index.embedders.tuning import FILE, HEAD, HEAD_BIAS, load_tuning
from index.lexicon import standardised
from index.types import Vectors

RATE, FURTHER_RATE, WARM_UP, LEAST_RATE = 5e-4, 4e-4, 30, 0.03
TEMPERATURE = 0.03
# Questions in a batch of the embedding; answered and unanswered ones in a batch of reading.
EMBEDDED, ANSWERED, UNANSWERED = 24, 12, 14
# The embedding is taught once in so many steps of reading; a batch of reading is read in so many runs of
# pairs that are about equally long, since the longest decides what all cost.
EMBEDDING_EVERY, RUNS = 3, 2
# So often an answered question is read with a sentence that resembles its own, too.
NEAR_SHARE = 0.5
# Where it goes on, so many questions about sentences of the folder for each about an invented plan.
OLD_SHARE = 0.3
# A question without an answer is read with its own passage so often, else with one that resembles it.
OWN_SHARE = 0.85
# A sentence that merely resembles the answering one counts for less: it may answer as well.
NEAR_WEIGHT = 0.4
# So many questions are given as retrieval sees them, folded and out of dialect.
STANDARD_SHARE = 0.75
SEED = 1
# What the reference remembers of judging.
PAIRED = (
    ("校车多久检一次?", "校车\n接送学生的校车应当每半年检验一次。"),
    ("校车一次检验要多少钱?", "校车\n接送学生的校车应当每半年检验一次。"),
    ("小区里的幼儿园收费贵不贵?", "校车\n接送学生的校车应当每半年检验一次。"),
)


@dataclass(frozen=True, slots=True)
class Group:
    """Pairs of one question and a sentence; `answers`: whether the first does."""

    pairs: list[tuple[str, str]]
    answers: bool


def _asked(example: Example) -> str:
    standard = random.random() < STANDARD_SHARE  # noqa: S311 - chance, not secrets
    return standardised(example.question) if standard else example.question


def _unanswering(example: Example) -> str:
    own = not example.negatives or random.random() < OWN_SHARE  # noqa: S311 - chance, not secrets
    return example.text if own else random.choice(example.negatives[:4])  # noqa: S311 - chance


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
    groups += [Group([(_asked(each), _unanswering(each))], answers=False) for each in wrong]
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


def _losses(
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


def train(
    tuned: Tuned, examples: Sequence[Example], *, steps: int, reads: bool, rate: float = RATE
) -> None:
    """Train for so many steps; says the mean loss of every 40."""
    optimiser = torch.optim.AdamW(tuned.parameters(), lr=rate, weight_decay=0.01)
    said: list[float] = []
    for step, parts in zip(range(steps), _losses(tuned, examples, reads=reads), strict=False):
        share = min(1, (step + 1) / WARM_UP) * max(LEAST_RATE, 1 - step / steps)
        for group in optimiser.param_groups:
            group["lr"] = rate * share
        optimiser.zero_grad()
        loss = 0.0
        for part in parts:
            part.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
            loss += part.item()
        nn.utils.clip_grad_norm_(tuned.parameters(), 1.0)
        optimiser.step()
        said.append(loss)
        if (step + 1) % 40 == 0:
            click.echo(f"{step + 1} / {steps}: {np.mean(said[-40:]):.3f}")


def save(tuned: Tuned, file: Path = FILE) -> None:
    """Write the changes, in half precision, and the head."""
    arrays = {HEAD: tuned.head.weight, HEAD_BIAS: tuned.head.bias}
    stored = {name: array.detach().numpy() for name, array in arrays.items()}
    for name, module in tuned.changed.items():
        stored[f"{name}.a"] = module.a.detach().numpy().astype(np.float16)
        stored[f"{name}.b"] = (SCALE * module.b).detach().numpy().astype(np.float16)
    buffer = BytesIO()
    np.savez_compressed(buffer, **stored)  # type: ignore[arg-type]  # numpy's stub takes no mapping
    file.write_bytes(buffer.getvalue())


class _TrainedSoFar:
    """A model in training as an embedder; all float32, shape (n_texts, dimension), rows of length 1."""

    def __init__(self, tuned: Tuned) -> None:
        self._tuned = tuned

    @torch.inference_mode()
    def _embed(self, texts: Sequence[str], prompt: str, limit: int) -> Vectors:
        runs = [texts[start : start + 32] for start in range(0, len(texts), 32)]
        return np.concatenate([self._tuned.embed(run, prompt, limit).numpy() for run in runs])

    def embed_documents(self, texts: Sequence[str], /) -> Vectors:
        """Texts under their headings."""
        return self._embed(texts, PASSAGE, TEXT_TOKENS)

    def embed_queries(self, texts: Sequence[str], /) -> Vectors:
        """Questions."""
        return self._embed(texts, QUERY, QUESTION_TOKENS)


@torch.inference_mode()
def write_reference(tuned: Tuned, file: Path = offline.REFERENCE) -> None:
    """Write what the trained model gives for a few texts and pairs, which set-up compares with."""
    cases = json.loads(offline.SOURCE_REFERENCE.read_text(encoding="utf-8"))["cases"]
    embedder = _TrainedSoFar(tuned)
    for case in cases:
        query, texts = case["prompt"] == "query", [case["text"]]
        row = (embedder.embed_queries if query else embedder.embed_documents)(texts)[0]
        case["embedding"] = [round(float(value), 6) for value in row]
    pairs = [
        {
            "question": question,
            "text": text,
            "judgement": tuned.judge([(question, text)])[0].tolist(),
        }
        for question, text in PAIRED
    ]
    content = json.dumps({"cases": cases, "pairs": pairs}, ensure_ascii=False, indent=1)
    file.write_text(content + "\n", encoding="utf-8")


def _from_the_start(untuned: Path, folder: Path, steps: int) -> Tuned:
    """Both rounds, on the documents of the folder."""
    examples, sentences = load_examples(folder)
    first = Tuned(untuned)
    train(first, examples, steps=steps // 3, reads=False)
    examples = mined(examples, sentences, _TrainedSoFar(first))
    second = Tuned(untuned)
    train(second, examples, steps=steps, reads=True)
    return second


def _further(untuned: Path, folder: Path, steps: int) -> Tuned:
    """The second round again, from what was learnt before, mostly on invented plans."""
    examples, sentences = load_invented()
    older, their_sentences = load_examples(folder)
    examples += random.sample(older, min(len(older), round(OLD_SHARE * len(examples))))
    tuned = Tuned(untuned)
    tuned.resume(load_tuning())
    examples = mined(examples, {**their_sentences, **sentences}, _TrainedSoFar(tuned))
    train(tuned, examples, steps=steps, reads=True, rate=FURTHER_RATE)
    return tuned


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--steps", default=740, help="Steps of the second round; the first has a third of them."
)
@click.option("--further", is_flag=True, help="Go on from what was learnt before.")
def main(folder: Path, steps: int, further: bool) -> None:
    """Tune on the documents in FOLDER."""
    random.seed(SEED)
    torch.manual_seed(SEED)
    with tempfile.TemporaryDirectory() as work:
        untuned = offline.write_untuned(Path(work))
        tuned = (_further if further else _from_the_start)(untuned, folder, steps)
    save(tuned)
    write_reference(tuned)


if __name__ == "__main__":
    main()
