"""The real page in headless Chromium: three people's journeys, on a desk and on a phone."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import httpx
import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.reports import read_report
from assistant.settings import Settings
from assistant.site import Site
from corpus.target_records import Entry, entries_of
from corpus.types import Document
from tests.browsing import PATIENCE, SIZES, ask, copied, open_tab, visiting

WENGUI = Path(sys.executable).parent / "wengui"
START_SECONDS = 60
EVERY_SIZE = pytest.mark.parametrize("size", SIZES)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with visiting(browser, address) as page:
        yield page


@EVERY_SIZE
def test_a_citizen_asks_and_checks(
    browser: Browser, address: str, size: str, plan: Document
) -> None:
    """家长: from an example to the sentence in the plan and a citation to paste."""
    with visiting(browser, address, size) as page:
        expect(page.locator(".banner")).to_contain_text("万州区教委")
        expect(page.locator(".banner")).to_contain_text("规划期 2021—2025 年")
        expect(page.locator(".banner")).to_contain_text("不报告实际完成了多少")
        for persona in ("家长", "教师", "工作人员"):
            expect(page.get_by_role("heading", name=persona, exact=True)).to_be_visible()
        page.get_by_role("button", name="课后服务有什么安排").click()
        answer = page.locator("#conversation .bot").last
        expect(answer).to_contain_text("课后", timeout=PATIENCE)
        card = page.locator("#evidence-1-1")
        expect(page.locator(".checked")).to_contain_text("引文与原文逐字相同")
        answer.get_by_role("link", name="1", exact=True).first.click()
        quote = card.locator("mark").inner_text()
        expect(card.locator("mark")).to_be_in_viewport()
        card.get_by_role("button", name="复制引用").click()
        expect(page.locator("#said")).to_have_text("已复制")
        citation = copied(page)
        assert citation.startswith(
            f"“{quote}”——《{plan.metadata.title}》,万州区教委,2022-04-02发布,三、重点任务 ›"
        )
        card.get_by_role("link", name="在原文中查看").click()
        pointed = page.locator("#plan-text .place.pointed")
        expect(pointed).to_be_in_viewport(timeout=PATIENCE)
        expect(pointed).to_contain_text(quote[:-1])
        assert "document=" in page.url
        assert "&start=" in page.url
        page.go_back()
        page.locator('[data-tab-id="chat"]').click()
        expect(page.locator("#conversation .bot").last).to_contain_text("课后")


@EVERY_SIZE
def test_a_clerk_looks_up_and_downloads(
    browser: Browser, address: str, size: str, plan: Document
) -> None:
    """工作人员: from pinyin initials to a table in Excel and the row's place."""
    with visiting(browser, address, size) as page:
        open_tab(page, "指标查询")
        everything = f"{len(entries_of([plan]))} 条"
        expect(page.locator("#figures-head")).to_contain_text(everything, timeout=PATIENCE)
        expect(page.locator(".dumbbells li")).to_have_count(18)
        page.locator("#keyword input, #keyword textarea").press_sequentially("mrxl")
        names = page.locator("table.figures td:first-child")
        expect(names).to_have_text(["高中阶段教育毛入学率", "高中阶段毛入学率", "高等教育毛入学率"])
        expect(page.locator(".dumbbells li")).to_have_count(2)
        expect(page.locator(".dumbbells a").first).to_have_attribute(
            "aria-label", "高中阶段毛入学率:2020年97.1%,2025年目标98.5%"
        )
        expect(page.locator("table.figures")).to_contain_text("+1.4个百分点")
        expect(page.locator("table.figures")).to_contain_text("= 98.5 − 97.1")
        page.get_by_label("目标", exact=True).check()
        expect(names).to_have_count(2)
        with page.expect_download() as download:
            page.get_by_role("link", name="下载 CSV").click()
        rows = list(
            csv.DictReader(download.value.path().read_text(encoding="utf-8-sig").splitlines())
        )
        assert [(row["指标"], row["目标值"]) for row in rows] == [
            ("高中阶段毛入学率", "98.5"),
            ("高等教育毛入学率", "60"),
        ]
        assert rows[0]["增减(计算得出:目标值减基期值)"] == "1.4"
        with page.expect_download() as download:
            page.get_by_role("link", name="下载 XLSX").click()
        sheet = openpyxl.load_workbook(BytesIO(download.value.path().read_bytes())).worksheets[0]
        assert [sheet.cell(row=row, column=5).value for row in (2, 3)] == [98.5, 60]
        page.get_by_label("找指标").fill("高中阶段毛入学率")
        expect(names).to_have_text(["高中阶段毛入学率"])
        expect(page.locator(".dumbbells li")).to_have_count(1)
        names.first.get_by_role("link").click()
        pointed = page.locator("#plan-text tr.pointed")
        expect(pointed).to_be_in_viewport(timeout=PATIENCE)
        expect(pointed).to_contain_text("98.5")


