"""A floor under the metrics: committed, checked in CI, raised when the assistant gets better."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corpus.errors import InputError
from evals.compare import LESS_IS_BETTER

FLOOR = Path(__file__).parent / "floor.json"


def load_floor(path: Path = FLOOR) -> dict[str, float]:
    """Metric to the least (for some: the greatest) mean that passes."""
    try:
        return {
            name: float(value)
            for name, value in json.loads(path.read_text(encoding="utf-8")).items()
        }
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise InputError(f"底线文件 {path} 读不出来({error})。") from error


def failures(report: Mapping[str, Any], floor: Mapping[str, float]) -> list[str]:
    """One Chinese line for each metric that is missing or on the wrong side of its floor."""
    lines = []
    for name, bound in floor.items():
        metric = report["metrics"].get(name)
        if metric is None:
            lines.append(f"{name}:结果里没有这个指标,底线为 {bound}")
        elif name in LESS_IS_BETTER and metric["mean"] > bound:
            lines.append(f"{name}:{metric['mean']:.3f},不应超过 {bound}")
        elif name not in LESS_IS_BETTER and metric["mean"] < bound:
            lines.append(f"{name}:{metric['mean']:.3f},不应低于 {bound}")
    return lines
