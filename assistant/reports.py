"""Report files that `wengui eval` wrote, as the page shows them: nothing is measured here."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import InputError

# What the metrics and the kinds of questions of a report are called.
METRICS = {
    "correct": "答对", "wrong_number": "错误数字", "false_refusal": "误拒", "refused": "拒答召回",
    "reason_right": "拒答理由正确", "section_cited": "引到正确的节", "citation_recall_span": "依据句引全",
    "citation_precision_span": "引用准确(句)", "citation_precision_section": "引用准确(节)",
    "sound": "引文逐字、地址正确", "first_line_fits": "首行不超过120字",
    "passage_success@1": "首段命中", "passage_success@5": "前五段命中", "passage_rr": "段 RR",
    "passage_ndcg@10": "段 nDCG@10", "section_success@1": "首节命中", "section_success@5": "前五节命中",
}  # fmt: skip
KINDS = {
    "table_figure": "表中数字", "text_figure": "文中数字", "policy": "政策", "list": "列举", "arithmetic": "计算",
    "document": "文件信息", "definition": "定义", "yes_no": "是否", "follow_up": "追问",
    "false_premise": "错误前提", "unanswerable": "不可答",
}  # fmt: skip
OWN_SYSTEM = "wengui"
# Of these a smaller value is the better one.
SMALLER_IS_BETTER = frozenset({"wrong_number", "false_refusal"})


@dataclass(frozen=True, slots=True)
class Bar:
    """A metric's mean with its 95 % interval, all in [0, 1], over `n` questions."""

    name: str
    label: str
    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A question that was not answered right, and the first line that came instead."""

    id: str
    kind: str
    question: str
    first_line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a report file says: of which system, set, day and commit, the metrics, the failures."""

    name: str
    system: str
    set_name: str
    date: str
    commit: str
    questions: int
    latency_p50_ms: float
    latency_p95_ms: float
    overall: tuple[Bar, ...]
    by_kind: tuple[Bar, ...]
    risk_coverage: tuple[tuple[float, float], ...]
    failed: tuple[Failed, ...]

    @property
    def title(self) -> str:
        """System, set and day."""
        return f"{self.system} · {self.set_name}({self.questions} 题) · {self.date}"


def _bars(metrics: dict[str, Any], labels: dict[str, str], prefix: str = "") -> tuple[Bar, ...]:
    return tuple(
        Bar(name, label, value["mean"], value["low"], value["high"], value["n"])
        for name, label in labels.items()
        if (value := metrics.get(prefix + name))
    )


def _failed(outcome: dict[str, Any]) -> Failed:
    return Failed(
        id=outcome["id"],
        kind=KINDS.get(outcome["kind"], outcome["kind"]),
        question=outcome["question"],
        first_line=outcome["first_line"] or outcome["error"] or "",
    )


def read_report(path: Path) -> Report:
    """The report in a file; InputError where it is none."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        return Report(
            name=path.stem,
            system=fields["system"],
            set_name=fields["set"],
            date=fields["date"],
            commit=str(fields["commit"]),
            questions=fields["questions"],
            latency_p50_ms=fields["latency_ms"]["p50"],
            latency_p95_ms=fields["latency_ms"]["p95"],
            overall=_bars(fields["metrics"], METRICS),
            by_kind=_bars(fields["metrics"], KINDS, "correct:"),
            risk_coverage=tuple((x, y) for x, y in fields["risk_coverage"]),
            failed=tuple(_failed(o) for o in fields["outcomes"] if not o["values"]["correct"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} 不是评测报告({error})。用 wengui eval run 重新生成。") from error


def list_reports(folder: Path) -> list[Report]:
    """The reports in a folder, the latest first, of one day the program's own first; other files left out."""
    reports = []
    for path in sorted(folder.glob("*.json")):
        try:
            reports.append(read_report(path))
        except InputError:
            continue  # figures of another kind lie in the same folder
    reports.sort(key=lambda report: not report.system.startswith(OWN_SYSTEM))
    return sorted(reports, key=lambda report: report.date, reverse=True)