@pytest.mark.parametrize(
    ("label", "value"), [("类别", ""), ("界限", ""), ("年份", "2020"), ("性质", "现状")]
)
def test_figures_are_narrowed_by_one_filter(
    page: Page, plan: Document, label: str, value: str
) -> None:
    """Each filter leaves the entries that have its value, in the table and in the downloaded file."""
    entries = entries_of([plan])
    values: dict[str, Callable[[Entry], set[str]]] = {
        "类别": lambda entry: {entry.area},
        "界限": lambda entry: {entry.target.bound},
        "年份": lambda entry: {str(entry.target.baseline_year), str(entry.target.target_year)},
        "性质": lambda entry: {entry.target.kind},
    }
    said = values[label]
    value = value or next(own for entry in entries for own in said(entry) if own)
    fitting = [entry for entry in entries if value in said(entry)]
    assert 0 < len(fitting) < len(entries)
    open_tab(page, "指标查询")
    count = page.locator("#figures-head [role=status]")
    expect(count).to_contain_text(f"{len(entries)} 条", timeout=PATIENCE)
    if label in {"年份", "性质"}:
        page.get_by_role("radio", name=value, exact=True).check()
    else:
        page.get_by_label(label, exact=True).click()
        page.get_by_role("option", name=value, exact=True).click()
    expect(count).to_have_text(re.compile(rf"^{len(fitting)} 条"), timeout=PATIENCE)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 CSV").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(list(csv.DictReader(lines))) == len(fitting)


def _open_other_report(page: Page, site: Site) -> None:
    """Choose the baseline's report: its own title, plot, curve and failures come."""
    other = read_report(site.results_folder / "bm25-dev.json")
    page.get_by_label("报告", exact=True).click()
    page.get_by_role("option", name=other.title).click()
    expect(page.locator(".report h2")).to_have_text(other.title, timeout=PATIENCE)
    expect(page.locator("table.failed tbody tr")).to_have_count(len(other.failed))
    expect(page.locator("table.failed")).to_contain_text(other.failed[0].question)
    expect(page.get_by_role("img", name=re.compile("^答对:"))).to_have_accessible_name(
        re.compile(f"{other.overall[0].mean:.3f}")
    )
    expect(page.locator("svg.curve polyline")).to_be_attached()


@EVERY_SIZE
def test_an_evaluator_sees_how_good_it_is(
    browser: Browser, address: str, size: str, site: Site
) -> None:
    """评测者: contradictions with both places, a report with its failures, the readers' feedback."""
    with visiting(browser, address, size) as page:
        ask(page, "万州二中的招生办电话是多少?")
        nearest = page.locator("#conversation .bot").last.locator('a[href*="section="]')
        expect(nearest).to_have_count(3, timeout=PATIENCE)
        expect(page.locator("#evidence h2")).to_have_text("相近的内容")
        page.locator("#down-answer").click()
        page.get_by_role("button", name="提交").click()
        expect(page.locator("#verdict-status")).to_contain_text("请选一个原因")
        page.get_by_label("看不懂").check()
        page.get_by_label("补充说明").fill(f"在{size}上看")
        page.get_by_role("button", name="提交").click()
        expect(page.locator("#verdict-status")).to_contain_text("已记录")
        open_tab(page, "核对")
        expect(page.locator(".finding")).to_have_count(len(site.findings), timeout=PATIENCE)
        first = page.locator(".finding").first
        expect(first.locator("mark")).to_have_text(
            ["(三)推进中等职业教育创新发展", "(三)推进中等职业教育高质量发展"]
        )
        first.get_by_role("link", name="在原文中查看").first.click()
        expect(page.locator("#plan-text .pointed")).to_contain_text("创新发展", timeout=PATIENCE)
        expect(page.locator("#plan-text .pointed")).to_be_in_viewport()
        open_tab(page, "评测")
        report = json.loads((site.results_folder / "wengui-dev.json").read_text(encoding="utf-8"))
        wrong = [o for o in report["outcomes"] if not o["values"]["correct"]]
        expect(page.locator("table.failed tbody tr")).to_have_count(len(wrong), timeout=PATIENCE)
        correct = page.get_by_role("img", name=re.compile("^答对:"))
        expect(correct).to_have_accessible_name(
            re.compile(f"{report['metrics']['correct']['mean']:.3f}")
        )
        _open_other_report(page, site)
        with page.expect_download() as download:
            page.get_by_role("link", name="导出读者反馈").click()
        lines = download.value.path().read_text(encoding="utf-8").splitlines()
        last = json.loads(lines[-1])
        assert (last["verdict"], last["reason"], last["comment"]) == (
            "down",
            "看不懂",
            f"在{size}上看",
        )
        assert last["question"] == "万州二中的招生办电话是多少?"
        assert last["status"] == "refused"


def test_an_input_method_filters_as_it_writes(page: Page) -> None:
    """Chinese comes without key presses; some frameworks hear only those."""
    open_tab(page, "指标查询")
    page.locator("table.figures").wait_for()
    page.get_by_label("找指标").click()
    method = page.context.new_cdp_session(page)
    method.send(
        "Input.imeSetComposition", {"text": "putonghua", "selectionStart": 9, "selectionEnd": 9}
    )
    method.send("Input.insertText", {"text": "普通话"})
    expect(page.locator("table.figures tbody tr")).to_have_count(1)
    expect(page.locator("table.figures")).to_contain_text("85%以上")


