"""Runs a system over a question set: one outcome a question, kept as it goes, and what they come to."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

from assistant.types import Answer, Turn
from corpus.errors import InputError
from corpus.types import Document
from evals.answers import (
    citation_scores,
    citations_sound,
    first_line_fits,
    has_wrong_number,
    is_correct,
)
from evals.questions import EvalQuestion, locate
from evals.retrieval import (
    K,
    measure,
    passage_ranking,
    relevant_passages,
    relevant_sections,
    section_ranking,
)
from evals.significance import SEED, Estimate, estimate
from index.types import Hit, Passage

# A reader would long have gone; the slowest answer measured took a second.
TIMEOUT_SECONDS = 30.0
RESULTS = Path(__file__).parent / "results"
Values = dict[str, float]


class System(Protocol):
    """What is measured: the assistant or a baseline."""

    name: str
    documents: Mapping[str, Document]
    passages: Sequence[Passage]

    def search(self, query: str, *, k: int) -> Sequence[Hit]:
        """The ranked passages for a query."""
        ...

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The answer to a question."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one question came to: metric values (only those that apply to it) and what was said."""

    id: str
    kind: str
    style: str
    question: str
    answerable: bool
    status: str
    reason: str | None
    first_line: str
    sections: tuple[str, ...]
    confidence: float
    milliseconds: float
    values: Values
    error: str | None = None


def _retrieval_values(system: System, question: EvalQuestion) -> Values:
    """Passage and section measures of an answerable question of one turn."""
    hits = system.search(question.question, k=K)
    groups = locate(question, system.documents.values())
    passages = measure(relevant_passages(groups, system.passages), passage_ranking(hits))
    sections = measure(
        relevant_sections(question, system.documents), section_ranking(question, hits)
    )
    return {f"passage_{k}": v for k, v in passages.items()} | {
        f"section_{k}": v for k, v in sections.items()
    }


def _answer_values(system: System, question: EvalQuestion, answer: Answer) -> Values:
    refused = answer.status == "refused"
    values: Values = {
        "correct": float(is_correct(question, answer)),
        "sound": float(citations_sound(answer, system.documents)),
        "first_line_fits": float(first_line_fits(answer)),
    }
    if not question.answerable:
        due = answer.refusal.reason if answer.refusal else None
        return values | {"refused": float(refused), "reason_right": float(due == question.refusal)}
    values["false_refusal"] = float(refused)
    if question.is_figure:
        values["wrong_number"] = float(has_wrong_number(question, answer))
    groups = locate(question, system.documents.values())
    return values | citation_scores(question, answer, groups)


# A question that failed counts 0 in what is good and 1 in what is bad.
_FAILED: Values = {"correct": 0.0, "sound": 0.0, "first_line_fits": 0.0}


def _answer_within(
    system: System, question: EvalQuestion, timeout_seconds: float
) -> tuple[Answer | None, str | None]:
    """(answer, None), or (None, what went wrong); a question that takes too long is left behind."""
    found: list[Answer] = []
    wrong: list[str] = []

    def work() -> None:
        try:
            found.append(system.answer(question.question, question.history))
        except Exception as failure:  # noqa: BLE001 - whatever goes wrong, the question counts 0
            wrong.append(f"{type(failure).__name__}: {failure}")

    worker = Thread(target=work, daemon=True)
    worker.start()
    worker.join(timeout_seconds)
    if found:
        return found[0], None
    return None, wrong[0] if wrong else f"no answer within {timeout_seconds:g} s"


def evaluate_one(
    system: System, question: EvalQuestion, *, timeout_seconds: float = TIMEOUT_SECONDS
) -> Outcome:
    """The outcome of a question; a failure or a time-out is one too."""
    started = time.perf_counter()
    answer, error = _answer_within(system, question, timeout_seconds)
    milliseconds = (time.perf_counter() - started) * 1000
    if answer is None:
        missed = "false_refusal" if question.answerable else "refused"
        values = _FAILED | {missed: 1.0 if question.answerable else 0.0}
    else:
        values = _answer_values(system, question, answer)
        if question.answerable and not question.history and question.evidence:
            values |= _retrieval_values(system, question)
    return Outcome(
        id=question.id,
        kind=question.kind,
        style=question.style,
        question=question.question,
        answerable=question.answerable,
        status=answer.status if answer else "failed",
        reason=answer.refusal.reason if answer and answer.refusal else None,
        first_line=answer.first_line if answer else "",
        sections=tuple(c.section_id for c in answer.citations) if answer else (),
        confidence=answer.confidence if answer else 0.0,
        milliseconds=milliseconds,
        values=values,
        error=error,
    )


