"""Anything sent anywhere gets an answer or a refusal in time: never a 500, never a traceback, never a hang.

Schemathesis makes requests from our own OpenAPI description, fitting and unfitting; hypothesis the broken
bytes and the command lines. How many were tried is printed at the end of each (`pytest -s`).
"""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import click
import httpx
import pytest
import schemathesis
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.cli import wengui
from assistant.service import guarded, make_api
from assistant.settings import Settings
from assistant.site import Site
from corpus.errors import WenguiError
from corpus.library import plans
from index.build import build_index
from tests.browsing import serving

MAX_SECONDS = 2.0
EVERYWHERE = "0.0.0.0"  # noqa: S104 - what the command refuses
# How many examples for each; WENGUI_FUZZ=12 tries twelve times as many.
TIMES = int(os.environ.get("WENGUI_FUZZ", "1"))
FEW = settings(
    max_examples=25 * TIMES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TRIED: Counter[str] = Counter()
ENDPOINTS = [
    ("POST", "/api/ask"), ("GET", "/api/search"), ("GET", "/api/targets"),
    ("GET", "/api/documents/{document_id}/sections/{section_id}"), ("GET", "/api/feedback"),
    ("POST", "/v1/chat/completions"), ("GET", "/v1/models"), ("GET", "/v1/models/{name}"),
    ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"),
]  # fmt: skip
# Those to which something can be sent that does not fit.
CHOOSY = [ENDPOINTS[0], ENDPOINTS[1], ENDPOINTS[2], ENDPOINTS[5]]


@pytest.fixture(scope="module")
def api_address(site: Site) -> Iterator[str]:
    """The API alone, behind its guard, on a real server."""
    with serving(guarded(site, make_api(site))) as address:
        yield address


@pytest.fixture(scope="module", autouse=True)
def told() -> Iterator[None]:
    """Says how much was tried."""
    yield
    print(f"\ntried: {dict(TRIED)}, {TRIED.total()} in all")  # noqa: T201 - the count is wanted


def check(name: str, response: httpx.Response) -> None:
    TRIED[name] += 1
    assert response.status_code != 500, (name, response.request.content[:200])
    assert response.elapsed.total_seconds() < MAX_SECONDS
    assert "Traceback" not in response.text
    if response.headers.get("content-type", "").startswith("application/json"):
        response.json()


@pytest.fixture(scope="module")
def schema(site: Site) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", make_api(site))


def test_every_endpoint_is_described(schema: Any) -> None:
    described = {
        (method.upper(), path)
        for path, methods in schema.raw_schema["paths"].items()
        for method in methods
    }
    assert described == set(ENDPOINTS)


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [(*each, "POSITIVE") for each in ENDPOINTS] + [(*each, "NEGATIVE") for each in CHOOSY],
)
def test_requests_from_the_description(
    schema: Any, api_address: str, method: str, path: str, mode: str
) -> None:
    operation = schema[path][method]
    generation = schemathesis.GenerationMode[mode]

    @FEW
    @given(case=operation.as_strategy(generation_mode=generation))
    def one(case: Any) -> None:
        reply = case.call(base_url=api_address)
        name = f"{method} {path}"
        TRIED[name] += 1
        assert reply.status_code != 500
        assert reply.elapsed < MAX_SECONDS
        assert b"Traceback" not in reply.content

    one()


