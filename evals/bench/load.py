"""How the service holds under many users at once, over HTTP: `python -m evals.bench.load`.

Each user asks a question of the dev set, reads the answer for a while, and asks the next. A 503 or 429
is a promise to be asked again: the user waits as long as Retry-After says. Counted are errors (anything
else than an answer or such a promise), the share of 503, and the seconds to an answer.
"""

import asyncio
import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import httpx
import numpy as np

from evals.bench.page import served
from evals.questions import load_questions
from evals.run import RESULTS, current_commit, save_report

SEED = 20220402


@dataclass(slots=True)
class Seen:
    """What all users saw together."""

    statuses: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many users ask for how long; `pause_seconds` is what one reads between two questions, on average."""

    users: int
    seconds: float
    pause_seconds: float


async def _ask(client: httpx.AsyncClient, question: str, seen: Seen) -> float:
    """Ask once; the seconds to wait before the next question, as far as the service says."""
    started = time.perf_counter()
    try:
        reply = await client.post("/api/ask", json={"question": question})
    except httpx.HTTPError as error:
        seen.statuses[type(error).__name__] += 1
        return 1.0
    seen.statuses[str(reply.status_code)] += 1
    if reply.status_code == 200:
        seen.milliseconds.append((time.perf_counter() - started) * 1000)
    return float(reply.headers.get("retry-after", 0))


async def _user(
    client: httpx.AsyncClient, chance: random.Random, questions: list[str], load: Load, seen: Seen
) -> None:
    until = time.monotonic() + load.seconds
    await asyncio.sleep(chance.uniform(0, load.pause_seconds))
    while time.monotonic() < until:
        wait = await _ask(client, chance.choice(questions), seen)
        pause = chance.expovariate(1 / load.pause_seconds) if load.pause_seconds else 0.0
        await asyncio.sleep(max(wait, pause))


async def _users(address: str, load: Load) -> Seen:
    questions = [question.question for question in load_questions("dev")]
    seen = Seen()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        chances = [random.Random(SEED + number) for number in range(load.users)]  # noqa: S311 - no secret
        users = [_user(client, chance, questions, load, seen) for chance in chances]
        await asyncio.gather(*users)
    return seen


def summary(seen: Seen, load: Load) -> dict[str, Any]:
    """The figures: requests, errors, the share of 503, milliseconds to an answer."""
    total = seen.statuses.total()
    promised = seen.statuses["503"] + seen.statuses["429"]
    times = seen.milliseconds or [float("nan")]
    return {
        "users": load.users,
        "seconds": load.seconds,
        "pause_seconds": load.pause_seconds,
        "requests": total,
        "errors": total - seen.statuses["200"] - promised,
        "share_503": seen.statuses["503"] / total if total else 0.0,
        "answers_per_second": len(seen.milliseconds) / load.seconds,
        "p50_ms": float(np.percentile(times, 50)),
        "p95_ms": float(np.percentile(times, 95)),
        "max_ms": max(times),
        "statuses": dict(seen.statuses),
    }


@click.command(help="许多人同时提问:错误、503 的份额、用时。")
@click.option("--users", default=50, show_default=True, help="几个人")
@click.option("--seconds", default=600.0, show_default=True, help="几秒")
@click.option("--pause", default=5.0, show_default=True, help="一个人两问之间平均几秒")
@click.option("--address", help="已在运行的服务的地址(默认自己起一个)")
@click.option(
    "--out", type=click.Path(path_type=Path), default=RESULTS / "load.json", help="结果文件"
)
def main(users: int, seconds: float, pause: float, address: str | None, out: Path) -> None:
    """Let the users ask, and save what they saw."""
    load = Load(users=users, seconds=seconds, pause_seconds=pause)
    if address:
        seen = asyncio.run(_users(address, load))
    else:
        with served() as own:
            seen = asyncio.run(_users(own, load))
    figures = summary(seen, load)
    report = {
        "benchmark": "load",
        "date": datetime.now(UTC).date().isoformat(),
        "commit": current_commit(),
        "cores": os.cpu_count(),
        **figures,
    }
    save_report(report, out)
    for name, figure in figures.items():
        click.echo(f"{name:<18} {figure}")


if __name__ == "__main__":
    main()
