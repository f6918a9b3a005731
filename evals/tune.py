"""Tunes the offline embedder on questions about other documents than the plan.

python -m evals.tune FOLDER              the folder of the sample documents; goes on from index/embedders/tuning.npz
python -m evals.tune FOLDER --afresh     begins with the weights as they are published

For each question the sentences of its document that resemble what it asks are found by the model itself, and
again halfway; those that it then finds answering are left out. It learns two things: to embed a question near
the right sentence (contrastive loss over the batch; van den Oord et al. 2018, arXiv:1807.03748); and reading
both together, which of a question's sentences is the right one (listwise loss) and whether a sentence answers
(logistic loss). Only low-rank changes are learnt (LoRA, arXiv:2106.09685). What is kept is a mean of what there
was at the start, halfway and at the end: between them less of what other texts need is forgotten (WiSE-FT,
Wortsman et al. 2022, arXiv:2109.01903; model soups, Wortsman et al. 2022, arXiv:2203.05482).
"""

import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import click
import numpy as np
import torch
from torch import nn

from evals.tune_data import ARTICLES, Example, Examples, load_examples, load_invented, mined
from evals.tune_loss import Sizes, losses_of
from evals.tune_model import QUESTION_TOKENS, RANK, SCALE, TEXT_TOKENS, Tuned
from index.embedders import offline
from index.embedders.onnx_model import PASSAGE, QUERY
from index.embedders.tuning import FILE, HEAD, HEAD_BIAS, load_tuning
from index.types import Vectors

RATE, WARM_UP, LEAST_RATE = 5e-4, 60, 0.02
# The mean of the weights forgets so much at a step.
FORGETS = 0.002
# What the changes at the start, halfway and at the end count: between the two best of 26 mixtures, on dev, on four
# other plans and on questions of CMRC2018 that are not reported (docs/decisions/014-tuning.md).
SHARES = (0.35, 0.3, 0.3)
EMBEDDING_EVERY = 3
# Where it goes on, so many of the questions about the folder's documents.
SAMPLE_SHARE = 0.5
# A sentence that answers as likely as this does not count as a wrong one.
MAY_ANSWER = 0.75
SEED = 1
# What the reference remembers of judging.
PAIRED = (
    ("校车多久检一次?", "校车\n接送学生的校车应当每半年检验一次。"),
    ("校车一次检验要多少钱?", "校车\n接送学生的校车应当每半年检验一次。"),
    ("小区里的幼儿园收费贵不贵?", "校车\n接送学生的校车应当每半年检验一次。"),
)


class Trainer:
    """A model with what its training remembers from step to step; `steps`: all that it will make."""

    def __init__(self, tuned: Tuned, *, steps: int, sizes: Sizes | None = None) -> None:
        self.tuned = tuned
        self._sizes = sizes or Sizes()
        self._steps, self._step = steps, 0
        self._learnt = tuned.parameters()
        self._optimiser = torch.optim.AdamW(self._learnt, lr=RATE, weight_decay=0.01)
        self._mean = [parameter.detach().clone() for parameter in self._learnt]
        self._states: list[list[torch.Tensor]] = []

    def keep(self) -> None:
        """Remember the mean of the last steps, for `finish`."""
        self._states.append([mean.clone() for mean in self._mean])

    def train(self, examples: Sequence[Example], steps: int) -> None:
        """Make so many steps; says the mean loss of every 40."""
        self.tuned.learns(True)
        losses = losses_of(self.tuned, examples, self._sizes, embedding_every=EMBEDDING_EVERY)
        said: list[float] = []
        for _, parts in zip(range(steps), losses, strict=False):
            said.append(self._change(parts))
            if self._step % 40 == 0:
                click.echo(f"{self._step} / {self._steps}: {np.mean(said[-40:]):.3f}")
        self.tuned.learns(False)

    def _change(self, parts: Iterator[torch.Tensor]) -> float:
        """One step; the loss."""
        falling = max(LEAST_RATE, 1 - self._step / self._steps)
        for group in self._optimiser.param_groups:
            group["lr"] = RATE * falling * min(1, (self._step + 1) / WARM_UP)
        self._optimiser.zero_grad()
        loss = 0.0
        for part in parts:
            part.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
            loss += part.item()
        nn.utils.clip_grad_norm_(self._learnt, 1.0)
        self._optimiser.step()
        self._step += 1
        forgets = max(FORGETS, 19 / (self._step + 19))
        with torch.no_grad():
            for mean, parameter in zip(self._mean, self._learnt, strict=True):
                mean.lerp_(parameter, forgets)
        return loss

    @torch.no_grad()
    def finish(self) -> None:
        """Take the mean of the states that were kept, the last of SHARES for the last, in the rank of the changes."""
        shares = SHARES[-len(self._states) :]
        states = [iter(state) for state in self._states]
        for module in self.tuned.changed.values():
            factors = [(next(state), next(state)) for state in states]
            change = sum(share * b @ a for share, (a, b) in zip(shares, factors, strict=True))
            left, strength, right = torch.linalg.svd(change, full_matrices=False)
            root = strength[:RANK].sqrt()
            module.a.copy_(root[:, None] * right[:RANK])
            module.b.copy_(left[:, :RANK] * root)
        for parameter in self.tuned.head.parameters():
            weighed = [share * next(state) for share, state in zip(shares, states, strict=True)]
            parameter.copy_(torch.stack(weighed).sum(0) / sum(shares))


