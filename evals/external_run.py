"""Runs the questions that nobody here wrote over the assistant, and says where the figures come from."""

import random
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from assistant.over import assistant_over
from assistant.pipeline import Assistant
from assistant.settings import Settings
from evals.external import (
    Progress,
    evaluate_beir,
    evaluate_rgb,
    evaluate_spans,
    load_beir,
    load_rgb,
    load_squad,
    text_document,
)
from evals.significance import SEED, Estimate
from index.lexical import LexicalIndex
from index.passages import index_text

Item = TypeVar("Item")


def _sample(items: Sequence[Item], limit: int | None) -> list[Item]:
    """The first items after shuffling with the seed; all of them in order without a limit."""
    if limit is None or limit >= len(items):
        return list(items)
    shuffled = list(items)
    random.Random(SEED).shuffle(shuffled)  # noqa: S311 - a sample, not a secret
    return shuffled[:limit]


def lexical_baseline(assistant: Assistant, questions: Sequence[Any]) -> dict[str, float]:
    """Success@1 and @5 of BM25 over jieba words alone, over the same passages."""
    tokenize = assistant.retriever.tokenizer.tokenize
    passages = assistant.retriever.passages
    lexical = LexicalIndex.build([tokenize(index_text(passage)) for passage in passages])
    found = {1: 0, 5: 0}
    for question in questions:
        scores = lexical.scores(tokenize(question.question))
        best = (-scores).argsort(kind="stable")[:5]
        ids = [passages[place].document_id for place in best]
        for k in found:
            found[k] += question.passage_id in ids[:k]
    return {f"bm25_recall@{k}": count / len(questions) for k, count in found.items()}


Result = tuple[dict[str, Estimate], dict[str, float]]


def _squad(settings: Settings, path: Path, limit: int | None, progress: Progress) -> Result:
    spans = load_squad(path)
    assistant = assistant_over(spans.documents, settings)
    questions = _sample(spans.questions, limit)
    found = evaluate_spans(assistant, questions, without_gold=True, progress=progress)
    return found, lexical_baseline(assistant, questions)


def _beir(settings: Settings, path: Path, limit: int | None, progress: Progress) -> Result:
    data = load_beir(path)
    qrels = dict(_sample(list(data.qrels.items()), limit))
    assistant = assistant_over(data.documents, settings)
    return evaluate_beir(assistant, replace(data, qrels=qrels), progress=progress), {}


def _rgb(settings: Settings, path: Path, limit: int | None, progress: Progress) -> Result:
    def over(texts: Sequence[str]) -> Assistant:
        documents = [text_document(f"p{number}", text) for number, text in enumerate(texts)]
        return assistant_over(documents, settings)

    return evaluate_rgb(_sample(load_rgb(path), limit), over, progress=progress), {}


_RUNNERS = {"squad": _squad, "beir": _beir, "rgb": _rgb}


def run_external(
    settings: Settings, kind: str, path: Path, *, limit: int | None, progress: Progress
) -> dict[str, Any]:
    """The metrics over one external set (`squad`, `beir`, `rgb`), with the file's hash, seed and date."""
    metrics, baseline = _RUNNERS[kind](settings, path, limit, progress)
    digest = sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return {
        "set": path.name,
        "sha256": digest,
        "date": datetime.now(UTC).date().isoformat(),
        "seed": SEED,
        "limit": limit,
        "embedder": settings.embedder,
        "metrics": {name: asdict(value) for name, value in metrics.items()},
        "baseline": baseline,
    }
