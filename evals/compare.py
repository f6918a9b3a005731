"""Two runs over the same questions: what got better, what worse, and whether by more than chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corpus.errors import InputError
from evals.significance import randomisation_test

# Metrics of which less is better.
LESS_IS_BETTER = frozenset({"false_refusal", "wrong_number"})
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A metric in both runs over the n questions that both have it for."""

    metric: str
    before: float
    after: float
    n: int
    p: float

    @property
    def verdict(self) -> str:
        """Better, worse, or no difference that chance could not make."""
        if self.p >= SIGNIFICANT or self.before == self.after:
            return "无显著差别"
        rises = self.after > self.before
        return "变好" if rises != (self.metric in LESS_IS_BETTER) else "变差"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All changes, and the questions whose correctness changed."""

    changes: tuple[Change, ...]
    better: tuple[tuple[str, str], ...]
    worse: tuple[tuple[str, str], ...]


def _by_id(report: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {outcome["id"]: outcome for outcome in report["outcomes"]}


def compare(first: Mapping[str, Any], second: Mapping[str, Any]) -> Comparison:
    """The comparison of two reports; InputError where they share no question."""
    before, after = _by_id(first), _by_id(second)
    shared = [name for name in before if name in after]
    if not shared:
        raise InputError("两次评测没有共同的问题,不能比较。请用同一个问题集各运行一次。")
    metrics = sorted({metric for name in shared for metric in before[name]["values"]})
    changes = []
    for metric in metrics:
        ids = [n for n in shared if metric in before[n]["values"] and metric in after[n]["values"]]
        if not ids:
            continue
        old = [before[name]["values"][metric] for name in ids]
        new = [after[name]["values"][metric] for name in ids]
        changes.append(
            Change(
                metric=metric,
                before=sum(old) / len(ids),
                after=sum(new) / len(ids),
                n=len(ids),
                p=randomisation_test(old, new),
            )
        )

    def moved(sign: int) -> tuple[tuple[str, str], ...]:
        return tuple(
            (name, after[name]["question"])
            for name in shared
            if (after[name]["values"]["correct"] - before[name]["values"]["correct"]) * sign > 0
        )

    return Comparison(changes=tuple(changes), better=moved(1), worse=moved(-1))
