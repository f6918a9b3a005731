"""The table of the README: the committed results side by side, with their intervals."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.run import RESULTS, load_report

SYSTEMS = {
    "wengui": "问规",
    "bm25": "只用 BM25,最佳段作答",
    "dense": "只用向量,最佳段作答",
    "tutorial": "教程做法:通用切分、向量、最佳块作答",
}
METRICS = {
    "correct": "答对",
    "wrong_number": "错误数字",
    "false_refusal": "误拒",
    "refused": "该拒而拒",
    "section_cited": "引对节",
    "passage_success@1": "首段命中",
    "passage_success@5": "前五命中",
}


def _cell(metric: Mapping[str, float] | None) -> str:
    if metric is None:
        return "—"
    return f"{metric['mean']:.2f} [{metric['low']:.2f}, {metric['high']:.2f}]"


def results_table(set_name: str, folder: Path = RESULTS) -> str:
    """A Markdown table of the systems' results on a set: mean and 95 % interval."""
    lines = [
        "| | " + " | ".join(METRICS.values()) + " |",
        "| --- |" + " --- |" * len(METRICS),
    ]
    for system, label in SYSTEMS.items():
        report: dict[str, Any] = load_report(folder / f"{system}-{set_name}.json")
        cells = [_cell(report["metrics"].get(name)) for name in METRICS]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


EXTERNAL_METRICS = {
    "recall@1": "首段命中",
    "recall@5": "前五命中",
    "first_quote_holds": "首条引文含答案",
}


def external_table(path: Path = RESULTS / "cmrc2018.json") -> str:
    """A Markdown table of the systems' results on questions that nobody here wrote."""
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    rows = {"wengui": report["metrics"], **report["baselines"]}
    lines = [
        "| | " + " | ".join(EXTERNAL_METRICS.values()) + " |",
        "| --- |" + " --- |" * len(EXTERNAL_METRICS),
    ]
    for system, label in SYSTEMS.items():
        cells = [_cell(rows[system].get(name)) for name in EXTERNAL_METRICS]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def ablation_table(path: Path = RESULTS / "ablation.json") -> str:
    """A Markdown table of what retrieval is worth without each of its parts."""
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    lines = [
        "| 去掉 | 首段命中 | 差 | p | 前五命中 | 差 | p | 不重拟权重:首段、前五 |",
        "| --- |" + " --- |" * 7,
    ]
    for row in report["rows"]:
        cells = []
        for k in (1, 5):
            value = row[f"success@{k}"]
            cells.append(f"{value['mean']:.3f} [{value['low']:.3f}, {value['high']:.3f}]")
            whole = row["name"] == "whole"
            cells += (
                ["", ""] if whole else [f"{row[f'difference@{k}']:+.3f}", f"{row[f'p@{k}']:.3f}"]
            )
        cells.append(f"{row['as_fitted@1']:.3f}、{row['as_fitted@5']:.3f}")
        label = "无(全部都在)" if row["name"] == "whole" else row["label"]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
