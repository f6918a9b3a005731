"""A real server in a thread and a real browser, for the tests of the page."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from assistant.web.server import IDLE_SECONDS

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
SIZES = {"desktop": (1280, 860), "phone": (390, 844)}
# How long the page may take beside whatever else the machine does; how fast it is is measured elsewhere.
PATIENCE = 45_000


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The address of an application that is served while the context lasts."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        log_level="critical",
        timeout_graceful_shutdown=1,
        timeout_keep_alive=IDLE_SECONDS,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
        assert thread.is_alive()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=30)
        assert not thread.is_alive()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@contextmanager
def visiting(
    browser: Browser,
    address: str,
    size: str = "desktop",
    path: str = "/",
    *,
    still_served: bool = True,
) -> Iterator[Page]:
    """A fresh page on the served one. It asks no other host for anything.

    No script of it fails, unless the server is stopped under it (`still_served` false).
    """
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        has_touch=size == "phone",
        permissions=["clipboard-read", "clipboard-write"],
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: failed.append(str(error)))
    loaded: list[str] = []
    page.on("domcontentloaded", lambda _: loaded.append(page.url))
    page.goto(address + path)
    page.locator("#tabs").wait_for()
    page.locator("#question textarea:enabled").wait_for(state="attached")
    try:
        yield page
    except BaseException as error:  # what only the browser knows of it
        error.add_note(f"pages loaded: {loaded}; scripts failed: {failed}")
        raise
    finally:
        context.close()
    own = (address, "data:", "blob:", address.replace("http", "ws"))
    assert [url for url in asked if not url.startswith(own)] == []
    if still_served:
        assert failed == []


def ask(page: Page, question: str) -> None:
    page.locator("#question textarea, #question input").fill(question)
    page.locator("#ask").click()


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def copied(page: Page, start: str = "") -> str:
    """What lies in the clipboard, once it starts so; after five seconds whatever lies there."""
    text = ""
    for _ in range(50):
        text = page.evaluate("() => navigator.clipboard.readText()")
        if text.startswith(start):
            break
        page.wait_for_timeout(100)
    return text
