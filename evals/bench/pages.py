"""How the page holds with several readers at once, in headless Chromium: `python -m evals.bench.pages`.

Each reader has a window of its own, asks a question of the dev set, reads a while and asks the next.
Counted are first words that did not come, messages that something went wrong, and the time to first words.
"""

import asyncio
import os
import random
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evals.bench.page import _BROWSER, _FIRST_WORDS, _summary, served
from evals.questions import load_questions
from evals.run import RESULTS, current_commit, save_report

if TYPE_CHECKING:
    from playwright.async_api import Browser

SEED = 20220402
_FAILED = (
    "() => /出错|请稍后再问|Error/.test(document.querySelector('#conversation')?.textContent || '')"
)


async def _reader(
    browser: "Browser", address: str, *, number: int, until: float, pause_seconds: float
) -> tuple[list[float], int]:
    """Milliseconds to first words of one reader's questions, and how many of them failed."""
    chance = random.Random(SEED + number)  # noqa: S311 - a load, not a secret
    questions = [question.question for question in load_questions("dev")]
    context = await browser.new_context(viewport={"width": 1280, "height": 860}, locale="zh-CN")
    page = await context.new_page()
    await page.goto(address)
    await page.wait_for_selector("#question textarea")
    times: list[float] = []
    failed = 0
    while time.monotonic() < until:
        await page.fill("#question textarea", chance.choice(questions))
        times.append(float(await page.evaluate(_FIRST_WORDS)))
        await page.locator("#new-answer").wait_for()
        failed += bool(await page.evaluate(_FAILED))
        await asyncio.sleep(chance.uniform(0, 2 * pause_seconds))
        await page.locator("#new-answer").click()
        await page.wait_for_selector("#welcome")
    await context.close()
    return times, failed


async def _run(
    address: str, readers: int, seconds: float, pause: float
) -> list[tuple[list[float], int]]:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=_BROWSER
        )
        until = time.monotonic() + seconds
        found = await asyncio.gather(
            *(
                _reader(browser, address, number=number, until=until, pause_seconds=pause)
                for number in range(readers)
            )
        )
        await browser.close()
    return list(found)


@click.command(help="几个人同时用网页:回答的第一个字多快,有没有出错。")
@click.option("--readers", default=10, show_default=True, help="几个人")
@click.option("--seconds", default=120.0, show_default=True, help="几秒")
@click.option("--pause", default=5.0, show_default=True, help="一个人两问之间平均几秒")
@click.option("--out", type=click.Path(path_type=Path), default=RESULTS / "pages.json")
def main(readers: int, seconds: float, pause: float, out: Path) -> None:
    """Measure and save the figures."""
    with served() as address:
        found = asyncio.run(_run(address, readers, seconds, pause))
    times = [value for own, _ in found for value in own]
    report = {
        "benchmark": "pages",
        "date": datetime.now(UTC).date().isoformat(),
        "commit": current_commit(),
        "cores": os.cpu_count(),
        "readers": readers,
        "seconds": seconds,
        "pause_seconds": pause,
        "failed": sum(failed for _, failed in found),
        "first_words_ms": _summary(times),
    }
    save_report(report, out)
    click.echo(f"{len(times)} 问,出错 {report['failed']};{report['first_words_ms']}")


if __name__ == "__main__":
    main()
