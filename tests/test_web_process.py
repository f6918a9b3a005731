"""`wengui serve` as a process: what it finishes when told to stop, what it logs, whom it connects to."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from assistant.settings import Settings
from corpus.library import plans
from index.build import build_index
from tests.browsing import ask, open_tab, visiting
from tests.llm_server import LlmServer, says

WENGUI = Path(sys.executable).parent / "wengui"
SECRETS = {"API_TOKEN": "tok-7f3a9c", "STAFF": "芝麻开门-51", "WENGUI_LLM_API_KEY": "sk-llm-0d2e"}
POLICY = "规划怎样推进义务教育优质均衡发展?"
BEARER = {"authorization": f"Bearer {SECRETS['API_TOKEN']}"}


@dataclass(frozen=True, kw_only=True)
class Served:
    """A served process: its address, what it writes to standard error, the hosts it was seen to reach for."""

    process: "subprocess.Popen[bytes]"
    address: str
    log: Path
    hosts: Path

    def ask(self, question: str) -> httpx.Response:
        return httpx.post(
            f"{self.address}/api/ask", json={"question": question}, headers=BEARER, timeout=60
        )

    def lines(self) -> list[dict[str, Any]]:
        """The log's lines after those about the start."""
        text = self.log.read_text(encoding="utf-8").split("(按 Ctrl+C 结束)\n", 1)[1]
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def model() -> Iterator[LlmServer]:
    with LlmServer(script=says("义务教育要优质均衡。[1]", wait_seconds=2.0)) as server:
        yield server


@pytest.fixture
def served(hashing_settings: Settings, model: LlmServer, tmp_path: Path) -> Iterator[Served]:
    """A process with every secret there is, watched."""
    build_index(hashing_settings.index, plans())
    log, hosts = tmp_path / "log", tmp_path / "hosts"
    environment = os.environ | SECRETS | {
        "WENGUI_DATA_FOLDER": str(hashing_settings.data_folder),
        "WENGUI_CACHE_FOLDER": str(hashing_settings.cache_folder),
        "WENGUI_EMBEDDER": "hashing",
        "WENGUI_LLM": "openai:test",
        "WENGUI_LLM_BASE_URL": model.url,
        "WATCHED_LOG": str(hosts),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "watched"), *sys.path[1:]]),
    }  # fmt: skip
    options = ["--port", "0", "--token-env", "API_TOKEN", "--staff-password-env", "STAFF"]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(WENGUI), "serve", *options], stderr=stream, env=environment, cwd=tmp_path
        )
    try:
        yield Served(process=process, address=_address(process, log), log=log, hosts=hosts)
    finally:
        process.kill()
        process.wait()


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text(encoding="utf-8")):
            while True:
                try:
                    httpx.get(f"{found[0]}/healthz")
                except httpx.ConnectError:
                    time.sleep(0.1)
                else:
                    return found[0]
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))


def _until(condition: Any) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_told_to_stop_it_finishes_what_it_began(served: Served, model: LlmServer) -> None:
    with httpx.Client(base_url=served.address) as client, ThreadPoolExecutor(3) as pool:
        began = [pool.submit(served.ask, POLICY) for _ in range(3)]  # two run, one waits
        _until(lambda: len(model.requests) == 2)
        _until(lambda: "waiting 1.0" in client.get("/metrics", headers=BEARER).text)
        served.process.send_signal(signal.SIGTERM)
        _until(lambda: client.get("/readyz").status_code == 503)
        late = client.post("/api/ask", json={"question": POLICY}, headers=BEARER)
        assert (late.status_code, late.headers["retry-after"]) == (503, "10")
        answers = [each.result() for each in began]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert {answer.json()["status"] for answer in answers} == {"answered"}
    assert served.process.wait(timeout=10) in {0, -signal.SIGTERM}


def test_it_stops_soon_though_a_page_is_open(served: Served, browser: Browser) -> None:
    with visiting(browser, served.address, still_served=False):
        started = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(timeout=20)
        assert time.monotonic() - started < 8


def test_no_secret_no_question_and_no_other_host(served: Served, browser: Browser) -> None:
    said: list[str] = []
    with visiting(browser, served.address) as page:
        ask(page, "普通话普及率要达到多少?")
        page.locator("#evidence").get_by_text("普通话").first.wait_for()
        for tab in ("指标查询", "规划原文", "核对", "评测"):
            open_tab(page, tab)
        said.append(page.content())
    with httpx.Client(base_url=served.address) as client:
        said.append(served.ask(POLICY).text)
        said += [
            client.get(path, headers=headers).text
            for path in ("/", "/docs", "/openapi.json", "/metrics", "/config", "/readyz", "/api/feedback", "/nothing", "/v1/models")
            for headers in ({}, BEARER)
        ]  # fmt: skip
        said.append(client.post("/staff/sign-in", data={"password": SECRETS["STAFF"] + "x"}).text)
        assert client.post("/staff/sign-in", data={"password": SECRETS["STAFF"]}).status_code == 303
        said.append(client.post("/api/ask", content=b"{", headers=BEARER).text)
        said.append(client.get("/api/search?q=%E5%AD%A6%E5%89%8D&k=x", headers=BEARER).text)
    served.process.send_signal(signal.SIGTERM)
    served.process.wait(timeout=20)
    said.append(served.log.read_text(encoding="utf-8"))
    for secret in SECRETS.values():
        assert not any(secret in text for text in said)
    lines = served.lines()
    answers = [line for line in lines if line["event"] == "answer"]
    assert [line["status"] for line in answers] == ["answered", "answered"]
    assert {"request", "answer"} <= {line["event"] for line in lines}
    assert not any(word in said[-1] for word in ("普通话", "义务教育", "学前"))
    reached = set(served.hosts.read_text(encoding="utf-8").split("\n")) - {""}
    assert {"socket.connect 127.0.0.1"} <= reached  # the watch works: the language model was asked
    assert {line.split(" ", 1)[1] for line in reached} <= {
        "127.0.0.1",
        "localhost",
        "::1",
        "unix",
        "None",
    }
