"""Questions that nobody here wrote: SQuAD-like files (CMRC2018), BEIR folders, RGB files.

The assistant answers over the passages of the file alone; nothing is stored, nothing is trained.
"""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.pipeline import Assistant
from assistant.types import Answer
from corpus.errors import InputError
from corpus.fold import bare
from corpus.library import make_document
from corpus.source import Source
from corpus.types import Document, Metadata
from evals.retrieval import measure
from evals.significance import Estimate, estimate
from index.query import Query
from index.types import Hit

K = 10
Progress = Callable[[Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanQuestion:
    """A question whose answer is a stretch of one passage."""

    id: str
    question: str
    passage_id: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpanSet:
    """The passages of a SQuAD-like file and its questions."""

    documents: tuple[Document, ...]
    questions: tuple[SpanQuestion, ...]


def text_document(document_id: str, text: str) -> Document:
    """A passage as a Document of its own."""
    return make_document(document_id, Source(text=text), Metadata(title=document_id))


def load_squad(path: Path) -> SpanSet:
    """The passages and questions of a SQuAD-like JSON file; InputError where it is none."""
    documents: dict[str, Document] = {}
    questions: list[SpanQuestion] = []
    try:
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                name = str(paragraph.get("id") or f"p{len(documents)}")
                documents[name] = text_document(name, paragraph["context"])
                questions += [
                    SpanQuestion(
                        id=str(row["id"]),
                        question=row["question"],
                        passage_id=name,
                        answers=tuple(answer["text"] for answer in row["answers"]),
                    )
                    for row in paragraph["qas"]
                ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} 不是 SQuAD 格式的 JSON 文件({error})。") from error
    return SpanSet(tuple(documents.values()), tuple(questions))


def character_f1(text: str, gold: str) -> float:
    """F1 over characters, punctuation and width folded away.

    As CMRC2018 counts (Cui et al. 2019, doi:10.18653/v1/D19-1600).

    >>> character_f1("智慧校园示范校", "示范校")
    0.6
    """
    ours, theirs = Counter(bare(text)), Counter(bare(gold))
    common = sum((ours & theirs).values())
    if not common:
        return 0.0
    precision, recall = common / sum(ours.values()), common / sum(theirs.values())
    return round(2 * precision * recall / (precision + recall), 6)


def _holds(quotes: Sequence[str], answers: Sequence[str]) -> float:
    return float(any(bare(answer) in bare(quote) for quote in quotes for answer in answers))


def span_values(question: SpanQuestion, hits: Sequence[Hit], answer: Answer) -> dict[str, float]:
    """Retrieval of the gold passage, and how far the quotes hold the gold answer."""
    ranking = {hit.passage.passage_id: float(-hit.rank) for hit in hits}
    gold = {p: 1 for p in ranking if p.split("#")[0] == question.passage_id} or {"missing": 1}
    first_of = next((h.rank for h in hits if h.passage.document_id == question.passage_id), 0)
    quotes = [citation.quote for citation in answer.citations]
    first = quotes[:1]
    best_f1 = max((character_f1(q, a) for q in first for a in question.answers), default=0.0)
    exact = any(bare(q) == bare(a) for q in first for a in question.answers)
    return {
        "recall@1": float(first_of == 1),
        "recall@5": float(1 <= first_of <= 5),
        "rr": measure(gold, ranking)["rr"],
        "first_quote_holds": _holds(first, question.answers),
        "quotes_hold": _holds(quotes, question.answers),
        "character_f1": best_f1,
        "exact_match": float(exact),
        "false_refusal": float(answer.status == "refused"),
    }


class _Without:
    """An assistant's retriever that does not see one document."""

    def __init__(self, assistant: Assistant, document_id: str) -> None:
        self._retriever = assistant.retriever
        self._hidden = document_id
        self.tokenizer = self._retriever.tokenizer
        self.reader = self._retriever.reader
        self.passages = self._retriever.passages
        self.notice = self._retriever.notice
        self.judge = self._retriever.judge

    def retrieve(
        self, query: str | Query, *, k: int, within: frozenset[str] | None = None
    ) -> tuple[Hit, ...]:
        """The hits outside the hidden document."""
        others = within or frozenset(passage.document_id for passage in self.passages)
        return self._retriever.retrieve(query, k=k, within=others - {self._hidden})


def evaluate_spans(
    assistant: Assistant,
    questions: Sequence[SpanQuestion],
    *,
    without_gold: bool,
    progress: Progress = iter,
) -> dict[str, Estimate]:
    """The measures over a SQuAD-like set; `without_gold` also asks with the gold passage taken out."""
    columns: dict[str, list[float]] = {}
    for question in progress(questions):
        hits = assistant.search(question.question, k=K)
        values = span_values(question, hits, assistant.answer(question.question))
        if without_gold:
            blind = Assistant(
                _Without(assistant, question.passage_id), assistant.documents.values()
            )
            refused = blind.answer(question.question).status == "refused"
            values["refused_without_gold"] = float(refused)
        for name, value in values.items():
            columns.setdefault(name, []).append(value)
    return {name: estimate(values) for name, values in columns.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class BeirSet:
    """A BEIR folder: passages, queries by id, and relevant passage ids by query id."""

    documents: tuple[Document, ...]
    queries: Mapping[str, str]
    qrels: Mapping[str, dict[str, int]]


def _json_lines(path: Path) -> Iterable[dict[str, Any]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                raise InputError(f"{path} 第 {number} 行不是完整的 JSON。") from error


def load_beir(folder: Path) -> BeirSet:
    """corpus.jsonl, queries.jsonl and qrels/test.tsv of a BEIR folder (Thakur et al. 2021, arXiv:2104.08663)."""
    try:
        documents = tuple(
            text_document(str(row["_id"]), f"{row.get('title', '')}\n{row['text']}".strip())
            for row in _json_lines(folder / "corpus.jsonl")
        )
        queries = {str(row["_id"]): row["text"] for row in _json_lines(folder / "queries.jsonl")}
        qrels: dict[str, dict[str, int]] = {}
        with (folder / "qrels" / "test.tsv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t"):
                qrels.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise InputError(f"{folder} 不是 BEIR 文件夹({error})。") from error
    return BeirSet(documents=documents, queries=queries, qrels=qrels)


def evaluate_beir(
    assistant: Assistant, data: BeirSet, *, progress: Progress = iter
) -> dict[str, Estimate]:
    """The retrieval measures over a BEIR set, by document."""
    columns: dict[str, list[float]] = {}
    for query_id, qrels in progress(list(data.qrels.items())):
        ranking: dict[str, float] = {}
        for hit in assistant.search(data.queries[query_id], k=K * 5):
            ranking.setdefault(hit.passage.document_id, float(-hit.rank))
        relevant = {name: grade for name, grade in qrels.items() if grade > 0}
        for name, value in measure(relevant, ranking).items():
            columns.setdefault(name, []).append(value)
    return {name: estimate(values) for name, values in columns.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class RgbRow:
    """A question with passages that hold its answer and passages that do not.

    Chen et al. 2024, Benchmarking Large Language Models in RAG, arXiv:2309.01431.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    positive: tuple[str, ...]
    negative: tuple[str, ...]


def _flat(value: object) -> list[str]:
    return [t for item in value for t in _flat(item)] if isinstance(value, list) else [str(value)]


def load_rgb(path: Path) -> tuple[RgbRow, ...]:
    """The rows of an RGB file; InputError where it is none."""
    try:
        return tuple(
            RgbRow(
                id=str(row["id"]),
                question=row["query"],
                answers=tuple(_flat(row["answer"])),
                positive=tuple(_flat(row["positive"])),
                negative=tuple(_flat(row["negative"])),
            )
            for row in _json_lines(path)
        )
    except (OSError, KeyError, TypeError) as error:
        raise InputError(f"{path} 不是 RGB 格式的文件({error})。") from error


def evaluate_rgb(
    rows: Sequence[RgbRow],
    assistant_over: Callable[[Sequence[str]], Assistant],
    *,
    progress: Progress = iter,
) -> dict[str, Estimate]:
    """Answers found in the positives; refusals over the negatives alone."""
    columns: dict[str, list[float]] = {"answer_from_positive": [], "refused_from_negative": []}
    for row in progress(rows):
        if row.positive:
            text = assistant_over(row.positive).answer(row.question).text
            found = any(bare(answer) in bare(text) for answer in row.answers)
            columns["answer_from_positive"].append(float(found))
        if row.negative:
            answer = assistant_over(row.negative).answer(row.question)
            columns["refused_from_negative"].append(float(answer.status == "refused"))
    return {name: estimate(values) for name, values in columns.items()}
