"""Tunes the offline model on questions about other documents than the plan: to embed, or to judge.

python -m evals.tune FOLDER embedding    the folder of the sample documents; goes on from index/embedders/embedding.npz
python -m evals.tune FOLDER judging      likewise, from index/embedders/judging.npz
python -m evals.tune FOLDER USE --afresh begins with the weights as they are published

For each question the sentences of its document that resemble what it asks are found by the embedder, and
again halfway; those that the judge finds answering are left out. To embed is to bring a question near the right
sentence (contrastive loss over the batch; van den Oord et al. 2018, arXiv:1807.03748), and a little also near
what the judge finds next best. To judge is to tell, reading both together, which of a question's sentences is
the right one (listwise loss) and whether a sentence answers (logistic loss). Only low-rank changes are learnt
(LoRA, arXiv:2106.09685). What is kept is a mean of what there was at the start, halfway and at the end: between
them less of what other texts need is forgotten (WiSE-FT, Wortsman et al. 2022, arXiv:2109.01903; model soups,
Wortsman et al. 2022, arXiv:2203.05482).
"""

import json
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import click
import numpy as np
import torch
from torch import Tensor, nn

from evals.tune_data import ARTICLES, Example, Examples, load_examples, load_invented, mined
from evals.tune_loss import Sizes, embedding_losses, reading_losses
from evals.tune_model import QUESTION_TOKENS, RANK, SCALE, TEXT_TOKENS, Tuned
from index.embedders import offline
from index.embedders.onnx_model import PASSAGE, QUERY
from index.embedders.tuning import EMBEDDING, HEAD, HEAD_BIAS, JUDGING, load_tuning
from index.types import Vectors

# What the weights are for: the file they are kept in and the loss.
USES: dict[str, tuple[Path, Callable[[Tuned, Sequence[Example], Sizes], Iterator[Tensor]]]] = {
    "embedding": (EMBEDDING, embedding_losses),
    "judging": (JUDGING, reading_losses),
}
RATE, WARM_UP, LEAST_RATE = 5e-4, 60, 0.02
# The mean of the weights forgets so much at a step.
FORGETS = 0.002
# What the changes at the start, halfway and at the end count: the best of eight mixtures, on dev, on four other
# plans and on questions of CMRC2018 that are not reported (docs/decisions/014-tuning.md).
SHARES = (0.35, 0.3, 0.3)
# Where it goes on, so many of the questions about the folder's documents.
SAMPLE_SHARE = 0.7
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

    def __init__(self, tuned: Tuned, use: str, *, steps: int, sizes: Sizes | None = None) -> None:
        self.tuned = tuned
        self._losses = USES[use][1]
        self._sizes = sizes or Sizes()
        self._steps, self._step = steps, 0
        self._learnt = tuned.parameters()
        self._optimiser = torch.optim.AdamW(self._learnt, lr=RATE, weight_decay=0.01)
        self._mean = [parameter.detach().clone() for parameter in self._learnt]
        self._states: list[list[Tensor]] = []

    def keep(self) -> None:
        """Remember the mean of the last steps, for `finish`."""
        self._states.append([mean.clone() for mean in self._mean])

    def train(self, examples: Sequence[Example], steps: int) -> None:
        """Make so many steps; says the mean loss of every 40."""
        self.tuned.learns(True)
        losses = self._losses(self.tuned, examples, self._sizes)
        said: list[float] = []
        for _, loss in zip(range(steps), losses, strict=False):
            said.append(self._change(loss))
            if self._step % 40 == 0:
                click.echo(f"{self._step} / {self._steps}: {np.mean(said[-40:]):.3f}")
        self.tuned.learns(False)

    def _change(self, loss: Tensor) -> float:
        """One step; the loss."""
        falling = max(LEAST_RATE, 1 - self._step / self._steps)
        for group in self._optimiser.param_groups:
            group["lr"] = RATE * falling * min(1, (self._step + 1) / WARM_UP)
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
        nn.utils.clip_grad_norm_(self._learnt, 1.0)
        self._optimiser.step()
        self._step += 1
        forgets = max(FORGETS, 19 / (self._step + 19))
        with torch.no_grad():
            for mean, parameter in zip(self._mean, self._learnt, strict=True):
                mean.lerp_(parameter, forgets)
        return loss.item()

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