def save(tuned: Tuned, file: Path = FILE) -> None:
    """Write the changes, in half precision, and the head."""
    arrays = {HEAD: tuned.head.weight, HEAD_BIAS: tuned.head.bias}
    stored = {name: array.detach().cpu().numpy() for name, array in arrays.items()}
    for name, module in tuned.changed.items():
        stored[f"{name}.a"] = module.a.detach().cpu().numpy().astype(np.float16)
        stored[f"{name}.b"] = (SCALE * module.b).detach().cpu().numpy().astype(np.float16)
    buffer = BytesIO()
    np.savez_compressed(buffer, **stored)  # type: ignore[arg-type]  # numpy's stub takes no mapping
    file.write_bytes(buffer.getvalue())


class _TrainedSoFar:
    """A model in training as an embedder; all float32, shape (n_texts, dimension), rows of length 1."""

    def __init__(self, tuned: Tuned) -> None:
        self._tuned = tuned

    @torch.inference_mode()
    def _embed(self, texts: Sequence[str], prompt: str, limit: int) -> Vectors:
        runs = [texts[start : start + 512] for start in range(0, len(texts), 512)]
        return np.concatenate([self._tuned.embed(run, prompt, limit).cpu().numpy() for run in runs])

    def embed_documents(self, texts: Sequence[str], /) -> Vectors:
        """Texts under their headings."""
        return self._embed(texts, PASSAGE, TEXT_TOKENS)

    def embed_queries(self, texts: Sequence[str], /) -> Vectors:
        """Questions."""
        return self._embed(texts, QUERY, QUESTION_TOKENS)


@torch.inference_mode()
def without_answers(tuned: Tuned, examples: Sequence[Example]) -> list[Example]:
    """The examples without those of their resembling sentences that may answer, as the model judges them."""
    made = []
    for example in examples:
        pairs = [(example.question, text) for text in example.negatives]
        if example.answers and pairs:
            likely = torch.sigmoid(tuned.judge(pairs)[:, 1]).tolist()
            wrong = [text for (_, text), p in zip(pairs, likely, strict=True) if p <= MAY_ANSWER]
            made.append(replace(example, negatives=tuple(wrong)))
        else:
            made.append(example)
    return made


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


def load_all(folder: Path, sample_share: float) -> Examples:
    """The invented plans and articles, and a share of the questions about the folder's documents."""
    examples, sentences = load_invented()
    of_articles, their_sentences = load_invented(ARTICLES, together=ARTICLES.stem)
    of_samples, sample_sentences = load_examples(folder)
    examples += of_articles
    examples += random.sample(of_samples, round(sample_share * len(of_samples)))
    return examples, {**sample_sentences, **sentences, **their_sentences}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--steps", default=3200, help="A step reads 128 questions.")
@click.option("--afresh", is_flag=True, help="Begin with the published weights.")
@click.option("--device", default="cuda" if torch.cuda.is_available() else "cpu")
def main(folder: Path, steps: int, afresh: bool, device: str) -> None:
    """Tune on the documents in FOLDER."""
    random.seed(SEED)
    torch.manual_seed(SEED)
    examples, sentences = load_all(folder, 1.0 if afresh else SAMPLE_SHARE)
    with tempfile.TemporaryDirectory() as work:
        tuned = Tuned(offline.write_untuned(Path(work)), device)
    tuned.learns(False)
    if not afresh:
        tuned.resume(load_tuning())
    trainer = Trainer(tuned, steps=steps)
    if not afresh:
        trainer.keep()
    for own_steps in (steps // 2, steps - steps // 2):
        found = mined(examples, sentences, _TrainedSoFar(tuned))
        trainer.train(without_answers(tuned, found), own_steps)
        trainer.keep()
    trainer.finish()
    save(tuned)
    write_reference(tuned)


if __name__ == "__main__":
    main()
