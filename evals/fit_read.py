"""Fits how likely the evidence answers after it was read again (`assistant.second_look`).

python -m evals.fit_read      after evals.fit_answers; adds to assistant/data/answers.json
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import click
import numpy as np
from numpy.typing import NDArray

from assistant import answerable, second_look
from assistant.pipeline import Assistant, open_assistant
from assistant.refusals import RULES, Ground
from assistant.settings import load_settings
from assistant.weights import WEIGHTS
from evals.fit_answers import ASKED, Judged, fit_answerable, out_of_fold
from evals.other_plans import over_plans
from evals.questions import EvalQuestion, load_questions

THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8)


@dataclass(frozen=True, slots=True)
class Look:
    """A question that nothing else settles; `read` is None where it needs no second look."""

    answerable: bool
    before: float
    read: Judged | None


def look(assistant: Assistant, question: EvalQuestion) -> Look | Ground | None:
    """The look at a question; the ground of a rule that refuses it; None where its answer is exact."""
    found = assistant.retrieve(assistant.read(question.question, question.history))
    exact = assistant.exact(found)
    ground = exact if isinstance(exact, Ground) else None
    rule = ground.rule if ground else None
    if exact is not None and not rule:
        return ground
    values = assistant.strength(found)
    before = answerable.probability(values)
    due = second_look.is_due(before, ruled=rule is not None)
    reading = assistant.second_look(found) if due else None
    if rule and not reading:
        return ground
    ruled = tuple(float(rule == each) for each in RULES)
    read = Judged((*values, *reading.values, *ruled), question.answerable) if reading else None
    return Look(question.answerable, 0.0 if rule else before, read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """How many questions there are of either sort, and how many of them rules refuse."""

    answerable: int
    unanswerable: int
    rightly: int
    wrongly: int


def say_curve(name: str, looks: Sequence[Look], chance: NDArray[np.float64], ruled: Ruled) -> None:
    """Refusal recall against false refusals at each threshold, what rules refuse included."""
    truth = np.array([each.answerable for each in looks])
    for threshold in THRESHOLDS:
        below = chance < threshold
        recall = (ruled.rightly + np.sum(below & ~truth)) / ruled.unanswerable
        false = (ruled.wrongly + np.sum(below & truth)) / ruled.answerable
        click.echo(
            f"{name}, threshold {threshold}: refused {recall:.3f}, false refusals {false:.3f}"
        )


def _report(
    name: str, questions: Sequence[EvalQuestion], assistant: Assistant, others: Sequence[Judged]
) -> list[Judged]:
    """Say the curves over a set by weights that have not seen it all; what was read of it."""
    looked = [(question, look(assistant, question)) for question in questions]
    refused = [question.answerable for question, found in looked if isinstance(found, Ground)]
    looks = [found for _, found in looked if isinstance(found, Look)]
    read = [each.read for each in looks if each.read is not None]
    count = sum(question.answerable for question in questions)
    ruled = Ruled(
        answerable=count,
        unanswerable=len(questions) - count,
        rightly=refused.count(False),
        wrongly=refused.count(True),
    )
    click.echo(f"{name}: {len(read)} of {len(questions)} questions are read again")
    before = np.array([each.before for each in looks])
    after = before.copy()
    after[[each.read is not None for each in looks]] = out_of_fold(read, others)
    say_curve(f"{name} before", looks, before, ruled)
    say_curve(f"{name} after", looks, after, ruled)
    return read


@click.command()
def main() -> None:
    """Fit on dev, on the questions for fitting and on other plans, and add to the weights."""
    assistant = open_assistant(load_settings())
    looks = (
        look(over, question)
        for _, over, questions in over_plans(load_settings())
        for question in questions
    )
    others = [each.read for each in looks if isinstance(each, Look) and each.read is not None]
    read = [
        each for name in ASKED for each in _report(name, load_questions(name), assistant, others)
    ]
    rules = [f"rule_{rule}" for rule in RULES]
    names = ["intercept", *answerable.FEATURES, *second_look.FEATURES, *rules]
    coefficients = fit_answerable(read, others)
    fitted = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    fitted["answerable_read"] = {
        name: round(float(x), 4) for name, x in zip(names, coefficients, strict=True)
    }
    WEIGHTS.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
