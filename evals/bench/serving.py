"""What serving costs, side by side with what it replaces: `python -m evals.bench.serving`.

Pairs are timed alternately in one run, question after question, so that both had the same machine, with a
pause before each, as questions come: the threads of torch go on spinning for milliseconds after their work
and would take a core from whatever is timed next. A ratio is the median of the pairs' ratios, with its 5th
and 95th percentile.

embedding   the question's embedding by sentence-transformers against the ONNX export (at least 3)
answer      a warm answer against embedding the question alone, with either engine (at most 3)
tutorial    a warm answer against LangChain's splitter and Chroma with sentence-transformers
cold        `wengui ask` as a process against `python -c "import sentence_transformers"` (at most 0.4)
memory      resident memory of `wengui serve` as questions come over HTTP (at most 600 MiB, no growth)
"""

import json
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import httpx
import numpy as np

from assistant.pipeline import Assistant
from assistant.settings import Settings, load_settings
from corpus.library import Library
from evals.questions import load_questions
from evals.run import RESULTS, current_commit, save_report
from index.embedders import open_embedder
from index.retriever import open_retriever
from index.types import Embedder, Part, Passage

QUESTION = "高中阶段毛入学率2025年目标是多少?"
QUESTIONS = 200
COLD_RUNS = 7
SEED = 20261124
CLIENTS = 2
START_SECONDS = 120
PAUSE_SECONDS = 0.02


Works = dict[str, Callable[[str], object]]


def _milliseconds(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own commands
    return 1000 * (time.perf_counter() - began)


def _summary(times: Sequence[float]) -> dict[str, float]:
    p5, p50, p95 = np.percentile(times, [5, 50, 95])
    return {"p5": round(float(p5), 3), "p50": round(float(p50), 3), "p95": round(float(p95), 3)}


def compare(times: dict[str, list[float]], ratio: tuple[str, str]) -> dict[str, Any]:
    """The times by name and the ratio of two of them, pair by pair."""
    above, below = (np.array(times[name]) for name in ratio)
    return {
        **{name: _summary(values) for name, values in times.items()},
        "ratio_of": f"{ratio[0]} / {ratio[1]}",
        "ratio": _summary((above / below).tolist()),
        "n": len(above),
    }


def alternate(works: Works, texts: Sequence[str]) -> dict[str, list[float]]:
    """Milliseconds of each work on each text, the works in turn; the first texts only warm up."""
    for text in texts[:10]:
        for work in works.values():
            work(text)
    times: dict[str, list[float]] = {name: [] for name in works}
    for text in texts:
        for name, work in works.items():
            time.sleep(PAUSE_SECONDS)
            began = time.perf_counter()
            work(text)
            times[name].append(1000 * (time.perf_counter() - began))
    return times


class _TutorialStore:
    """LangChain's splitter, Chroma and sentence-transformers: the nearest chunks for a question."""

    def __init__(self, assistant: Assistant, embedder: Embedder, folder: str) -> None:
        from evals.systems import chunks
        from index.vectors import VectorIndex, embedded_client, write_collection

        passages = [c for document in assistant.documents.values() for c in chunks(document)]
        parts = [_whole(passage) for passage in passages]
        client = embedded_client(Path(folder))
        vectors = embedder.embed_documents([passage.text for passage in passages])
        write_collection(client, "passages", parts, vectors)
        self._index = VectorIndex(client)
        self._embedder = embedder

    def nearest(self, question: str) -> object:
        return self._index.nearest(self._embedder.embed_query(question), k=10)

    def close(self) -> None:
        self._index.close()


def _whole(passage: Passage) -> Passage:
    """The passage as one part, which is what is searched."""
    return replace(passage, parts=(Part(span=passage.span, text=passage.text),))


def measure_warm(settings: Settings, texts: Sequence[str]) -> dict[str, Any]:
    """Embedding, answers and the tutorial's search within this process."""
    documents = Library(settings.library_folder).documents()
    engines = {
        engine: open_embedder("offline", settings.cache_folder, engine)
        for engine in ("torch", "onnx")
    }
    assistants = {
        engine: Assistant(open_retriever(settings.index, documents, embedder=embedder), documents)
        for engine, embedder in engines.items()
    }
    torch, onnx = engines["torch"], engines["onnx"]
    found = {
        "embedding": compare(
            alternate({"torch": torch.embed_query, "onnx": onnx.embed_query}, texts),
            ("torch", "onnx"),
        )
    }
    for engine, embedder in engines.items():
        works: Works = {"answer": assistants[engine].answer, "embedding": embedder.embed_query}
        found[f"answer_{engine}"] = compare(alternate(works, texts), ("answer", "embedding"))
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(_TutorialStore(assistants["torch"], torch, folder)) as store,
    ):
        works = {"answer": assistants["onnx"].answer, "tutorial": store.nearest}
        found["tutorial"] = compare(alternate(works, texts), ("answer", "tutorial"))
    return found


