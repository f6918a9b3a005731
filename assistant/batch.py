"""Many questions from file to file: one JSON object a line, in order; a bad line is answered by its error."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from tqdm import tqdm

from assistant.pipeline import Assistant
from assistant.types import Role, Turn, answer_json
from corpus.errors import InputError, WenguiError


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A line of the input that could be read."""

    id: str | None
    question: str
    history: tuple[Turn, ...]
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistants:
    """Who answers: `opened` the rows over the library, `over` those that bring their own texts."""

    opened: Callable[[], Assistant]
    over: Callable[[Sequence[str]], Assistant]


def _turn(value: object) -> Turn:
    if (
        not isinstance(value, dict)
        or value.get("role") not in get_args(Role)
        or not isinstance(value.get("content"), str)
    ):
        raise InputError('history 的每一项应是 {"role": "user" 或 "assistant", "content": "…"}。')
    return Turn(value["role"], value["content"])


def parse_row(line: bytes) -> BatchRow:
    """The row that a line holds; InputError says what is wrong with it."""
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError("这一行不是 UTF-8 文本。") from error
    except (ValueError, RecursionError) as error:
        raise InputError("这一行不是完整的 JSON。") from error
    if not isinstance(value, dict) or not isinstance(value.get("question"), str):
        raise InputError('这一行应是 {"id": "…", "question": "…"}。')
    history = value.get("history") or []
    if not isinstance(history, list):
        raise InputError("history 应是一个列表。")
    row_id = value.get("id")
    documents = value.get("documents")
    if documents is not None and not _is_texts(documents):
        raise InputError(
            'documents 应是文本的列表,至少一项,例如 ["第一篇的全文", "第二篇的全文"]。'
        )
    return BatchRow(
        id=None if row_id is None else str(row_id),
        question=value["question"],
        history=tuple(map(_turn, history)),
        documents=tuple(documents or ()),
    )


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(text, str) for text in value)


def _id_of(line: bytes) -> str | None:
    try:
        value = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    row_id = value.get("id") if isinstance(value, dict) else None
    return None if row_id is None else str(row_id)


def _answer_line(assistants: Assistants, number: int, line: bytes) -> dict[str, Any]:
    try:
        row = parse_row(line)
        own = assistants.over(row.documents) if row.documents else None
    except WenguiError as error:
        return {"id": _id_of(line), "line": number, "error": str(error)}
    assistant = (
        own or assistants.opened()
    )  # without an index no row can be answered: that is raised
    try:
        answer = assistant.answer(row.question, row.history)
    except WenguiError as error:
        return {"id": row.id, "line": number, "error": str(error)}
    return answer_json(replace(answer, id=row.id))


def _lines(path: Path) -> list[tuple[int, bytes]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"问题文件 {path} 打不开({error.strerror})。请检查路径。") from error
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _results(assistants: Assistants, lines: list[tuple[int, bytes]]) -> Iterator[dict[str, Any]]:
    for number, line in tqdm(lines, desc="回答", unit="题", disable=None):
        yield _answer_line(assistants, number, line)


def answer_batch(assistants: Assistants, batch: Path, out: Path) -> int:
    """Write one JSON line for each line of the batch; returns how many could not be answered.

    Blank lines are passed over. The file appears whole, when the last line is done.
    """
    lines = _lines(batch)
    if not out.parent.is_dir():
        raise InputError(f"回答文件的文件夹 {out.parent} 不存在。请先建立它,或换一个位置。")
    failed = 0
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".wengui-") as work:
        partial = Path(work) / "out.jsonl"
        with partial.open("w", encoding="utf-8") as stream:
            for result in _results(assistants, lines):
                failed += "error" in result
                stream.write(json.dumps(result, ensure_ascii=False) + "\n")
        os.replace(partial, out)
    return failed
