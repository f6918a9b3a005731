"""Fits which figure a question asks for, and whether the evidence answers it, on `dev`.

python -m evals.fit_answers      writes assistant/data/answers.json
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import click
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.figures import FEATURES, WEIGHTS, features_of, find_figures
from assistant.pipeline import Assistant, open_assistant
from assistant.settings import load_settings
from evals.answers import holds
from evals.questions import EvalQuestion, load_questions, locate

FOLDS = 10
FIGURE_PENALTY = 0.003
SEED = 1
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choice:
    """A question's figures: their features and which of them are right."""

    question: EvalQuestion
    matrix: Floats
    right: NDArray[np.bool_]
    labels: tuple[str, ...]


def _value(figure: object) -> str:
    record = figure.record  # type: ignore[attr-defined]
    return f"{record.baseline or ''}{record.unit} {record.target or ''}{record.unit}"


def choices(assistant: Assistant, questions: Sequence[EvalQuestion]) -> list[Choice]:
    """The choices of the figure questions that have a right figure among the evidence."""
    made = []
    for question in questions:
        found = assistant.retrieve(assistant.read(question.question, question.history))
        figures = find_figures(found.question, found.evidence, assistant.records)
        golds = [gold for group in locate(question, assistant.documents.values()) for gold in group]
        best = max((item.hit_score for item in found.evidence), default=0.0)
        right = [
            any(
                gold.span.start < f.evidence.span.end and f.evidence.span.start < gold.span.end
                for gold in golds
            )
            and any(holds(f"{f.words} {_value(f)}", must) for must in question.must)
            for f in figures
        ]
        if any(right):
            rows = [features_of(found.question, f, found.weigher, best) for f in figures]
            labels = tuple(f"{f.words}|{f.record.indicator}" for f in figures)
            made.append(Choice(question, np.array(rows), np.array(right), labels))
    return made


def fit(given: Sequence[Choice], penalty: float = FIGURE_PENALTY) -> Floats:
    """The weights of the least mean −ln Σ_right softmax(score)."""

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = 0.0, np.zeros_like(weights)
        for choice in given:
            scores = choice.matrix @ weights
            share = np.exp(scores - scores.max())
            share /= share.sum()
            good = share * choice.right
            total -= np.log(good.sum())
            slope += (share - good / good.sum()) @ choice.matrix
        value = total / len(given) + penalty * float(weights @ weights)
        return value, slope / len(given) + 2 * penalty * weights

    found = minimize(loss, np.zeros(given[0].matrix.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x)


def first_right(given: Sequence[Choice], weights: Floats) -> float:
    """The share of the choices whose best figure is right."""
    return float(np.mean([c.right[int(np.argmax(c.matrix @ weights))] for c in given]))


def cross_validated(given: Sequence[Choice], penalty: float = FIGURE_PENALTY) -> float:
    """The share over folds that the weights have not seen."""
    folds = np.random.default_rng(SEED).permutation(len(given)) % FOLDS
    shares = []
    for fold in range(FOLDS):
        seen = [c for c, own in zip(given, folds, strict=True) if own != fold]
        unseen = [c for c, own in zip(given, folds, strict=True) if own == fold]
        shares.append(first_right(unseen, fit(seen, penalty)))
    return float(np.mean(shares))


@click.command()
def main() -> None:
    """Fit on dev and write the weights."""
    assistant = open_assistant(load_settings())
    kinds = {"table_figure", "text_figure"}
    asked = [q for q in load_questions("dev") if q.kind in kinds and q.evidence]
    given = choices(assistant, asked)
    click.echo(f"{len(asked)} figure questions, {len(given)} with the figure among the evidence")
    for penalty in (0.0003, 0.001, 0.003, 0.01, 0.03):
        click.echo(f"penalty {penalty}: {cross_validated(given, penalty):.3f}")
    weights = fit(given)
    click.echo(f"fitted: {first_right(given, weights):.3f}")
    fitted = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    fitted["figure"] = {name: round(float(x), 4) for name, x in zip(FEATURES, weights, strict=True)}
    WEIGHTS.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
