"""How fast text is cleaned and outlined, and whether the time grows with the text: `python -m evals.bench.corpus`."""

import time
from collections.abc import Callable
from statistics import median

import click

from corpus.clean import find_repairs
from corpus.library import plans
from corpus.outline import outline
from corpus.source import Source

SIZES = (12_500, 25_000, 50_000, 100_000, 400_000)
REPEATS = 7


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure(text: str) -> float:
    """Median seconds for clean and outline of a text, after one run that does not count."""
    source = Source(text=text)

    def work() -> object:
        return outline(source, find_repairs(text))

    work()
    return median(_seconds(work) for _ in range(REPEATS))


def main() -> None:
    """Print characters a second for texts of growing length, made of the plan's body."""
    body = plans()[0].text[746:]
    click.echo("字数      秒(中位数)  字/秒")
    for size in SIZES:
        seconds = measure((body * (size // len(body) + 1))[:size])
        click.echo(f"{size:>8}  {seconds:>10.4f}  {size / seconds:>12,.0f}")


if __name__ == "__main__":
    main()