def test_a_table_row_is_highlighted_in_its_table(page: Page) -> None:
    ask(page, "高中阶段毛入学率2025年目标是多少?")
    row = page.locator("#evidence-1-1 tr.cited")
    expect(row).to_contain_text("98.5", timeout=PATIENCE)
    expect(page.locator("#evidence-1-1 thead th").nth(3)).to_have_text("2025")
    expect(page.locator(".checked")).to_contain_text("数字已核对:97.1、98.5、2020、2025 在引文里")


@EVERY_SIZE
def test_a_follow_up_and_the_evidence_of_each_answer(
    browser: Browser, address: str, size: str, site: Site
) -> None:
    with visiting(browser, address, size) as page:
        _follow_up(page, site)


def _follow_up(page: Page, site: Site) -> None:
    ask(page, "高中阶段毛入学率2025年目标是多少?")
    bot = page.locator("#conversation .bot.message")
    expect(bot.last).to_contain_text("98.5%", timeout=PATIENCE)
    ask(page, "那2020年呢?")
    expect(bot.last).to_contain_text("按“高中阶段毛入学率", timeout=PATIENCE)
    expect(bot.last).to_contain_text("97.1%")
    expect(page.locator("#evidence-2-1")).to_be_visible()
    bot.first.get_by_role("link", name="1", exact=True).click()
    expect(page.locator("#evidence-1-1")).to_be_visible()
    expect(page.locator("#evidence-2-1")).to_be_hidden()
    page.locator("#up-answer").click()
    expect(page.locator("#verdict-status")).to_contain_text("已记录")
    kept = list(site.feedback.rows())[-1]
    assert (kept["verdict"], kept["question"]) == ("up", "那2020年呢?")


def test_copy_ask_again_praise_and_start_anew(page: Page, site: Site) -> None:
    question = "普通话普及率要达到多少?"
    ask(page, question)
    expect(page.locator("#evidence-1-1")).to_be_visible(timeout=PATIENCE)
    page.locator("#copy-answer").click()
    expect(page.locator("#said")).to_have_text("已复制")
    assert copied(page) == site.assistant.answer(question).text
    page.locator("#again-answer").click()
    expect(page.locator("#again-answer")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#conversation .user.message")).to_have_count(1)
    page.locator("#up-answer").click()
    expect(page.locator("#verdict-status")).to_contain_text("已记录")
    kept = list(site.feedback.rows())[-1]
    assert (kept["verdict"], kept["question"]) == ("up", question)
    page.locator("#new-answer").click()
    expect(page.locator("#welcome")).to_be_visible()
    expect(page.locator("#evidence")).to_contain_text("提问之后")


def test_an_empty_question_says_so(page: Page) -> None:
    ask(page, "   ")
    expect(page.locator("#conversation .bot").last).to_contain_text("问题是空的", timeout=PATIENCE)


@pytest.fixture
def installed(settings: Settings, tmp_path: Path) -> Iterator[str]:
    """The address that the command serves, behind a password; the process is ended by its id."""
    log = tmp_path / "log"
    with log.open("wb") as stream:
        command = [str(WENGUI), "serve", "--port", "0", "--staff-password-env", "STAFF"]
        environment = os.environ | {
            "STAFF": "芝麻开门",
            "WENGUI_DATA_FOLDER": str(settings.data_folder),
        }
        server = subprocess.Popen(command, stderr=stream, env=environment)
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
        if found and httpx.get(f"{found[0]}/healthz", timeout=START_SECONDS).status_code == 200:
            return found[0]
        time.sleep(0.2)
    raise AssertionError(log.read_text(encoding="utf-8"))


@EVERY_SIZE
def test_the_command_serves_the_page_and_keeps_the_staff_apart(
    browser: Browser, installed: str, size: str
) -> None:
    with visiting(browser, installed, size) as page:
        ask(page, "到2025年要建成多少所重庆市智慧校园示范校?")
        expect(page.locator("#conversation .bot").last).to_contain_text("15所", timeout=PATIENCE)
        open_tab(page, "核对")
        expect(page.locator("#checks .sign-in")).to_be_visible(timeout=PATIENCE)
        assert page.request.get(f"{installed}/api/feedback").status == 401
        page.locator("#checks input[type=password]").fill("不对")
        page.locator("#checks button").click()
        expect(page.locator("#wrong-password").first).to_have_text(
            "口令不对,请再试。", timeout=PATIENCE
        )
        page.locator("#checks input[type=password]").fill("芝麻开门")
        page.locator("#checks button").click()
        expect(page.locator(".finding").first).to_be_visible(timeout=PATIENCE)
        assert page.request.get(f"{installed}/api/feedback").status == 200
        page.get_by_role("button", name="退出登录").click()
        expect(page.locator("#checks .sign-in")).to_be_visible(timeout=PATIENCE)
        assert page.request.get(f"{installed}/api/feedback").status == 401
        open_tab(page, "指标查询")
        expect(page.locator("table.figures")).to_be_visible(timeout=PATIENCE)