def save(tuned: Tuned, file: Path, *, judges: bool) -> None:
    """Write the changes, in half precision, and with `judges` the head."""
    stored = {}
    if judges:
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
def judged(judge: Tuned, examples: Sequence[Example]) -> list[Example]:
    """The answered examples with what the judge says of their sentences, without those that may answer as well."""
    made = []
    for example in examples:
        if not example.answers or not example.negatives:
            made.append(example)
            continue
        pairs = [(example.question, text) for text in (example.text, *example.negatives)]
        own, *others = judge.judge(pairs)[:, 1].tolist()
        limit = float(np.log(MAY_ANSWER / (1 - MAY_ANSWER)))
        left = [(t, s) for t, s in zip(example.negatives, others, strict=True) if s <= limit]
        texts, said = tuple(text for text, _ in left), (own, *(s for _, s in left))
        made.append(replace(example, negatives=texts, said=said))
    return made


@torch.inference_mode()
def write_reference(tuned: Tuned, use: str, file: Path = offline.REFERENCE) -> None:
    """Write what the trained model gives for a few texts or pairs, which set-up compares with."""
    reference = json.loads(file.read_text(encoding="utf-8"))
    if use == "judging":
        reference["pairs"] = [
            {"question": question, "text": text, "judgement": judgement}
            for (question, text), judgement in zip(
                PAIRED, tuned.judge(PAIRED).tolist(), strict=True
            )
        ]
    else:
        embedder = _TrainedSoFar(tuned)
        for case in reference["cases"]:
            query, texts = case["prompt"] == "query", [case["text"]]
            row = (embedder.embed_queries if query else embedder.embed_documents)(texts)[0]
            case["embedding"] = [round(float(value), 6) for value in row]
    content = json.dumps(reference, ensure_ascii=False, indent=1)
    file.write_text(content + "\n", encoding="utf-8")


def load_all(folder: Path, sample_share: float) -> Examples:
    """The invented plans and articles, and a share of the questions about the folder's documents."""
    examples, sentences = load_invented()
    of_articles, their_sentences = load_invented(ARTICLES, together=ARTICLES.stem)
    of_samples, sample_sentences = load_examples(folder)
    examples += of_articles
    examples += random.sample(of_samples, round(sample_share * len(of_samples)))
    return examples, {**sample_sentences, **sentences, **their_sentences}


def open_tuned(untuned: Path, file: Path | None, device: str) -> Tuned:
    """The published weights with the changes of a file, if one is given."""
    tuned = Tuned(untuned, device)
    tuned.learns(False)
    if file:
        tuned.resume(load_tuning(file))
    return tuned


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("use", type=click.Choice(list(USES)))
@click.option("--steps", default=3200, help="A step reads 192 questions, or embeds 384.")
@click.option("--afresh", is_flag=True, help="Begin with the published weights.")
@click.option("--device", default="cuda" if torch.cuda.is_available() else "cpu")
def main(folder: Path, use: str, steps: int, afresh: bool, device: str) -> None:
    """Tune on the documents in FOLDER, to embed or to judge."""
    random.seed(SEED)
    torch.manual_seed(SEED)
    examples, sentences = load_all(folder, 1.0 if afresh else SAMPLE_SHARE)
    file = USES[use][0]
    with tempfile.TemporaryDirectory() as work:
        untuned = offline.write_untuned(Path(work))
        tuned = open_tuned(untuned, None if afresh else file, device)
        embedder = tuned if use == "embedding" else open_tuned(untuned, EMBEDDING, device)
        judge = tuned if use == "judging" else open_tuned(untuned, JUDGING, device)
    trainer = Trainer(tuned, use, steps=steps)
    if not afresh:
        trainer.keep()
    knows = not (afresh and judge is tuned)
    for own_steps in (steps // 2, steps - steps // 2):
        found = mined(examples, sentences, _TrainedSoFar(embedder))
        trainer.train(judged(judge, found) if knows else found, own_steps)
        trainer.keep()
        knows = True
    trainer.finish()
    save(tuned, file, judges=use == "judging")
    write_reference(tuned, use)


if __name__ == "__main__":
    main()
