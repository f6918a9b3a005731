"""Pictures of every tab in both sizes, for the documentation: `python -m tests.screenshots`."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from evals.bench.page import served
from tests.browsing import SIZES, ask, chromium, open_tab, visiting

FOLDER = Path(__file__).parent.parent / "docs" / "images"
COLOURS = 64  # a page has few, and a small picture loads fast


def _chat(page: Page) -> None:
    ask(page, "高中阶段毛入学率2025年目标是多少?")
    page.locator("#evidence-1-1").wait_for()
    ask(page, "那2020年呢?")
    page.locator("#evidence-2-1").wait_for()


def _figures(page: Page) -> None:
    open_tab(page, "指标查询")
    page.locator("table.figures").wait_for()
    page.locator("#keyword textarea, #keyword input").press_sequentially("在校")
    page.locator("#figures-head", has_not_text="168 条").wait_for()


def _plan(page: Page) -> None:
    page.goto(page.url + "?section=2.3.table1.r12")
    page.locator("#plan-text .pointed").wait_for()


def _checks(page: Page) -> None:
    open_tab(page, "核对")
    page.locator(".finding").first.wait_for()


def _evaluation(page: Page) -> None:
    open_tab(page, "评测")
    page.locator(".report").wait_for()


VIEWS: dict[str, Callable[[Page], None]] = {
    "chat": _chat,
    "figures": _figures,
    "plan": _plan,
    "checks": _checks,
    "evaluation": _evaluation,
}


def _save(picture: bytes, path: Path) -> None:
    image = Image.open(BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """Write the pictures; the plan opens at a place, so it is taken where it has scrolled to."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served() as address, chromium() as browser:
        for size in SIZES:
            with visiting(browser, address, size) as page:
                page.locator("#welcome").wait_for()
                page.wait_for_timeout(500)
                _save(page.screenshot(), FOLDER / f"welcome-{size}.png")
            for name, view in VIEWS.items():
                with visiting(browser, address, size) as page:
                    view(page)
                    page.wait_for_timeout(600)
                    full = size == "phone" and name == "chat"
                    _save(page.screenshot(full_page=full), FOLDER / f"{name}-{size}.png")


if __name__ == "__main__":
    main()
