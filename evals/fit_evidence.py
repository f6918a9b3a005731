"""Fits which sentence is the best evidence (`assistant.evidence`), on `dev`, whose kinds are mixed as people ask.

python -m evals.fit_evidence      before the other fits of answers; adds to assistant/data/answers.json
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import click
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.evidence import FEATURES
from assistant.pipeline import Assistant, open_assistant
from assistant.settings import load_settings
from assistant.weights import WEIGHTS
from evals.questions import EvalQuestion, load_questions, locate

FOLDS = 5
SEED = 1
PENALTY = 0.0003
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sentences:
    """What speaks for each sentence found for a question, and which of them hold its answer."""

    kind: str
    values: Floats
    right: NDArray[np.bool_]


def sentences_of(assistant: Assistant, question: EvalQuestion) -> Sentences | None:
    """The sentences found for a question; None where none of them holds its answer."""
    found = assistant.retrieve(assistant.read(question.question, question.history))
    golds = [g.span for group in locate(question, assistant.documents.values()) for g in group]
    right = [
        any(g.start < item.span.end and item.span.start < g.end for g in golds)
        for item in found.evidence
    ]
    if not any(right):
        return None
    values = np.array([item.values for item in found.evidence])
    return Sentences(question.kind, values, np.array(right))


def fit(given: Sequence[Sentences]) -> Floats:
    """The weights of the least mean −ln Σ_right softmax(score)."""

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = 0.0, np.zeros_like(weights)
        for each in given:
            scores = each.values @ weights
            share = np.exp(scores - scores.max())
            share /= share.sum()
            good = share * each.right
            total -= np.log(good.sum())
            slope += (share - good / good.sum()) @ each.values
        value = total / len(given) + PENALTY * float(weights @ weights)
        return value, slope / len(given) + 2 * PENALTY * weights

    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B")
    return np.asarray(found.x)


def successes(each: Sentences, weights: Floats) -> tuple[bool, bool]:
    """Whether the first sentence is right, and whether one of the first three is."""
    order = np.argsort(-(each.values @ weights), kind="stable")[:3]
    return bool(each.right[order[0]]), bool(each.right[order].any())


@click.command()
def main() -> None:
    """Fit and add to the weights."""
    assistant = open_assistant(load_settings())
    asked = [q for q in load_questions("dev") if q.answerable and q.evidence]
    given = [found for question in asked if (found := sentences_of(assistant, question))]
    click.echo(f"{len(asked)} questions, {len(given)} with the answer among the evidence")
    folds = np.random.default_rng(SEED).permutation(len(given)) % FOLDS
    right = np.zeros((len(given), 2))
    for fold in range(FOLDS):
        weights = fit([each for each, own in zip(given, folds, strict=True) if own != fold])
        for place in np.flatnonzero(folds == fold):
            right[place] = successes(given[int(place)], weights)
    for kind in sorted({each.kind for each in given}):
        own = right[[each.kind == kind for each in given]]
        click.echo(
            f"{kind}: first {own[:, 0].mean():.3f}, among three {own[:, 1].mean():.3f} of {len(own)}"
        )
    weights = fit(given)
    fitted = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    fitted["evidence"] = {
        name: round(float(weight / weights[0]), 4)
        for name, weight in zip(FEATURES, weights, strict=True)
    }
    WEIGHTS.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
