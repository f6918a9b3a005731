"""Fits what a question shows by its wording (`assistant.asking`), on questions about invented plans.

python -m evals.fit_asking      writes assistant/data/asking.json

sets/asking.jsonl: {"question", "label"}; `actual` asks what was achieved since the plan, `vague` does not say of
what it asks, `plan` sounds like `actual` and is not, `whole` like `vague`, `plain` is any other.
"""

import json

import click
import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from assistant.asking import WEIGHTS, runs
from evals.questions import SETS
from index.lexicon import standardised

FILE = SETS / "asking.jsonl"
# The inverse of the penalty; of 1, 10 and 100 the best out of fold.
STRENGTH = 10.0
FOLDS = 10
# What each kind is told from: what sounds like `actual` is told from it, all that is whole from `vague`.
AGAINST = {"actual": ("plan", "plain"), "vague": ("whole", "plain", "plan", "actual")}


def area(odds: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The area under the curve: how often a right one stands above a wrong one."""
    return float((odds[right][:, None] > odds[~right]).mean())


@click.command()
def main() -> None:
    """Fit both kinds and write them."""
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    labels = np.array([row["label"] for row in rows])
    reader = TfidfVectorizer(analyzer=runs, sublinear_tf=True, min_df=2)
    matrix = reader.fit_transform([standardised(row["question"]) for row in rows]).tocsr()
    weights, intercept = [], []
    for kind, against in AGAINST.items():
        own = np.isin(labels, (kind, *against))
        right = labels[own] == kind
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=3000)
        odds = cross_val_predict(model, matrix[own], right, cv=FOLDS, method="decision_function")
        click.echo(f"{kind}: area under the curve {area(odds, right):.3f} of {own.sum()}")
        model.fit(matrix[own], right)
        weights.append(model.coef_[0])
        intercept.append(round(float(model.intercept_[0]), 3))
    columns = zip(reader.get_feature_names_out(), reader.idf_, *weights, strict=True)
    found = {run: [round(float(number), 2) for number in numbers] for run, *numbers in columns}
    content = {"intercept": intercept, "runs": found}
    WEIGHTS.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