def _load_partial(path: Path) -> dict[str, Outcome]:
    """The outcomes of a run that was stopped."""
    done: dict[str, Outcome] = {}
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                fields = json.loads(line)
            except ValueError:
                break  # the line that was being written
            outcome = outcome_from(fields)
            done[outcome.id] = outcome
    return done


def outcome_from(fields: dict[str, Any]) -> Outcome:
    """The outcome that its JSON object says."""
    return Outcome(**(fields | {"sections": tuple(fields["sections"])}))


def evaluate(
    outcomes: Callable[[Sequence[EvalQuestion]], Iterable[Outcome]],
    questions: Sequence[EvalQuestion],
    partial: Path,
    progress: Callable[[Iterable[Outcome], int], Iterable[Outcome]] = lambda items, total: items,
) -> list[Outcome]:
    """The outcomes of all questions, in order. Each is written down at once: a stopped run goes on.

    `progress` is given the outcomes as they come, and how many there will be.
    """
    done = _load_partial(partial)
    left = [question for question in questions if question.id not in done]
    partial.parent.mkdir(parents=True, exist_ok=True)
    with partial.open("a", encoding="utf-8") as stream:
        for outcome in progress(outcomes(left), len(left)):
            done[outcome.id] = outcome
            stream.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
            stream.flush()
    return [done[question.id] for question in questions]


def one_by_one(system: System) -> Callable[[Sequence[EvalQuestion]], Iterable[Outcome]]:
    """The outcomes of questions by a system in this process."""
    return lambda questions: (evaluate_one(system, question) for question in questions)


def summarise(outcomes: Sequence[Outcome]) -> dict[str, Estimate]:
    """Every metric over the questions that it applies to, correctness also by kind."""
    columns: dict[str, list[float]] = {}
    for outcome in outcomes:
        for name, value in outcome.values.items():
            columns.setdefault(name, []).append(value)
        columns.setdefault(f"correct:{outcome.kind}", []).append(outcome.values["correct"])
    return {name: estimate(values) for name, values in sorted(columns.items())}


def percentile(values: Sequence[float], share: float) -> float:
    """The value that a share of the values does not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def risk_coverage(outcomes: Sequence[Outcome]) -> list[tuple[float, float]]:
    """(coverage, risk) when only the most confident questions are answered, from few to all.

    Risk is the share of wrong answers among those answered; an unanswerable question answered is wrong
    (El-Yaniv & Wiener 2010, JMLR 11:1605–1641).
    """
    ranked = sorted(outcomes, key=lambda outcome: -outcome.confidence)
    curve, wrong = [], 0
    for count, outcome in enumerate(ranked, start=1):
        wrong += not (outcome.answerable and outcome.values["correct"])
        curve.append((count / len(ranked), wrong / count))
    return curve


def current_commit() -> str:
    """The short hash of the checkout's commit; empty outside a checkout."""
    try:
        found = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - the user's own git
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
        return found.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def make_report(
    system: System, set_name: str, outcomes: Sequence[Outcome], provenance: Mapping[str, Any]
) -> dict[str, Any]:
    """The whole of a run as JSON: where it comes from, what it comes to, every outcome."""
    times = [outcome.milliseconds for outcome in outcomes]
    return {
        "system": system.name,
        "set": set_name,
        "date": datetime.now(UTC).date().isoformat(),
        "commit": current_commit(),
        "seed": SEED,
        "cores": os.cpu_count(),
        "documents": {name: document.content_hash for name, document in system.documents.items()},
        **provenance,
        "questions": len(outcomes),
        "metrics": {name: asdict(value) for name, value in summarise(outcomes).items()},
        "latency_ms": {"p50": percentile(times, 0.5), "p95": percentile(times, 0.95)},
        "risk_coverage": risk_coverage(outcomes),
        "outcomes": [asdict(outcome) for outcome in outcomes],
    }


def save_report(report: Mapping[str, Any], path: Path) -> None:
    """Write a report whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(json.dumps(report, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)


def load_report(path: Path) -> dict[str, Any]:
    """A report that `save_report` wrote; InputError where it is none."""
    try:
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        report["metrics"], report["outcomes"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} 不是评测结果文件。请先运行 wengui eval run。") from error
    return report
