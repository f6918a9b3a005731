"""Fits which sentence is the best evidence (`assistant.evidence`), on `dev`, whose kinds are mixed as people ask.

python -m evals.fit_evidence      before the other fits of answers; adds to assistant/data/answers.json
"""

import json

import click
import numpy as np
from numpy.typing import NDArray

from assistant.evidence import FEATURES
from assistant.pipeline import Assistant, open_assistant
from assistant.settings import load_settings
from assistant.weights import WEIGHTS
from evals.fit_answers import Choice, fit
from evals.questions import EvalQuestion, load_questions, locate

FOLDS = 5
SEED = 1
PENALTY = 0.0003
Floats = NDArray[np.float64]


def sentences_of(assistant: Assistant, question: EvalQuestion) -> Choice | None:
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
    return Choice(question, values, np.array(right), tuple(item.text for item in found.evidence))


def successes(each: Choice, weights: Floats) -> tuple[bool, bool]:
    """Whether the first sentence is right, and whether one of the first three is."""
    order = np.argsort(-(each.matrix @ weights), kind="stable")[:3]
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
        weights = fit(
            [each for each, own in zip(given, folds, strict=True) if own != fold], PENALTY
        )
        for place in np.flatnonzero(folds == fold):
            right[place] = successes(given[int(place)], weights)
    for kind in sorted({each.question.kind for each in given}):
        own = right[[each.question.kind == kind for each in given]]
        click.echo(
            f"{kind}: first {own[:, 0].mean():.3f}, among three {own[:, 1].mean():.3f} of {len(own)}"
        )
    weights = fit(given, PENALTY)
    fitted = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    fitted["evidence"] = {
        name: round(float(weight / weights[0]), 4)
        for name, weight in zip(FEATURES, weights, strict=True)
    }
    WEIGHTS.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
