"""What an answer over given texts costs against embedding them: `python -m evals.bench.documents`."""

import json
import time
from collections.abc import Sequence
from pathlib import Path

import click

from assistant.over import assistant_over, documents_of_texts, embedder_of
from assistant.settings import Settings, load_settings
from corpus.library import plans
from index.passages import embedding_texts, passages_of

RESULTS = Path(__file__).parent.parent / "results" / "bench-documents.json"
QUESTION = "高中阶段毛入学率2025年目标是多少?"


def measure(texts: Sequence[str], settings: Settings) -> dict[str, float]:
    """Seconds to embed the sentences, seconds for the whole answer, and their ratio.

    The embedder's weights and the tokeniser's dictionary are loaded before: once a process.
    """
    embedder = embedder_of(settings)
    assistant_over(documents_of_texts(["教育。"]), settings).answer(QUESTION)
    passages = [p for document in documents_of_texts(texts) for p in passages_of(document)]
    started = time.perf_counter()
    embedder.embed_documents(embedding_texts(passages))
    embedded = time.perf_counter()
    assistant_over(documents_of_texts(texts), settings).answer(QUESTION)
    answered = time.perf_counter()
    embedding, whole = embedded - started, answered - embedded
    return {"embedding": embedding, "answer": whole, "ratio": whole / embedding}


@click.command()
def main() -> None:
    """Measure over the plan and over its first tenth, and write the result."""
    text = plans()[0].text
    settings = load_settings()
    found = {
        f"{len(part)} characters": measure([part], settings)
        for part in (text[: len(text) // 10], text)
    }
    RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    click.echo(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
