"""The text of the documents on the page: permalinks, outline, search, repairs, several documents."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.feedback import FeedbackStore
from assistant.pipeline import open_assistant
from assistant.service import make_app
from assistant.settings import Settings
from assistant.site import Site
from corpus.find import find, numbered_sentences
from corpus.library import Library
from corpus.types import Document
from index.build import build_index
from tests.browsing import PATIENCE, SIZES, ask, copied, open_tab, serving, visiting

EVERY_SIZE = pytest.mark.parametrize("size", SIZES)
OWN = "wanzhou-education-2021-2025"


def pointed(page: Page) -> str:
    """The text of the place that is highlighted and on the screen."""
    place = page.locator("#plan-text .pointed")
    expect(place).to_be_in_viewport(timeout=PATIENCE)
    return place.inner_text()


@EVERY_SIZE
def test_a_permalink_opens_its_sentence(
    browser: Browser, address: str, size: str, plan: Document
) -> None:
    sentences = dict(numbered_sentences(plan, "3.2.2"))
    with visiting(browser, address, size, "/?section=3.2.2&s=4") as page:
        assert pointed(page).startswith(plan.display(sentences[4]))
        expect(page.get_by_role("tab", name="规划原文")).to_have_attribute("aria-selected", "true")
        page.get_by_role("button", name="复制链接").click()
        assert copied(page) == page.url
        page.get_by_role("button", name="复制引用").click()
        expect(page.locator("#said")).to_have_text("已复制")
        assert copied(page, "“").startswith(
            f"“{plan.quote(sentences[4])}”——《{plan.metadata.title}》"
        )
    start = sentences[2].start
    with visiting(browser, address, size, f"/?document={OWN}&section=3.2.2&start={start}") as page:
        assert pointed(page).startswith(plan.display(sentences[2]))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_places_of_every_kind_open(browser: Browser, address: str, plan: Document) -> None:
    with visiting(browser, address, path="/?section=contents&s=5") as page:
        assert "(二)面临形势" not in pointed(page)  # the fifth line of the contents
        for section in ("2.3.table1", "2.3.table1.r7", "3.2.box2.1", "1.1.figure1", "card"):
            page.goto(f"{address}/?section={section}")
            name = plan.section(section).title or plan.section(section).name
            assert name.split("(")[0] in pointed(page)
        page.goto(f"{address}/?section=9.9.9")
        expect(page.locator("#said")).to_have_text("没有 9.9.9 这一节", timeout=PATIENCE)


def test_outline_search_and_repairs(browser: Browser, address: str, plan: Document) -> None:
    with visiting(browser, address) as page:
        open_tab(page, "规划原文")
        repairs = page.locator("#plan-text ins.repair")
        expect(repairs.first).to_be_attached(timeout=PATIENCE)
        inside = [r for r in plan.repairs if any(r.span in p.span for p in plan.paragraphs)]
        assert repairs.count() >= len(inside) > 0
        titles = repairs.evaluate_all("all => all.map(one => one.title)")
        assert "单位右括号丢失:采集的文字作“(%”,显示时补作“(%)”" in titles
        expect(page.locator("#plan-text table tbody tr")).to_have_count(18)
        entry = page.locator('#plan-tree [data-entry="3.2.2"]')
        expect(entry).to_be_hidden()
        page.get_by_role("button", name="“(二)推进基础教育公平优质发展”下面的各条").click()
        entry.click()
        assert "促进义务教育优质均衡发展" in pointed(page)
        expect(entry).to_have_attribute("aria-current", "location")
        page.get_by_label("在原文中查找").press_sequentially(
            "普惠性幼兒園"
        )  # traditional characters
        found = list(find(plan, "普惠性幼儿园"))
        expect(page.locator("#found li")).to_have_count(len(found), timeout=PATIENCE)
        page.locator("#found a").last.click()
        expect(page.locator("#plan-text .place.pointed")).to_contain_text("普惠性幼儿园")
        page.get_by_label("在原文中查找").fill("没有这几个字")
        expect(page.locator("#found")).to_contain_text("没有找到“没有这几个字”")


# What must stay text wherever it comes from.
EVIL = (
    '<script>document.title="坏"</script><img src=x onerror="document.title=1">'
    '[点](javascript:alert(1))<a href="javascript:alert(1)">链</a>**粗**`码`![图](x)'
)


@pytest.fixture(scope="module")
def second_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page over two documents; the second one's text is full of markup."""
    folder = tmp_path_factory.mktemp("second")
    file = folder / "某区教育发展规划.txt"
    lines = [
        "某区教育发展规划", "一、发展<img src=x>目标", f"到2025年,建成{EVIL}海洋馆15所。",
        f"到2025年,海洋教育普及率达到90%{EVIL}。", "二、保障措施", "加强海洋教育经费保障。",
    ]  # fmt: skip
    file.write_text("\n".join(lines), encoding="utf-8")
    settings = Settings(
        data_folder=folder / "data", cache_folder=folder / "cache", embedder="hashing"
    )
    library = Library(settings.library_folder)
    library.add(file)
    build_index(settings.index, library.documents())
    site = Site(
        assistant=open_assistant(settings),
        feedback=FeedbackStore(settings.feedback_file),
        results_folder=folder,
    )
    with serving(make_app(site)) as address:
        yield address


def assert_harmless(page: Page) -> None:
    """Nothing that came as text has become markup."""
    inside = "#conversation, #evidence, #figures, #plan, #plan-text, #plan-tree, #found, .documents"
    for part in page.locator(inside).all():
        assert part.locator("img, script, a[href^='javascript'], code, strong em").count() == 0
    assert page.title() == "问规 Wengui"


def test_markup_in_a_document_is_only_text(browser: Browser, second_address: str) -> None:
    with visiting(browser, second_address) as page:
        expect(page.locator(".banner")).to_contain_text("共 2 份文件")
        ask(page, "某区教育发展规划:海洋教育普及率达到多少?")
        expect(page.locator("#evidence")).to_contain_text("<script>", timeout=PATIENCE)
        expect(page.locator("#conversation .bot").last).to_contain_text("<script>")
        assert_harmless(page)
        page.get_by_role("link", name="在原文中查看").first.click()
        assert '<img src=x onerror="document.title=1">' in pointed(page)
        expect(page.locator("#plan-tree")).to_contain_text("<img src=x>")
        page.get_by_label("在原文中查找").fill("<script>")
        expect(page.locator("#found mark").first).to_have_text("<script>", timeout=PATIENCE)
        assert_harmless(page)
        page.locator(".documents").get_by_role("link", name="万州区教育事业发展").click()
        expect(page.locator("#plan-text h2")).to_contain_text("万州区")
        open_tab(page, "指标查询")
        page.locator("table.figures").wait_for()
        page.get_by_label("找指标").fill("海洋教育")
        expect(page.locator("table.figures tbody tr")).to_have_count(1, timeout=PATIENCE)
        expect(page.locator("table.figures")).to_contain_text("<img src=x>")
        assert_harmless(page)


def test_markup_in_the_address_is_only_text(browser: Browser, address: str) -> None:
    with visiting(
        browser, address, path="/?document=<img src=x onerror='document.title=1'>"
    ) as page:
        expect(page.locator("#plan-text")).to_contain_text("没有文件 <img", timeout=PATIENCE)
        assert_harmless(page)
