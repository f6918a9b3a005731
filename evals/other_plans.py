"""How the assistant answers over other plans than its own: invented ones, each with some 150 questions beside it.

python -m evals.other_plans            right answers by kind, for each plan

The rules were mended on what four of them showed, and the weights of whether there is an answer are fitted on
these four too. The fifth, HELD_OUT, is only measured: none of its rows was read and nothing is fitted on it.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np

from assistant.over import assistant_over, documents_of_files
from assistant.pipeline import Assistant
from assistant.settings import Settings, load_settings
from evals.answers import is_correct
from evals.questions import SETS, EvalQuestion, load_questions

FOLDER = SETS / "other_plans"
HELD_OUT = "rongan"


def plan_files() -> list[Path]:
    """The plans, in the order of their names; beside each lies its questions' file."""
    return sorted(FOLDER.glob("*.md"))


def over_plans(
    settings: Settings, *, held_out: bool = False
) -> Iterator[tuple[str, Assistant, tuple[EvalQuestion, ...]]]:
    """(name, assistant over that plan alone, its questions) of the plans, or of the one held out."""
    for path in plan_files():
        if (path.stem == HELD_OUT) == held_out:
            questions = load_questions(str(path.with_suffix(".jsonl")))
            yield path.stem, assistant_over(documents_of_files([path]), settings), questions


def measure(assistant: Assistant, questions: tuple[EvalQuestion, ...]) -> dict[str, list[bool]]:
    """Whether each answer is right, by kind and over `all`; `false_refusal` of the answerable ones."""
    found: dict[str, list[bool]] = defaultdict(list)
    for question in questions:
        answer = assistant.answer(question.question, question.history)
        right = is_correct(question, answer)
        found["all"].append(right)
        found[question.kind].append(right)
        if question.answerable:
            found["false_refusal"].append(answer.status == "refused")
    return found


@click.command()
def main() -> None:
    """Say the shares of each plan."""
    settings = load_settings()
    for held_out in (False, True):
        for name, assistant, questions in over_plans(settings, held_out=held_out):
            shares = measure(assistant, questions)
            said = ", ".join(
                f"{kind} {np.mean(own):.3f} (n={len(own)})" for kind, own in sorted(shares.items())
            )
            click.echo(f"{name}{' (held out)' if held_out else ''}: {said}")


if __name__ == "__main__":
    main()
