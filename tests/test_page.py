"""The real page in headless Chromium: ask, see the answer come, open a citation, see the quote marked."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from assistant.app.chat import bubble, markdown_escaped
from assistant.pipeline import Assistant
from assistant.settings import Settings

WENGUI = Path(sys.executable).parent / "wengui"
CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
START_SECONDS = 60


@pytest.fixture(scope="module")
def address(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a served page; the process is ended by its id."""
    log = tmp_path_factory.mktemp("serve") / "log"
    with log.open("wb") as stream:
        server = subprocess.Popen([str(WENGUI), "serve", "--port", "0"], stderr=stream)
    try:
        yield _address(server, log)
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) is not None
    with pytest.raises(ProcessLookupError):
        os.kill(server.pid, 0)


def _address(server: "subprocess.Popen[bytes]", log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text(encoding="utf-8"))
        if found and httpx.get(f"{found[0]}/healthz").status_code == 200:
            return found[0]
        time.sleep(0.2)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    """A fresh browser page on the served page; it asks no other host for anything."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="zh-CN")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        yield page
        browser.close()
    own = (address, "data:", "blob:", address.replace("http", "ws"))
    assert [url for url in asked if not url.startswith(own)] == []


def ask(page: Page, question: str) -> None:
    page.locator("#question textarea, #question input").fill(question)
    page.locator("#ask").click()


def test_ask_and_open_a_citation(page: Page) -> None:
    ask(page, "到2025年要建成多少所重庆市智慧校园示范校?")
    answer = page.locator("#conversation .bot").last
    expect(answer).to_contain_text("15所", timeout=15_000)
    first = page.locator("#evidence-1")
    expect(first).to_contain_text("专栏7 智慧教育重点项目 › 1.智慧校园建设工程")
    expect(first.locator("mark")).to_have_text(
        "到2025年,建成重庆市智慧校园示范校15所、区级智慧校园示范校20所。"
    )
    second = page.locator("#evidence-2")
    expect(second.locator("mark")).to_be_hidden()
    answer.get_by_role("link", name="2").last.click()
    expect(second.locator("mark")).to_be_visible()
    expect(second.locator("mark")).to_be_in_viewport()


def test_a_table_row_is_highlighted_in_its_table(page: Page) -> None:
    ask(page, "高中阶段毛入学率2025年目标是多少?")
    row = page.locator("#evidence-1 tr.cited")
    expect(row).to_contain_text("98.5", timeout=15_000)
    expect(page.locator("#evidence-1 th").nth(3)).to_have_text("2025")


def test_a_follow_up_shows_how_it_was_understood(page: Page) -> None:
    ask(page, "高中阶段毛入学率2025年目标是多少?")
    expect(page.locator("#conversation .bot").last).to_contain_text("98.5%", timeout=15_000)
    ask(page, "那2020年呢?")
    expect(page.locator("#conversation .bot").last).to_contain_text(
        "按“高中阶段毛入学率", timeout=15_000
    )
    expect(page.locator("#conversation .bot").last).to_contain_text("97.1%")


def test_an_example_is_asked_with_one_click(page: Page) -> None:
    page.get_by_role("button", name=re.compile("重点任务有哪些")).click()
    expect(page.locator("#conversation .bot").last).to_contain_text("共10项", timeout=15_000)


def test_a_refusal_shows_the_nearest_sections(page: Page) -> None:
    ask(page, "万州二中的招生办电话是多少?")
    expect(page.locator("#conversation .bot").last).to_contain_text("规划里没有写", timeout=15_000)
    expect(page.locator("#evidence")).to_contain_text("相近的内容")


def test_markup_in_a_question_is_only_text(page: Page) -> None:
    question = '<img src=x onerror="document.title=1"> **粗** [a](javascript:alert(1))'
    ask(page, question)
    expect(page.locator("#conversation .user").last).to_contain_text(question, timeout=15_000)
    expect(page.locator("#conversation .bot").last).to_contain_text("规划")
    assert page.locator("#conversation .message img").count() == 0
    assert page.title() == "问规 Wengui"


def test_an_empty_question_says_so(page: Page) -> None:
    ask(page, "   ")
    expect(page.locator("#conversation .bot").last).to_contain_text("问题是空的", timeout=15_000)


def test_escaping() -> None:
    assert markdown_escaped("1.甲*[x](y)<b>") == r"1\.甲\*\[x\]\(y\)\<b\>"


def test_marks_become_links(hashing_assistant: Assistant) -> None:
    text = bubble(hashing_assistant.answer("普通话普及率要达到多少"))
    assert text.startswith("**85%以上")
    assert "[1](#evidence-1)" in text
