"""Evaluates questions in several processes, one to a core."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence

from evals.questions import EvalQuestion
from evals.run import Outcome, System, evaluate_one

# Opens the system that is measured; called once in every process.
Opens = Callable[[], System]
_opened: list[System] = []


def _open(opens: Opens, numbers: "multiprocessing.Queue[int]") -> None:
    """Open the system on a core of its own: model and search then keep to one thread."""
    if hasattr(os, "sched_setaffinity"):  # Linux
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[numbers.get() % len(cores)]})
    _opened.append(opens())


def _evaluate(question: EvalQuestion) -> Outcome:
    return evaluate_one(_opened[0], question)


def evaluate_apart(
    opens: Opens, questions: Sequence[EvalQuestion], processes: int
) -> Iterator[Outcome]:
    """The outcomes in order, as they come; `opens` must be importable by another process."""
    # Forking a process in which ONNX Runtime has started threads would wait for ever.
    context = multiprocessing.get_context("spawn")
    numbers: multiprocessing.Queue[int] = context.Queue()
    for number in range(processes):
        numbers.put(number)
    with context.Pool(processes, _open, (opens, numbers)) as pool:
        yield from pool.imap(_evaluate, questions, chunksize=4)
