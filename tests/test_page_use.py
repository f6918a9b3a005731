"""The page for everybody: keyboard, screen readers, large type, dark, hostile text, a slow answer."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from assistant.app.bubble import bubble, markdown_escaped
from assistant.pipeline import Assistant
from assistant.service import make_app
from assistant.site import Site
from assistant.types import Answer, Refusal, Turn
from tests.browsing import PATIENCE, SIZES, ask, open_tab, serving, visiting
from tests.test_page_reading import EVIL, assert_harmless

TABS = {
    "指标查询": "table.figures",
    "规划原文": "#plan-text section",
    "核对": ".finding",
    "评测": ".report",
}


# Of ten chapters built alike in the text of the plan two are enough.
ALL_BUT_REPEATED = {
    "exclude": [["#section-3 > section:nth-of-type(n+3)"], ["#section-4"], ["#section-1"]]
}


class Scripted(Assistant):
    """Says what its question tells it to: what a language model might write, or slowly."""

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Answer]:
        answer = Answer(question=question, standalone_question=question, text="一\n二")
        if question == "慢":
            for step in range(200):
                yield replace(answer, text=f"第{step}步")
                time.sleep(0.05)
        if question == "错":
            raise ValueError("a bug")
        if question == "哪一项":
            choices = ("甲是多少?", "乙是多少?")
            refusal = Refusal(reason="needs_detail", message="请说明。", choices=choices)
            yield replace(answer, text="请说明。", refusal=refusal)
            return
        notice = f"用了语言模型{EVIL}"
        text = f"{EVIL}\n{EVIL}[1]"
        yield replace(answer, text=text, generator="some:model", notice=notice)


@pytest.fixture(scope="module")
def scripted(site: Site) -> Iterator[str]:
    assistant = Scripted(site.assistant.retriever, site.assistant.documents.values())
    with serving(make_app(replace(site, assistant=assistant))) as address:
        yield address


@pytest.fixture
def page(browser: Browser, scripted: str) -> Iterator[Page]:
    with visiting(browser, scripted) as page:
        yield page


def test_markup_in_a_question_and_in_an_answer_is_only_text(page: Page) -> None:
    ask(page, EVIL)
    expect(page.locator("#conversation .user").last).to_contain_text(EVIL, timeout=PATIENCE)
    answer = page.locator("#conversation .bot").last
    expect(answer).to_contain_text(EVIL)
    expect(answer).to_contain_text(f"用了语言模型{EVIL}")
    expect(page.locator(".evidence-question")).to_have_text(EVIL)
    assert_harmless(page)


def test_what_is_asked_back_can_be_chosen(page: Page) -> None:
    ask(page, "哪一项")
    page.get_by_role("button", name="乙是多少?").click()
    expect(page.locator("#conversation .user").last).to_contain_text("乙是多少?")
    expect(page.get_by_role("button", name="甲是多少?")).to_have_count(0)


def test_an_answer_can_be_stopped(page: Page) -> None:
    ask(page, "慢")
    expect(page.locator("#conversation .bot").last).to_contain_text("步", timeout=PATIENCE)
    page.locator("#stop").click()
    expect(page.locator("#conversation .bot").last).to_contain_text("已停止", timeout=PATIENCE)
    expect(page.locator("#ask")).to_be_visible()
    ask(page, "快")
    expect(page.locator("#conversation .bot").last).to_contain_text(
        "用了语言模型", timeout=PATIENCE
    )
    expect(page.locator("#conversation .user.message")).to_have_count(2)


def test_a_bug_does_not_leave_the_page_waiting(page: Page) -> None:
    ask(page, "错")
    expect(page.locator("#conversation .bot").last).to_contain_text("没有答成", timeout=PATIENCE)
    expect(page.locator("#ask")).to_be_visible()


def _tab_to(page: Page, selector: str, presses: int = 40) -> None:
    for _ in range(presses):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def test_by_keyboard_alone(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.locator("#ask").wait_for()
        _tab_to(page, "a.skip", 3)
        page.keyboard.press("Enter")
        expect(page.locator("#question textarea")).to_be_focused(timeout=PATIENCE)
        page.keyboard.type("普通话普及率要达到多少?")
        page.keyboard.press("Enter")
        expect(page.locator("#evidence-1-1")).to_be_visible(timeout=PATIENCE)
        page.locator(".skip").focus()
        _tab_to(page, '#conversation a[href="#evidence-1-1"]')
        page.keyboard.press("Enter")
        expect(page.locator("#evidence-1-1 summary")).to_be_focused()
        _tab_to(page, "#evidence-1-1 .place-actions a", 3)
        page.keyboard.press("Enter")
        expect(page.locator("#plan-text .place.pointed")).to_be_in_viewport(timeout=PATIENCE)
        page.locator(".skip").focus()
        _tab_to(page, '[role="tab"][data-tab-id="checks"]')
        page.keyboard.press("Enter")
        expect(page.locator(".finding").first).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize("size", SIZES)
def test_large_type_and_dark_are_kept(browser: Browser, address: str, size: str) -> None:
    with visiting(browser, address, size) as page:
        page.locator("#larger").click()
        page.locator("#darker").click()
        page.reload()
        expect(page.locator("#larger")).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
        assert page.evaluate("document.body.classList.contains('dark')")
        for name, content in TABS.items():
            open_tab(page, name)
            page.locator(content).first.wait_for()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def _violations(page: Page, options: dict[str, object]) -> list[str]:
    found = Axe().run(page, context=ALL_BUT_REPEATED, options=options).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]


def _inspect(page: Page, options: dict[str, object], tabs: Sequence[str]) -> None:
    """The empty conversation, one with an answer and the open form of 👎, and these tabs."""
    page.locator("#ask").wait_for()
    assert _violations(page, options) == []
    ask(page, "高中阶段毛入学率2025年目标是多少?")
    page.locator("#evidence-1-1").wait_for()
    page.locator("#down-answer").click()
    page.locator("#reason").wait_for()
    page.wait_for_timeout(400)  # colours change gradually
    assert _violations(page, options) == []
    for name in tabs:
        open_tab(page, name)
        page.locator(TABS[name]).first.wait_for()
        assert _violations(page, options) == [], name


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_serious(browser: Browser, address: str, size: str, look: str) -> None:
    with visiting(browser, address, size) as page:
        if look == "dark":
            page.locator("#darker").click()
            page.wait_for_timeout(400)
        _inspect(page, {"resultTypes": ["violations"]}, list(TABS))


def test_escaping() -> None:
    assert markdown_escaped("1.甲*[x](y)<b>") == r"1\.甲\*\[x\]\(y\)\<b\>"


def test_marks_become_links_and_quotes_stay_in_the_panel(hashing_assistant: Assistant) -> None:
    answer = hashing_assistant.answer("普通话普及率要达到多少")
    text = bubble(answer, 3)
    assert text.startswith("**85%以上")
    assert "[1](#evidence-3-1)" in text
    assert "规划原文" in answer.text
    assert "规划原文" not in text


def test_the_page_stays_in_small_modules() -> None:
    folder = Path(__file__).parent.parent / "assistant" / "app"
    files = [path for path in folder.rglob("*") if path.suffix in {".py", ".js", ".css"}]
    assert len(files) > 10
    for path in files:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 250, path
