"""Question sets: rows of questions with what a right answer holds, from JSONL, CSV or XLSX.

A row: id, question, history, persona, kind, style, evidence (for each needed fact the verbatim quotes
that prove it, any of them), sections, must (strings an answer needs; `|` parts alternatives), must_not,
answerable, refusal (the reason that is due), false_premise, split.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from assistant.types import RefusalReason, Role, Turn
from corpus.errors import InputError
from corpus.types import Document, Span

SETS = Path(__file__).parent / "sets"
OWN = frozenset({"dev", "test", "fit"})
# Kinds whose answer must stand in the first line; the others may use the whole answer.
FIGURE_KINDS = frozenset({"table_figure", "text_figure", "arithmetic", "document"})
_LISTS = ("history", "evidence", "sections", "must", "must_not")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalQuestion:
    """A question of an evaluation set with its gold answer."""

    id: str
    question: str
    kind: str = "policy"
    style: str = "plain"
    persona: str = ""
    family: str = ""
    split: str = ""
    history: tuple[Turn, ...] = ()
    evidence: tuple[tuple[str, ...], ...] = ()
    sections: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    answerable: bool = True
    refusal: str | None = None
    false_premise: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def is_figure(self) -> bool:
        """Whether the answer must stand in the first line."""
        return self.kind in FIGURE_KINDS


def _texts(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{name} 应是文字的列表")
    return tuple(value)


def _turns(value: object) -> tuple[Turn, ...]:
    if not isinstance(value, list):
        raise ValueError("history 应是列表")
    for turn in value:
        if not isinstance(turn, dict) or turn.get("role") not in get_args(Role):
            raise ValueError("history 的每一项应有 role(user 或 assistant)和 content")
    return tuple(Turn(turn["role"], str(turn.get("content", ""))) for turn in value)


def _row(fields: dict[str, Any]) -> EvalQuestion:
    """The question that a row's fields make; ValueError says what is wrong."""
    known = set(EvalQuestion.__dataclass_fields__) - {"extra"}
    text = fields.get("question")
    if not isinstance(text, str) or not text.strip():
        raise ValueError("缺少 question")
    if not fields.get("id"):
        raise ValueError("缺少 id")
    values = {name: value for name, value in fields.items() if name in known and value is not None}
    values["id"] = str(fields["id"])
    values["history"] = _turns(fields.get("history") or [])
    groups = fields.get("evidence") or []
    values["evidence"] = tuple(_texts([g] if isinstance(g, str) else g, "evidence") for g in groups)
    for name in ("sections", "must", "must_not"):
        values[name] = _texts(fields.get(name) or [], name)
    if values.get("refusal") and values["refusal"] not in get_args(RefusalReason):
        raise ValueError(f"refusal 应为 {'、'.join(get_args(RefusalReason))} 之一")
    extra = {name: value for name, value in fields.items() if name not in known}
    return EvalQuestion(**values, extra=extra)


def _jsonl(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if line.strip():
            try:
                value = json.loads(line)
            except ValueError as error:
                raise InputError(f"{path} 第 {number} 行不是完整的 JSON。") from error
            if not isinstance(value, dict):
                raise InputError(f"{path} 第 {number} 行应是一个 JSON 对象。")
            yield number, value


def _cells(values: dict[str, Any]) -> dict[str, Any]:
    """A table's cells as fields: lists are parted by semicolons, yes and no are words."""
    fields: dict[str, Any] = {}
    for name, value in values.items():
        text = "" if value is None else str(value).strip()
        if name in _LISTS and name != "history":
            fields[name] = [
                part.strip() for part in text.replace("；", ";").split(";") if part.strip()
            ]
        elif name in {"answerable", "false_premise"}:
            fields[name] = text.lower() not in {"", "0", "false", "no", "否"}
        elif text:
            fields[name] = text
    return fields


def _csv(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for number, values in enumerate(csv.DictReader(stream), start=2):
            yield number, _cells({str(name): value for name, value in values.items() if name})


def _xlsx(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    from openpyxl import load_workbook

    rows = load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)
    header = [str(cell or "") for cell in next(rows, ())]
    for number, row in enumerate(rows, start=2):
        if any(cell is not None for cell in row):
            yield number, _cells(dict(zip(header, row, strict=False)))


_READERS = {".jsonl": _jsonl, ".csv": _csv, ".xlsx": _xlsx}


def load_questions(name: str) -> tuple[EvalQuestion, ...]:
    """The set called `dev`, `test` or `fit`, or of a file; InputError names a broken row with its line."""
    path = SETS / f"{name}.jsonl" if name in OWN else Path(name)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"问题集 {name} 应是 dev、test,或 .jsonl、.csv、.xlsx 文件。")
    questions: list[EvalQuestion] = []
    seen: set[str] = set()
    try:
        for number, fields in reader(path):
            try:
                question = _row(fields)
                if question.id in seen:
                    raise ValueError(f"id {question.id} 重复")
            except (ValueError, TypeError) as error:
                raise InputError(f"{path} 第 {number} 行:{error}。") from error
            seen.add(question.id)
            questions.append(question)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"问题集 {path} 读不出来({error})。请检查路径和编码(UTF-8)。") from error
    if not questions:
        raise InputError(f"问题集 {path} 里没有问题。")
    return tuple(questions)


def _occurrences(text: str, quote: str) -> Iterator[Span]:
    start = text.find(quote)
    while start >= 0:
        yield Span(start, start + len(quote))
        start = text.find(quote, start + 1)


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """A place that proves a fact."""

    document_id: str
    span: Span


def locate(
    question: EvalQuestion, documents: Iterable[Document]
) -> tuple[tuple[GoldSpan, ...], ...]:
    """For each needed fact the places of its quotes, in the question's sections where it names any.

    InputError where a quote stands in no document.
    """
    documents = tuple(documents)
    groups = []
    for quotes in question.evidence:
        places = [
            (document, span)
            for document in documents
            for quote in quotes
            for span in _occurrences(document.text, quote)
        ]
        if not places:
            raise InputError(f"问题 {question.id} 的依据“{quotes[0]}”不在文件里。")
        inside = [
            (document, span)
            for document, span in places
            if any(_holds(document, section, span) for section in question.sections)
        ]
        groups.append(tuple(GoldSpan(d.document_id, span) for d, span in inside or places))
    return tuple(groups)


def _holds(document: Document, section_id: str, span: Span) -> bool:
    try:
        return span in document.section(section_id).span
    except KeyError:
        return False
