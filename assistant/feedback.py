"""What readers say of answers, kept in SQLite: good, or what was wrong with it."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from assistant.types import Answer, Turn, answer_json
from corpus.errors import FeedbackError, InputError

Verdict = Literal["up", "down"]

# What may be wrong with an answer, in the words of the page; evals.feedback reads the same words.
REASONS = ("答案不对", "依据不对", "不该拒答", "该拒答", "看不懂")
MAX_COMMENT = 500

_SCHEMA = """CREATE TABLE IF NOT EXISTS feedback (
    id TEXT PRIMARY KEY, given_at TEXT NOT NULL, verdict TEXT NOT NULL CHECK (verdict IN ('up', 'down')),
    reason TEXT, comment TEXT NOT NULL, question TEXT NOT NULL, history TEXT NOT NULL, answer TEXT NOT NULL
)"""
_SAVE = """INSERT INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
    given_at = excluded.given_at, verdict = excluded.verdict, reason = excluded.reason,
    comment = excluded.comment"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One reader's word on one answer; `id` names the showing, so that a second word replaces the first.

    Nothing in it says who the reader is.
    """

    id: str
    verdict: Verdict
    answer: Answer
    history: Sequence[Turn] = ()
    reason: str = ""
    comment: str = ""


class FeedbackStore:
    """The feedback in one SQLite file; what `save` has returned from survives a kill."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=10)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")  # on the disk before `save` returns
            connection.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise FeedbackError(
                f"反馈文件 {self.path} 不能使用({error})。请检查该文件夹能否写入。"
            ) from error
        return connection

    def save(self, feedback: Feedback) -> None:
        """Keep a reader's word; InputError where a 👎 has no reason of REASONS or the comment is too long."""
        if feedback.verdict == "down" and feedback.reason not in REASONS:
            raise InputError(f"请选一个原因:{'、'.join(REASONS)}。")
        if len(feedback.comment) > MAX_COMMENT:
            raise InputError(
                f"补充说明有 {len(feedback.comment)} 个字,最多 {MAX_COMMENT} 个。请缩短。"
            )
        row = (
            feedback.id,
            datetime.now(UTC).isoformat(timespec="seconds"),
            feedback.verdict,
            feedback.reason or None,
            feedback.comment,
            feedback.answer.question,
            json.dumps([asdict(turn) for turn in feedback.history], ensure_ascii=False),
            json.dumps(answer_json(feedback.answer), ensure_ascii=False),
        )
        with closing(self._open()) as connection, connection:
            connection.execute(_SAVE, row)

    def rows(self) -> Iterator[dict[str, Any]]:
        """All feedback as JSON objects, the oldest first; `answer` is the text that was shown."""
        with closing(self._open()) as connection:
            for row in connection.execute("SELECT * FROM feedback ORDER BY given_at, rowid"):
                shown = json.loads(row[7])
                yield {
                    "id": row[0],
                    "given_at": row[1],
                    "verdict": row[2],
                    "reason": row[3],
                    "comment": row[4],
                    "question": row[5],
                    "history": json.loads(row[6]),
                    "answer": shown["answer"],
                    "status": shown["status"],
                    "citations": shown["citations"],
                    "generator": shown["generator"],
                }

    def export(self) -> str:
        """All feedback as JSONL: what `wengui eval feedback` reads."""
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in self.rows())
