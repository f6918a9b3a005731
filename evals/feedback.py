"""From use to evaluation: exported feedback becomes candidate questions, marked unreviewed."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from corpus.errors import InputError

# What a reader who was not content says is wrong, and what it tells about the gold answer.
REASONS = {"答案不对": None, "依据不对": None, "不该拒答": True, "该拒答": False, "看不懂": None}


def candidates(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row for each question asked, in the format of a set, the latest word on it first kept."""
    rows: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(lines, start=1):
        question = str(line.get("question", "")).strip()
        if not question:
            raise InputError(f"反馈第 {number} 条没有 question。")
        answerable = REASONS.get(str(line.get("reason", "")))
        if line.get("verdict") == "up":  # the reader agrees with a refusal, too
            answerable = line.get("status") != "refused"
        rows[question] = {
            "id": f"feedback-{number:04d}",
            "question": question,
            "history": line.get("history") or [],
            "kind": "feedback",
            "answerable": True if answerable is None else answerable,
            "evidence": [],
            "must": [],
            "reviewed": False,
            "reason": line.get("reason"),
            "shown_answer": line.get("answer"),
        }
    return list(rows.values())


def convert(source: Path, target: Path) -> int:
    """Write the candidates of an exported feedback file (JSONL); returns how many."""
    try:
        lines = [
            json.loads(line)
            for line in source.read_text(encoding="utf-8").splitlines()
            if line.strip()
        ]
    except (OSError, ValueError) as error:
        raise InputError(f"反馈文件 {source} 读不出来({error})。") from error
    rows = candidates(lines)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    target.write_text(text, encoding="utf-8")
    return len(rows)
