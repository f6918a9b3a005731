"""Fits which figure a question asks for, on `dev`, and whether the evidence answers it, on other plans too.

python -m evals.fit_answers      writes assistant/data/answers.json
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import click
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.answerable import FEATURES as ANSWERABLE
from assistant.figures import FEATURES, features_of, find_figures
from assistant.pipeline import Assistant, open_assistant
from assistant.refusals import Ground
from assistant.settings import load_settings
from assistant.weights import WEIGHTS
from evals.answers import holds
from evals.other_plans import over_plans
from evals.questions import EvalQuestion, load_questions, locate

# `fit` holds more questions about the sections of dev: what answers them is known, how it is to be said is not.
ASKED = ("dev", "fit")
# What a question about another plan counts beside one about this: they are few, and say what carries over.
OTHER_WEIGHT = 2.0
FOLDS = 10
FIGURE_PENALTY = 0.003
ANSWERABLE_PENALTY = 0.002
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


@dataclass(frozen=True, slots=True)
class Judged:
    """A question that no rule refuses: its features and whether the plan answers it."""

    values: tuple[float, ...]
    answerable: bool


def judged(
    assistant: Assistant, questions: Sequence[EvalQuestion]
) -> tuple[list[Judged], int, int]:
    """Those left, and how many unanswerable and answerable ones the rules refuse."""
    left, caught, wronged = [], 0, 0
    for question in questions:
        found = assistant.retrieve(assistant.read(question.question, question.history))
        exact = assistant.exact(found)
        if isinstance(exact, Ground):
            caught += not question.answerable
            wronged += question.answerable
        elif (
            exact is None
        ):  # what the structure of a document says is answered whatever the evidence
            left.append(Judged(assistant.strength(found), question.answerable))
    return left, caught, wronged


def fit_answerable(given: Sequence[Judged], others: Sequence[Judged] = ()) -> Floats:
    """Intercept and coefficients of the logistic regression; the L2 penalty is on standardised features.

    `others`, about other plans, count OTHER_WEIGHT each.
    """
    shares = np.array([1.0] * len(given) + [OTHER_WEIGHT] * len(others))
    shares /= shares.sum()
    given = [*given, *others]
    values = np.array([case.values for case in given])
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    matrix = np.column_stack([np.ones(len(given)), (values - mean) / spread])
    labels = np.array([float(case.answerable) for case in given])

    def loss(coefficients: Floats) -> float:
        z = matrix @ coefficients
        likelihood = shares @ (np.logaddexp(0, z) - labels * z)
        return float(likelihood + ANSWERABLE_PENALTY * coefficients[1:] @ coefficients[1:])

    scaled = np.asarray(minimize(loss, np.zeros(matrix.shape[1]), method="L-BFGS-B").x)
    weights = scaled[1:] / spread
    return np.concatenate([[scaled[0] - weights @ mean], weights])


def out_of_fold(given: Sequence[Judged], others: Sequence[Judged] = ()) -> Floats:
    """Each case's probability from weights that have not seen it; `others` are seen by all."""
    folds = np.random.default_rng(SEED).permutation(len(given)) % FOLDS
    found = np.zeros(len(given))
    for fold in range(FOLDS):
        seen = [c for c, own in zip(given, folds, strict=True) if own != fold]
        weights = fit_answerable(seen, others)
        for place in np.flatnonzero(folds == fold):
            z = weights[0] + np.dot(weights[1:], given[int(place)].values)
            found[place] = 1 / (1 + np.exp(-z))
    return found


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
    questions = [question for name in ASKED for question in load_questions(name)]
    left, caught, wronged = judged(assistant, questions)
    others = [
        case
        for _, over, asked_there in over_plans(load_settings())
        for case in judged(over, asked_there)[0]
    ]
    answerable = sum(question.answerable for question in questions)
    unanswerable = len(questions) - answerable
    click.echo(
        f"rules refuse {caught} of {unanswerable} rightly, {wronged} of {answerable} wrongly"
    )
    chance = out_of_fold(left, others)
    truth = np.array([case.answerable for case in left])
    for threshold in (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9):
        recall = (caught + np.sum((chance < threshold) & ~truth)) / unanswerable
        false = (wronged + np.sum((chance < threshold) & truth)) / answerable
        click.echo(f"threshold {threshold}: refused {recall:.3f}, false refusals {false:.3f}")
    coefficients = fit_answerable(left, others)
    fitted["answerable"] = {
        name: round(float(x), 4)
        for name, x in zip(["intercept", *ANSWERABLE], coefficients, strict=True)
    }
    WEIGHTS.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
