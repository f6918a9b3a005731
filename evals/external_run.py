"""Runs the questions that nobody here wrote over the assistant, and says where the figures come from."""

import os
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from assistant.over import assistant_over
from assistant.pipeline import Assistant
from assistant.settings import Settings
from evals.external import (
    Progress,
    SpanQuestion,
    evaluate_beir,
    evaluate_rgb,
    evaluate_spans,
    load_beir,
    load_rgb,
    load_squad,
    text_document,
)
from evals.run import current_commit
from evals.significance import SEED, Estimate, estimate
from evals.systems import Dense, Lexical, Tutorial
from index.embedders import load_embedder
from index.memory import retriever_over
from index.types import Embedder, Vectors

Item = TypeVar("Item")


def _sample(items: Sequence[Item], limit: int | None) -> list[Item]:
    """The first items after shuffling with the seed; all of them in order without a limit."""
    if limit is None or limit >= len(items):
        return list(items)
    shuffled = list(items)
    random.Random(SEED).shuffle(shuffled)  # noqa: S311 - a sample, not a secret
    return shuffled[:limit]


class _Remembering:
    """An embedder that embeds a text once, so that systems over the same passages share the work."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}
        self.name = embedder.name
        self.fingerprint = embedder.fingerprint

    def embed_query(self, text: str) -> Vectors:
        """float32, shape (dimension,)."""
        return self._embedder.embed_query(text)

    def embed_documents(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """float32, shape (n_texts, dimension)."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        rows = self._embedder.embed_documents(new, progress=progress)
        self._known |= dict(zip(new, rows, strict=True))
        return np.stack([self._known[text] for text in texts])


def squad_baselines(
    assistant: Assistant, embedder: Embedder, questions: Sequence[SpanQuestion], progress: Progress
) -> dict[str, dict[str, Estimate]]:
    """recall@1 and @5 of the gold passage and whether the best passage holds the answer, by system."""
    found: dict[str, dict[str, Estimate]] = {}
    systems = (
        Lexical(assistant),
        Dense(assistant.documents, embedder),
        Tutorial(assistant.documents, embedder),
    )
    for system in systems:
        columns: dict[str, list[float]] = {"recall@1": [], "recall@5": [], "first_quote_holds": []}
        for question in progress(questions):
            hits = system.search(question.question, k=5)
            ids = [hit.passage.document_id for hit in hits]
            columns["recall@1"].append(float(question.passage_id in ids[:1]))
            columns["recall@5"].append(float(question.passage_id in ids))
            held = any(answer in hits[0].passage.text for answer in question.answers)
            columns["first_quote_holds"].append(float(held))
        found[system.name] = {name: estimate(values) for name, values in columns.items()}
    return found


Result = tuple[dict[str, Estimate], dict[str, dict[str, Estimate]]]


def _squad(settings: Settings, path: Path, limit: int | None, progress: Progress) -> Result:
    spans = load_squad(path)
    embedder = _Remembering(load_embedder(settings.embedder, settings.cache_folder))
    retriever = retriever_over(spans.documents, embedder, settings.cache_folder)
    assistant = Assistant(retriever, spans.documents)
    questions = _sample(spans.questions, limit)
    found = evaluate_spans(assistant, questions, without_gold=True, progress=progress)
    return found, squad_baselines(assistant, embedder, questions, progress)


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
    metrics, baselines = _RUNNERS[kind](settings, path, limit, progress)
    digest = sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return {
        "set": path.name,
        "sha256": digest,
        "date": datetime.now(UTC).date().isoformat(),
        "commit": current_commit(),
        "seed": SEED,
        "cores": os.cpu_count(),
        "limit": limit,
        "embedder": settings.embedder,
        "metrics": {name: asdict(value) for name, value in metrics.items()},
        "baselines": {
            system: {name: asdict(value) for name, value in values.items()}
            for system, values in baselines.items()
        },
    }