def measure_cold(runs: int) -> dict[str, Any]:
    """Milliseconds of whole processes, in turn; the first of each only fills the disk's cache."""
    wengui = str(Path(sys.executable).parent / "wengui")
    commands = {
        "ask": [wengui, "ask", QUESTION],
        "import": [sys.executable, "-c", "import sentence_transformers"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            spent = _milliseconds(command)
            if number:
                times[name].append(spent)
    return compare(times, ("ask", "import"))


def _resident_mib(process_id: int) -> float:
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return round(int(found[1]) / 1024, 1) if found else 0.0


def _varied(texts: Sequence[str], count: int) -> list[str]:
    """So many questions, no two alike: a place in the text is doubled, as people mistype."""
    chance = random.Random(SEED)  # noqa: S311 - a bench's questions
    made = []
    for number in range(count):
        text = texts[number % len(texts)]
        place = chance.randrange(len(text))
        made.append(
            text if number < len(texts) else text[:place] + text[place] * 2 + text[place + 1 :]
        )
    return made


def _address(server: "subprocess.Popen[bytes]", log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text(encoding="utf-8")):
            return found[0]
        time.sleep(0.2)
    raise click.ClickException(f"服务没有打开:{log.read_text(encoding='utf-8')}")


def measure_memory(texts: Sequence[str], marks: Sequence[int]) -> dict[str, Any]:
    """Resident MiB of a serving process after so many questions over HTTP, asked by two clients at once."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = [str(Path(sys.executable).parent / "wengui"), "serve", "--port", "0"]
        with log.open("wb") as stream:
            server = subprocess.Popen(command, stderr=stream, stdout=stream)  # noqa: S603 - our own
        try:
            with httpx.Client(base_url=_address(server, log), timeout=60) as client:
                return _asked(client, server.pid, _varied(texts, max(marks)), marks)
        finally:
            server.terminate()
            server.wait(timeout=60)


def _asked(
    client: httpx.Client, process_id: int, texts: Sequence[str], marks: Sequence[int]
) -> dict[str, Any]:
    def ask(text: str) -> int:
        return client.post("/api/ask", json={"question": text}).status_code

    resident = {"0": _resident_mib(process_id)}
    failed, done, began = 0, 0, time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for mark in sorted(marks):
            failed += sum(status != 200 for status in pool.map(ask, texts[done:mark]))
            done = mark
            resident[str(mark)] = _resident_mib(process_id)
    seconds = time.perf_counter() - began
    return {"resident_mib": resident, "failed": failed, "per_second": round(done / seconds, 1)}


def _marks(questions: int) -> list[int]:
    """Where memory is read: after 100, then at every tenth of the way."""
    return sorted({100, 1000, *(questions * tenth // 10 for tenth in range(1, 11))} - {0})


@click.command(help="回答的速度与内存,和它所代替的并排量。")
@click.option("--questions", default=1000, show_default=True, help="经 HTTP 问多少个问题来看内存")
@click.option("--only", type=click.Choice(["warm", "cold", "memory"]), multiple=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=RESULTS / "bench-serving.json",
    help="结果文件",
)
def main(questions: int, only: Sequence[str], out: Path) -> None:
    """Measure what is asked for and write it beside what the file holds already."""
    texts = [question.question for question in load_questions("dev")]
    sample = random.Random(SEED).sample(texts, QUESTIONS)  # noqa: S311 - a bench's questions
    measures: dict[str, Callable[[], dict[str, Any]]] = {
        "warm": lambda: measure_warm(load_settings(), sample),
        "cold": lambda: measure_cold(COLD_RUNS),
        "memory": lambda: measure_memory(texts, [m for m in _marks(questions) if m <= questions]),
    }
    report: dict[str, Any] = (
        json.loads(out.read_text(encoding="utf-8")) if out.is_file() else {"benchmark": "serving"}
    )
    for name in only or tuple(measures):
        report[name] = {
            "date": datetime.now(UTC).date().isoformat(),
            "commit": current_commit(),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "load_average": round(os.getloadavg()[0], 2),
            **measures[name](),
        }
        save_report(report, out)
        click.echo(json.dumps({name: report[name]}, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
