"""What an index costs, built and asked at growing sizes: `python -m evals.bench.index`.

Two measurements: a build with the real embedder against the embedding within it; and indexes of
growing size with the hashing embedder (512 numbers a vector, more than the 384 of the real one),
each in a process of its own: seconds to build and to open, milliseconds for a query without its
embedding, memory and disk. The documents are copies of the samples, or of the plan, with other
figures and lines left out, so that no two are alike.
"""

import json
import os
import random
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click
import numpy as np

from corpus.library import find_files, make_document, plans
from corpus.readers import read_source
from corpus.source import Source
from corpus.types import Document, Metadata
from evals.bench.plot import plot
from evals.questions import load_questions
from index.build import BuildResult, build_index
from index.embedders import load_embedder
from index.embeddings import load_embeddings
from index.parts import load_passages
from index.passages import passages_of
from index.retriever import NEAREST, HybridRetriever, open_retriever
from index.settings import IndexSettings
from index.vectors import VectorIndex

SIZES = (1_000, 10_000, 50_000)
QUERIES = 200
SEED = 20261123
# What share of a sample's lines a copy keeps.
KEPT = 0.7
# Passages of the build that is compared with its embedding: half a minute on two idle cores.
EMBEDDED_PASSAGES = 500
RESULTS = Path(__file__).parent.parent / "results" / "bench-index.json"
PLOT = Path(__file__).parents[2] / "docs" / "images" / "bench-index.svg"


def sample_texts(folder: Path | None) -> list[str]:
    """The texts of the sample documents; of the plan where there is no such folder."""
    if folder is None:
        return [plan.text for plan in plans()]
    return [read_source(path).text for path in find_files([folder])]


def _varied(text: str, chance: random.Random) -> str:
    """The text with other figures, and without some of its lines."""
    lines = [line for line in text.splitlines() if chance.random() < KEPT]
    return re.sub(r"\d", lambda match: str(chance.randrange(10)), "\n".join(lines))


