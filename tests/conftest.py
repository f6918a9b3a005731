"""The documents, indexes and assistants that the tests share."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser

from assistant.feedback import FeedbackStore
from assistant.pipeline import Assistant, open_assistant
from assistant.service import make_app
from assistant.settings import Settings, load_settings
from assistant.site import Site
from corpus.library import plans
from corpus.types import Document
from index.build import build_index
from tests.browsing import chromium, serving

# The same examples every time: a test run says what the code does, not what chance found.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.load_profile("same")


OWN_HOSTS = frozenset({"127.0.0.1", "::1", "localhost", "0.0.0.0", "", "None"})  # noqa: S104 - nobody else's
REACHED: set[str] = set()


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Write down every other host that this process connects to or looks up."""
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[-1] if event == "socket.sendto" else arguments[1]
        host = address[0] if isinstance(address, tuple) else ""
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    name = host.decode(errors="replace") if isinstance(host, bytes) else str(host)
    if name not in OWN_HOSTS:
        REACHED.add(f"{event} {name}")


sys.addaudithook(_watch)

# A folder of a child process's own start-up file, no tests.
collect_ignore = ["watched"]


@pytest.fixture(scope="session", autouse=True)
def nobody_else() -> Iterator[None]:
    """The whole run of the tests reaches no other host; libraries that report something would show here."""
    yield
    assert set() == REACHED


@pytest.fixture(scope="session")
def plan() -> Document:
    """The plan of Wanzhou."""
    return plans()[0]


@pytest.fixture(scope="session")
def hashing_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings in a folder of their own, with the embedder that needs no model."""
    folder = tmp_path_factory.mktemp("wengui")
    return Settings(data_folder=folder / "data", cache_folder=folder / "cache", embedder="hashing")


@pytest.fixture(scope="session")
def hashing_assistant(hashing_settings: Settings) -> Assistant:
    """An assistant over a real index without a model."""
    build_index(hashing_settings.index, plans())
    return open_assistant(hashing_settings)


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The settings of the checkout, whose index `make test` has built."""
    loaded = load_settings(file=Path("wengui.toml"))
    build_index(loaded.index, plans())
    return loaded


@pytest.fixture(scope="session")
def assistant(settings: Settings) -> Assistant:
    """The assistant with the real embedder."""
    return open_assistant(settings)


@pytest.fixture(scope="session")
def site(hashing_assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """What the page stands on: the plan, a feedback file of its own, two reports."""
    folder = tmp_path_factory.mktemp("site")
    results = Path(__file__).parent.parent / "evals" / "results"
    (folder / "results").mkdir()
    for name in ("wengui-dev.json", "bm25-dev.json"):
        shutil.copy(results / name, folder / "results")
    return Site(
        assistant=hashing_assistant,
        feedback=FeedbackStore(folder / "feedback.sqlite3"),
        results_folder=folder / "results",
    )


@pytest.fixture(scope="session")
def address(site: Site) -> Iterator[str]:
    """The address of the page, served without a model."""
    with serving(make_app(site)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module's tests; while it is open asyncio's loop runs in this thread."""
    with chromium() as browser:
        yield browser
