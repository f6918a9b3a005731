"""Tunes the offline embedder on questions about other documents than the plan.

python -m evals.tune FOLDER              the folder of the sample documents; writes index/embedders/tuning.npz
python -m evals.tune FOLDER --further    goes on from tuning.npz with the passages of invented plans as well

Two rounds; going on is the second alone. The first teaches the embedding alone (contrastive loss over the
batch; van den Oord et al. 2018, arXiv:1807.03748); with it the nearest wrong sentences are found. The second
teaches the embedding, and reading a question and a sentence together, by turns: of two sentences the right
one (listwise loss), and whether a sentence answers (logistic loss) where others on the same subject do not.
Only low-rank changes of the upper layers are learnt (LoRA, arXiv:2106.09685).
"""

import json
import random
import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import click
import numpy as np
import torch
from torch import nn

from assistant.settings import load_settings
from evals.tune_data import Example, load_examples, load_invented, mined
from evals.tune_loss import losses_of
from evals.tune_model import QUESTION_TOKENS, SCALE, TEXT_TOKENS, Tuned
from index.embedders import load_embedder, offline
from index.embedders.onnx_model import PASSAGE, QUERY
from index.embedders.tuning import FILE, HEAD, HEAD_BIAS, load_tuning
from index.types import Vectors

RATE, WARM_UP, LEAST_RATE = 5e-4, 30, 0.03
# Where it goes on, so many questions about sentences of the folder for each about an invented plan.
OLD_SHARE = 0.1
SEED = 1
# What the reference remembers of judging.
PAIRED = (
    ("校车多久检一次?", "校车\n接送学生的校车应当每半年检验一次。"),
    ("校车一次检验要多少钱?", "校车\n接送学生的校车应当每半年检验一次。"),
    ("小区里的幼儿园收费贵不贵?", "校车\n接送学生的校车应当每半年检验一次。"),
)


def train(tuned: Tuned, examples: Sequence[Example], *, steps: int, reads: bool) -> None:
    """Train for so many steps; says the mean loss of every 40."""
    optimiser = torch.optim.AdamW(tuned.parameters(), lr=RATE, weight_decay=0.01)
    said: list[float] = []
    for step, parts in zip(range(steps), losses_of(tuned, examples, reads=reads), strict=False):
        share = min(1, (step + 1) / WARM_UP) * max(LEAST_RATE, 1 - step / steps)
        for group in optimiser.param_groups:
            group["lr"] = RATE * share
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


class _Ready:
    """The embedder as the program uses it, which is faster than the one in training."""

    def __init__(self) -> None:
        settings = load_settings()
        self._embedder = load_embedder(settings.embedder, settings.cache_folder)

    def embed_documents(self, texts: Sequence[str], /) -> Vectors:
        """Texts under their headings."""
        return self._embedder.embed_documents(texts)

    def embed_queries(self, texts: Sequence[str], /) -> Vectors:
        """Questions."""
        return np.stack([self._embedder.embed_query(text) for text in texts])


def _further(untuned: Path, folder: Path, steps: int) -> Tuned:
    """The second round again, from what was learnt before, mostly on invented plans."""
    examples, sentences = load_invented()
    older, their_sentences = load_examples(folder)
    examples += random.sample(older, min(len(older), round(OLD_SHARE * len(examples))))
    examples = mined(examples, {**their_sentences, **sentences}, _Ready())
    tuned = Tuned(untuned)
    tuned.resume(load_tuning())
    train(tuned, examples, steps=steps, reads=True)
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
