"""How fast the page paints and begins to answer, in headless Chromium: `python -m evals.bench.page`.

Paint: the first paint with content, and the box to ask in, of a page opened anew with its assets in the
browser's cache. First words: from the click on 提问 to the first words of the answer on the screen, one
user, one question after another.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from evals.questions import load_questions
from evals.run import RESULTS, current_commit, save_report

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

OPENINGS = 20
QUESTIONS = 60
START_SECONDS = 120
_BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
# Resolves with the milliseconds from the click to the first frame that shows words of the answer.
_FIRST_WORDS = """() => new Promise((resolve) => {
    const started = performance.now();
    const answered = () => {
        const replies = document.querySelectorAll('#conversation .bot .message-content');
        const said = replies.length ? replies[replies.length - 1].textContent.trim() : '';
        return said && !said.startsWith('正在查找');
    };
    const observer = new MutationObserver(() => {
        if (!answered()) return;
        observer.disconnect();
        requestAnimationFrame(() => resolve(performance.now() - started));
    });
    observer.observe(document.body, {childList: true, subtree: true, characterData: true});
    document.querySelector('#ask').click();
})"""


@contextmanager
def served() -> Iterator[str]:
    """The address of a page that `wengui serve` serves while the context lasts."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as stream:
            command = [str(Path(sys.executable).parent / "wengui"), "serve", "--port", "0"]
            server = subprocess.Popen(command, stderr=stream)  # noqa: S603 - our own command
        try:
            yield _address(server, log)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)


def _address(server: "subprocess.Popen[bytes]", log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text(encoding="utf-8")):
            return found[0]
        time.sleep(0.2)
    raise click.ClickException(f"网页没有打开:{log.read_text(encoding='utf-8')}")


def _opening(context: "BrowserContext", address: str) -> tuple[float, float]:
    """Milliseconds to the first paint and to the box to ask in, of a new tab."""
    page = context.new_page()
    started = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector("#question textarea")
    usable = (time.perf_counter() - started) * 1000
    paint: float = page.evaluate(_PAINT)
    page.close()
    return paint, usable


def _first_words(page: "Page", questions: Sequence[str]) -> list[float]:
    """Milliseconds to the first words, each question in a conversation of its own."""
    times = []
    for question in questions:
        page.fill("#question textarea", question)
        times.append(float(page.evaluate(_FIRST_WORDS)))
        page.locator("#new-answer").click()
        page.wait_for_selector("#welcome")
    return times


def _summary(times: Sequence[float]) -> dict[str, float]:
    return {
        "n": len(times),
        "p50": float(np.percentile(times, 50)),
        "p95": float(np.percentile(times, 95)),
        "max": max(times),
    }


def measure(address: str) -> dict[str, Any]:
    """The figures of a served page, in milliseconds; the first opening and question do not count."""
    from playwright.sync_api import sync_playwright

    questions = [question.question for question in load_questions("dev")]
    step = len(questions) // QUESTIONS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_BROWSER)
        context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="zh-CN")
        openings = [_opening(context, address) for _ in range(OPENINGS + 1)][1:]
        page = context.new_page()
        page.goto(address)
        times = _first_words(page, questions[: (QUESTIONS + 1) * step : step])[1:]
        browser.close()
    return {
        "first_paint_ms": _summary([paint for paint, _ in openings]),
        "box_to_ask_in_ms": _summary([usable for _, usable in openings]),
        "first_words_ms": _summary(times),
    }


@click.command(help="网页的速度:首次绘制、可以提问、回答的第一个字。")
@click.option(
    "--out", type=click.Path(path_type=Path), default=RESULTS / "page.json", help="结果文件"
)
def main(out: Path) -> None:
    """Measure and save the figures."""
    with served() as address:
        figures = measure(address)
    report = {
        "benchmark": "page",
        "date": datetime.now(UTC).date().isoformat(),
        "commit": current_commit(),
        "cores": os.cpu_count(),
        **figures,
    }
    save_report(report, out)
    for name, figure in figures.items():
        click.echo(
            f"{name:<18} p50 {figure['p50']:7.0f}  p95 {figure['p95']:7.0f}  n={figure['n']}"
        )


if __name__ == "__main__":
    main()
