"""The machine's faults, on real processes: kill -9, a disk that takes no more. What stood before stands.

`WENGUI_FAULTS=50` tries as many moments as docs/operations.md tells of.
"""

import os
import random
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from assistant.pipeline import open_assistant
from assistant.settings import Settings
from corpus.library import Library, plans
from index.build import build_index

WENGUI = Path(sys.executable).with_name("wengui")
MOMENTS = int(os.environ.get("WENGUI_FAULTS", "3"))
SEED = 7
LAW = "某市第{n}号教育条例\n(2012年3月{day}日通过)\n第一条 为了发展教育,制定本条例。\n第二条 教育是公益事业。\n"
QUESTION = "普通话普及率要达到多少?"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(
        data_folder=tmp_path / "data", cache_folder=tmp_path / "cache", embedder="hashing"
    )
    build_index(made.index, plans())
    return made


def environment(settings: Settings) -> dict[str, str]:
    return os.environ | {
        "WENGUI_DATA_FOLDER": str(settings.data_folder),
        "WENGUI_CACHE_FOLDER": str(settings.cache_folder),
        "WENGUI_EMBEDDER": "hashing",
    }


def assert_answers(settings: Settings) -> None:
    answer = open_assistant(settings).answer(QUESTION)
    assert "85%" in answer.text


ADD = """
import sys
from pathlib import Path
from corpus.library import Library
library = Library(Path(sys.argv[1]))
print("begun", flush=True)
for path in sorted(Path(sys.argv[2]).iterdir()):
    library.add(path)
"""


def test_adding_is_killed_at_any_moment(settings: Settings, tmp_path: Path) -> None:
    """Every document of the library is whole or not there, and the rest is added afterwards."""
    chance = random.Random(SEED)  # noqa: S311 - a test's moments
    files = tmp_path / "files"
    files.mkdir()
    for n in range(1, 29):
        (files / f"{n:02}.txt").write_text(LAW.format(n=n, day=n), encoding="utf-8")
    counts = []
    for moment in range(MOMENTS):
        folder = tmp_path / f"library{moment}"
        child = subprocess.Popen(
            [sys.executable, "-c", ADD, str(folder), str(files)], stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"begun\n"
        time.sleep(0.3 * (moment + chance.random()) / MOMENTS)
        child.kill()
        child.wait()
        child.stdout.close()
        library = Library(folder)
        added = [d for d in library.documents() if d not in plans()]
        assert all(document.text.endswith("教育是公益事业。\n") for document in added)
        counts.append(len(added))
        for path in sorted(files.iterdir()):
            library.add(path)
        assert len(library.documents()) == len(plans()) + 28
    assert len(counts) == MOMENTS


def start(settings: Settings, log: Path) -> tuple["subprocess.Popen[bytes]", str]:
    """A served page and its address, once it is ready."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(WENGUI), "serve", "--port", "0"], stderr=stream, env=environment(settings)
        )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text(encoding="utf-8")):
            try:
                if httpx.get(f"{found[0]}/readyz").status_code == httpx.codes.OK:
                    return process, found[0]
            except httpx.TransportError:
                pass
        time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8"))


def use(address: str, answers: list[str]) -> None:
    """Ask until the server is gone; `answers` are those that came whole."""
    with httpx.Client(base_url=address, timeout=30) as client:
        while True:
            try:
                answers.append(
                    client.post("/api/ask", json={"question": QUESTION}).json()["answer"]
                )
            except httpx.TransportError:
                return


def test_serving_is_killed_at_any_moment(settings: Settings, tmp_path: Path) -> None:
    """It comes up again with the same answers, over the same whole index."""
    chance = random.Random(SEED)  # noqa: S311 - a test's moments
    answers: list[str] = []
    for moment in range(MOMENTS):
        process, address = start(settings, tmp_path / f"log{moment}")
        with ThreadPoolExecutor(2) as pool:
            for _ in range(2):
                pool.submit(use, address, answers)
            time.sleep(0.2 + chance.random())
            process.kill()
            process.wait()
        assert_answers(settings)
    assert len(answers) >= MOMENTS
    assert len(set(answers)) == 1


@pytest.fixture(params=[1, 16, 128, 300])
def blocks(request: pytest.FixtureRequest) -> int:
    """How many KiB a file may have: what a full disk looks like to one file."""
    return int(request.param)


def limited(settings: Settings, blocks: int, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = f'ulimit -f {blocks}; exec "$@"'
    return subprocess.run(
        ["bash", "-c", command, "bash", str(WENGUI), *arguments],
        env=environment(settings), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_a_disk_that_takes_no_more(settings: Settings, blocks: int) -> None:
    done = limited(settings, blocks, "index", "build", "--force")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "原有的索引" in done.stderr
    assert "没有改动" in done.stderr
    assert_answers(settings)
    build_index(settings.index, plans(), force=True)
    assert_answers(settings)


def test_a_folder_that_cannot_be_made(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    blocked = replace(settings, data_folder=tmp_path / "file" / "data")
    done = subprocess.run(
        [str(WENGUI), "index", "build"],
        env=environment(blocked), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "WENGUI_DATA_FOLDER" in done.stderr
