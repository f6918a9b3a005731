"""Fits what a question shows by its wording (`assistant.wording`), on questions about invented plans.

python -m evals.fit_asking      writes assistant/data/asking.json and structure.json

sets/asking.jsonl: {"question", "label"}; `actual` asks what was achieved since the plan, `vague` does not say of
what it asks, `plan` sounds like `actual` and is not, `whole` like `vague`, `plain` is any other.
sets/structure.jsonl: the same; what is asked of a document's structure (`assistant.structure.KINDS`), or `none`.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from assistant.structure import KINDS, SHOWS
from assistant.wording import DATA, runs
from evals.questions import SETS
from evals.tune_data import load_invented
from index.lexicon import standardised

FILE, STRUCTURE_FILE = SETS / "asking.jsonl", SETS / "structure.jsonl"
# The inverse of the penalty; of 1, 10 and 100 the best out of fold; for structure, of which there are more kinds.
STRENGTH, STRUCTURE_STRENGTH = 10.0, 50.0
FOLDS = 10
# What each kind is told from: what sounds like `actual` is told from it, all that is whole from `vague`.
AGAINST = {"actual": ("plan", "plain"), "vague": ("whole", "plain", "plan", "actual")}
# So many questions about invented plans ask nothing of the structure, beside those that sound as if.
PLAIN = 6000
SEED = 1


def area(odds: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The area under the curve: how often a right one stands above a wrong one."""
    return float((odds[right][:, None] > odds[~right]).mean())


def load_rows(file: Path) -> tuple[list[str], list[str]]:
    """The questions of a file as they are understood, and their labels."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [standardised(row["question"]) for row in rows], [row["label"] for row in rows]


def _read(questions: Sequence[str], least: int) -> tuple[TfidfVectorizer, csr_matrix]:
    reader = TfidfVectorizer(analyzer=runs, sublinear_tf=True, min_df=least)
    return reader, reader.fit_transform(questions).tocsr()


def _write(
    name: str, reader: TfidfVectorizer, weights: Sequence[NDArray[np.float64]], starts: list[float]
) -> None:
    columns = zip(reader.get_feature_names_out(), reader.idf_, *weights, strict=True)
    found = {run: [round(float(number), 2) for number in numbers] for run, *numbers in columns}
    content = {"intercept": [round(start, 3) for start in starts], "runs": found}
    text = json.dumps(content, ensure_ascii=False) + "\n"
    (DATA / f"{name}.json").write_text(text, encoding="utf-8")


def fit_asking() -> None:
    """Fit both kinds of AGAINST, each by itself."""
    questions, labelled = load_rows(FILE)
    labels = np.array(labelled)
    reader, matrix = _read(questions, 2)
    weights, starts = [], []
    for kind, against in AGAINST.items():
        own = np.isin(labels, (kind, *against))
        right = labels[own] == kind
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=3000)
        odds = cross_val_predict(model, matrix[own], right, cv=FOLDS, method="decision_function")
        click.echo(f"{kind}: area under the curve {area(odds, right):.3f} of {own.sum()}")
        model.fit(matrix[own], right)
        weights.append(model.coef_[0])
        starts.append(float(model.intercept_[0]))
    _write("asking", reader, weights, starts)


def structure_rows() -> tuple[list[str], list[str]]:
    """The questions about structure, those that sound so, and plain ones about invented plans and what came of them."""
    questions, labels = load_rows(STRUCTURE_FILE)
    examples, _ = load_invented()
    plain = random.Random(SEED).sample(examples, PLAIN)  # noqa: S311 - chance, not secrets
    others = [*load_rows(FILE)[0], *(standardised(example.question) for example in plain)]
    return [*questions, *others], [*labels, *["none"] * len(others)]


def fit_structure() -> None:
    """Fit the kinds of structure together, with `none` the last."""
    questions, labels = structure_rows()
    kinds = [*KINDS, "none"]
    right = np.array([kinds.index(label) for label in labels])
    reader, matrix = _read(questions, 3)
    model = LogisticRegression(C=STRUCTURE_STRENGTH, max_iter=500, tol=1e-3)
    chances = cross_val_predict(model, matrix, right, cv=FOLDS, method="predict_proba")
    said, sure = chances.argmax(axis=1), chances.max(axis=1) >= SHOWS
    for number, kind in enumerate(KINDS):
        shown = sure & (said == number)
        click.echo(
            f"{kind}: {(right[shown] == number).mean():.3f} of those shown are right, "
            f"{(shown & (right == number)).sum() / (right == number).sum():.3f} are shown"
        )
    model.fit(matrix, right)
    _write("structure", reader, list(model.coef_), list(map(float, model.intercept_)))


@click.command()
def main() -> None:
    """Fit what wordings show and write it."""
    fit_asking()
    fit_structure()


if __name__ == "__main__":
    main()
