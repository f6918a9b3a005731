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
# Questions in a batch of the embedding; groups of three and pairs that do not answer in one of reading.
EMBEDDED, GROUPS, PAIRS = 24, 7, 10
# Where it goes on, so many questions about sentences of the folder for each about an invented plan.
OLD_SHARE = 0.3
# A question without an answer is read with its own passage so often, else with one that resembles it.
OWN_SHARE = 0.8
# So many questions are given as retrieval sees them, folded and out of dialect.
STANDARD_SHARE = 0.75
SEED = 1
# What the reference remembers of judging.
PAIRED = (
    ("校车多久检一次?", "校车\n接送学生的校车应当每半年检验一次。"),
    ("校车一次检验要多少钱?", "校车\n接送学生的校车应当每半年检验一次。"),
    ("小区里的幼儿园收费贵不贵?", "校车\n接送学生的校车应当每半年检验一次。"),
)


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


def reading_loss(tuned: Tuned, right: Sequence[Example], wrong: Sequence[Example]) -> Tensor:
    """The right one of three sentences, and whether a sentence answers."""
    pairs = []
    for example in right:
        asked, near = _asked(example), example.negatives
        others = (random.choice(near[:3]), random.choice(near[3:] or near))  # noqa: S311 - chance
        pairs += [(asked, text) for text in (example.text, *others)]
    pairs += [(_asked(example), _unanswering(example)) for example in wrong]
    judged = tuned.judge(pairs)
    relevant = judged[: 3 * len(right), 0].view(-1, 3)
    ranking = functional.cross_entropy(relevant, torch.zeros(len(right), dtype=torch.long))
    answers = torch.tensor([1.0, 0, 0] * len(right) + [0.0] * len(wrong))
    weights = torch.tensor([1.5, 0.4, 0.3] * len(right) + [1.0] * len(wrong))
    answering = functional.binary_cross_entropy_with_logits(judged[:, 1], answers, weight=weights)
    return ranking + 1.5 * answering


def _losses(tuned: Tuned, examples: Sequence[Example], *, reads: bool) -> Iterator[list[Tensor]]:
    """The losses of each step, without end; where it reads, the embedding is taught at every other."""
    right = [example for example in examples if example.answers]
    wrong = [example for example in examples if not example.answers]
    embedded = batches(right, EMBEDDED, 6)
    groups, pairs = batches(right, GROUPS, 1), batches(wrong, PAIRS, 1)
    step = 0
    while True:
        losses = [reading_loss(tuned, next(groups), next(pairs))] if reads else []
        yield losses if reads and step % 2 else [*losses, embedding_loss(tuned, next(embedded))]
        step += 1


def train(
    tuned: Tuned, examples: Sequence[Example], *, steps: int, reads: bool, rate: float = RATE
) -> None:
    """Train for so many steps; says the mean loss of every 40."""
    optimiser = torch.optim.AdamW(tuned.parameters(), lr=rate, weight_decay=0.01)
    said: list[float] = []
    for step, losses in zip(range(steps), _losses(tuned, examples, reads=reads), strict=False):
        share = min(1, (step + 1) / WARM_UP) * max(LEAST_RATE, 1 - step / steps)
        for group in optimiser.param_groups:
            group["lr"] = rate * share
        for loss in losses:
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
            nn.utils.clip_grad_norm_(tuned.parameters(), 1.0)
            optimiser.step()
        said.append(sum(loss.item() for loss in losses))
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