TEXT = st.text(st.characters(codec=None), max_size=700)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
TURN = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system"]), "content": TEXT | JSON}
)
NUMBERS = st.integers(min_value=0, max_value=3000)
BODIES = st.one_of(
    st.binary(max_size=400),
    st.fixed_dictionaries({"question": TEXT, "history": st.lists(TURN, max_size=5)}).map(json.dumps),
    st.fixed_dictionaries({"model": st.just("wengui") | TEXT, "messages": st.lists(TURN, max_size=5), "stream": st.booleans()}).map(json.dumps),
    JSON.map(json.dumps),
    st.fixed_dictionaries({"data": st.lists(JSON, max_size=3) | JSON, "fn_index": st.integers(-2, 60) | JSON, "session_hash": TEXT, "event_id": TEXT, "trigger_id": JSON}).map(json.dumps),
    TEXT.map(lambda text: json.dumps({"question": text}, ensure_ascii=False).encode("gb18030", "replace")),
    TEXT.map(lambda text: json.dumps({"question": text}, ensure_ascii=False).encode("utf-16", "surrogatepass")),
    st.integers(1, 120_000).map(lambda depth: "[" * depth),
    st.integers(1, 2_000).map(lambda depth: '{"question":' * depth + '"a"' + "}" * depth),
    NUMBERS.map(lambda count: json.dumps({"question": "学" * count})),
    NUMBERS.map(lambda count: json.dumps({"question": "教" * 500, "history": [{"role": "user", "content": "那" * count}] * 20})),
    NUMBERS.map(lambda count: json.dumps({"question": "那2020年呢?", "history": [{"role": "user", "content": "高中阶段毛入学率" * (count // 8)}] * 100})),
)  # fmt: skip
POSTS = [
    "/api/ask", "/v1/chat/completions", "/gradio_api/mcp/", "/gradio_api/queue/join",
    "/gradio_api/cancel", "/gradio_api/reset", "/staff/sign-out", "/nothing",
]  # fmt: skip
TYPES = ["application/json", "text/event-stream", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]  # fmt: skip


@pytest.mark.parametrize("path", POSTS)
def test_broken_bodies(address: str, path: str) -> None:
    with httpx.Client(base_url=address, timeout=10) as client:

        @FEW
        @given(body=BODIES, kind=st.sampled_from(TYPES), accept=st.sampled_from([*TYPES, "*/*"]))
        def one(body: str | bytes, kind: str, accept: str) -> None:
            content = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
            # A connection each: making an example may take longer than one is kept open.
            headers = {
                "content-type": kind,
                "accept": f"{accept}, application/json",
                "connection": "close",
            }
            check(f"POST {path} (broken)", client.post(path, content=content, headers=headers))

        one()


@FEW
@given(question=TEXT, k=st.integers(-5, 200) | TEXT, more=TEXT)
def test_any_query(address: str, question: str, k: Any, more: str) -> None:
    find = "/page/documents/wanzhou-education-2021-2025/find"
    for path, query in (
        ("/api/search", {"q": question, "k": str(k)}),
        ("/api/targets", {"q": question, "area": more, "format": "csv"}),
        (find, {"words": question}),
    ):
        text = urlencode(query, errors="surrogatepass")
        check(f"GET {path} (any query)", httpx.get(f"{address}{path}?{text}"))


@FEW
@given(parts=st.lists(TEXT | st.sampled_from(["..", "%2e%2e", "gradio_api", "file=", "/", "\\", "\0", "etc"]), max_size=6))  # fmt: skip
def test_any_path(address: str, parts: list[str]) -> None:
    path = "/" + "/".join(quote(part, safe="%", errors="surrogatepass") for part in parts)
    check("GET any path", httpx.get(address + path))


@pytest.fixture(scope="module")
def environment(hashing_settings: Settings) -> dict[str, str]:
    build_index(hashing_settings.index, plans())
    return {
        "WENGUI_DATA_FOLDER": str(hashing_settings.data_folder),
        "WENGUI_CACHE_FOLDER": str(hashing_settings.cache_folder),
        "WENGUI_EMBEDDER": "hashing",
    }


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=600)
COMMANDS: list[tuple[str, ...]] = [
    ("ask",), ("ask", "--json"), ("ask", "--documents"), ("ask", "--batch"), ("search",), ("search", "--k"),
    ("search", "--kind"), ("targets",), ("targets", "--json"), ("check",), ("corpus", "show"), ("corpus", "list"),
    ("corpus", "add"), ("corpus", "remove"), ("index", "info"), ("serve", "--port", "x"), ("serve", "--host", EVERYWHERE),
    ("eval", "compare"), ("eval", "report"), ("eval", "gate"), ("feedback",), ("doctor",), (),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_any_command_line(
    environment: dict[str, str], command: tuple[str, ...], tmp_path: Path
) -> None:
    @settings(FEW, max_examples=8 * TIMES)
    @given(arguments=st.lists(WORDS.map(lambda word: f"x{word}") | WORDS, min_size=1, max_size=3))
    def one(arguments: list[str]) -> None:
        runner = CliRunner()
        with chdir(tmp_path):
            started = time.monotonic()
            done = runner.invoke(wengui, [*command, *arguments], env=environment)
            TRIED[f"wengui {' '.join(command)}"] += 1
        error = done.exception
        fits = error is None or isinstance(error, WenguiError | SystemExit | click.ClickException)
        assert fits, (command, arguments, error)
        assert time.monotonic() - started < 5 * MAX_SECONDS  # the first call of a command loads it

    one()