def make_documents(texts: Sequence[str], passages: int) -> list[Document]:
    """Varied copies of the texts with this many passages or a few more."""
    chance = random.Random(SEED)  # noqa: S311 - a bench's texts
    documents: list[Document] = []
    count = 0
    while count < passages:
        number = len(documents)
        source = Source(text=_varied(texts[number % len(texts)], chance))
        document = make_document(f"copy{number}", source, Metadata(title=f"文件{number}"))
        documents.append(document)
        count += sum(1 for _ in passages_of(document))
    return documents


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def memory_mib() -> float:
    """The resident memory of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def _settings(folder: str, embedder: str) -> IndexSettings:
    # The cache is the user's own: a prepared model and jieba's dictionary are no part of a build.
    from assistant.settings import load_settings

    return IndexSettings(
        index_folder=Path(folder), cache_folder=load_settings().cache_folder, embedder=embedder
    )


class _Embedding:
    """Hears how long the embedding takes within a build."""

    def __init__(self) -> None:
        self._began = 0.0
        self.seconds = 0.0

    def step(self, message: str) -> None:
        """The next step begins: until vectors were counted, so may the embedding."""
        if not self.seconds:
            self._began = time.perf_counter()

    def count(self, done: int, total: int) -> None:
        """So many vectors are there."""
        self.seconds = time.perf_counter() - self._began


def measure_build(texts: Sequence[str]) -> dict[str, float]:
    """A whole build against the embedding within it, so that both had the same machine."""
    documents = make_documents(texts, EMBEDDED_PASSAGES)
    heard = _Embedding()
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(folder, "offline")
        build_index(settings, documents[:1])  # modules and jieba's dictionary are loaded then
        began = time.perf_counter()
        result = build_index(settings, documents, force=True, progress=heard)
        seconds = time.perf_counter() - began
    return {
        "passages": result.manifest.passages,
        "sentences_embedded": result.embedded,
        "embedding_seconds": round(heard.seconds, 2),
        "build_seconds": round(seconds, 2),
        "ratio": round(seconds / heard.seconds, 3),
    }


def _query_ms(
    retriever: HybridRetriever, queries: Sequence[str], clock: Callable[[], float]
) -> list[float]:
    """Milliseconds of every query by a clock, less those of its embedding."""
    embedder = load_embedder("hashing", Path())
    for query in queries[:10]:
        retriever.retrieve(query, k=10)
    spent = []
    for query in queries:
        read = retriever.reader.read(query).standard
        began = clock()
        embedder.embed_query(read)
        embedded = clock()
        retriever.retrieve(query, k=10)
        spent.append(1000 * (clock() - embedded - (embedded - began)))
    return spent


def nearest_recall(folder: Path, queries: Sequence[str]) -> float:
    """Of the nearest vectors that an exact search finds, the share that Chroma finds too."""
    embedder, exact = load_embedder("hashing", Path()), load_embeddings(folder)
    vectors = VectorIndex.open(folder / "vectors")
    shares = []
    for query in queries:
        vector = embedder.embed_query(query)
        scores = exact @ vector
        found = np.array([scores[place] for place, _ in vectors.nearest(vector, k=NEAREST)])
        # Vectors as near as the last one of the exact search count: which of them comes is chance.
        border = np.partition(scores, -NEAREST)[-NEAREST] - 1e-5
        shares.append(float((found >= border).sum() / NEAREST))
    vectors.close()
    return float(np.mean(shares))


def _disk_mib(folder: Path) -> dict[str, float]:
    sizes: dict[str, float] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            part = path.relative_to(folder).parts[0]
            sizes[part] = sizes.get(part, 0) + path.stat().st_size / 2**20
    return {part: round(size, 1) for part, size in sorted(sizes.items())}


def measure_size(texts: Sequence[str], passages: int) -> dict[str, Any]:
    """The figures of one size. Meant for a process of its own, since it looks at its memory."""
    documents = make_documents(texts, passages)
    queries = [question.question for question in load_questions("dev")]
    queries = random.Random(SEED).sample(queries, QUERIES)  # noqa: S311 - a bench's queries
    opened: list[HybridRetriever] = []
    results: list[BuildResult] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(folder, "hashing")
        build = _seconds(lambda: build_index(settings, documents[:-1]))
        added = _seconds(lambda: results.append(build_index(settings, documents)))
        result = results[0]
        before = memory_mib()
        opening = _seconds(lambda: opened.append(open_retriever(settings, documents)))
        # The second clock counts what this process computed, whatever else the machine was doing.
        wall, cpu = (
            np.percentile(_query_ms(opened[0], queries, clock), [50, 95]).round(2).tolist()
            for clock in (time.perf_counter, time.process_time)
        )
        return {
            "passages": len(load_passages(result.folder)),
            "sentences": result.manifest.parts,
            "documents": len(documents),
            "build_seconds": round(build, 2),
            "one_document_more_seconds": round(added, 2),
            "open_seconds": round(opening, 2),
            "query_ms_p50": wall[0],
            "query_ms_p95": wall[1],
            "query_cpu_ms_p50": cpu[0],
            "query_cpu_ms_p95": cpu[1],
            "nearest_recall": round(nearest_recall(result.folder, queries), 4),
            "memory_mib": round(memory_mib() - before),
            "disk_mib": _disk_mib(result.folder),
        }


def table(sizes: Sequence[dict[str, Any]]) -> str:
    """The figures as a Markdown table."""
    rows = [
        "| 段落 | 句子(向量) | 建立(秒,不含嵌入) | 打开(秒) | 检索 p50 / p95(毫秒,不含嵌入) | "
        "近邻召回 | 内存(MiB) | 磁盘(MiB) |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    rows += [
        f"| {row['passages']:,} | {row['sentences']:,} | {row['build_seconds']} | {row['open_seconds']} | "
        f"{row['query_ms_p50']} / {row['query_ms_p95']} | {row['nearest_recall']:.3f} | "
        f"{row['memory_mib']:,} | {sum(row['disk_mib'].values()):,.0f} |"
        for row in sizes
    ]
    return "\n".join(rows)


@click.command()
@click.option("--samples", type=click.Path(path_type=Path, exists=True), help="样本文件夹")
@click.option("--size", "sizes", type=int, multiple=True, default=SIZES, show_default=True)
@click.option("--embedding/--no-embedding", default=True, help="是否量真实嵌入模型的建立时间")
@click.option("--out", type=click.Path(path_type=Path), default=RESULTS)
def main(samples: Path | None, sizes: Sequence[int], embedding: bool, out: Path) -> None:
    """Measure, print a table, write the figures and the plot."""
    texts = sample_texts(samples)
    figures: dict[str, Any] = {"texts": len(texts), "load_average": os.getloadavg()[0]}
    if embedding:
        figures["build"] = measure_build(texts)
        click.echo(json.dumps(figures["build"]))
    figures["sizes"] = []
    for size in sizes:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            figures["sizes"].append(pool.submit(measure_size, texts, size).result())
        click.echo(json.dumps(figures["sizes"][-1]))
    click.echo(table(figures["sizes"]))
    out.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    plot(figures["sizes"], PLOT)


if __name__ == "__main__":
    main()
