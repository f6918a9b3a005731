"""What the service takes on and from whom: the line, the rate, sizes, the token, names, files."""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from pydantic import SecretStr

from assistant.cli import wengui
from assistant.pipeline import Assistant
from assistant.service import BROKEN, guarded, make_api, make_app
from assistant.settings import Settings
from assistant.site import Site
from assistant.staff import Staff
from assistant.types import Answer, Turn
from assistant.web.journal import JsonLines
from assistant.web.limits import LOOPBACK, MAX_BODY_BYTES, Access, Limits
from assistant.web.rate import MAX_CLIENTS, Buckets
from corpus.errors import BusyError, SettingsError
from tests.browsing import serving

TOKEN = "无人知晓-t0ken"  # noqa: S105 - of this test
EVERYWHERE = "0.0.0.0"  # noqa: S104 - what the test refuses


class Slow(Assistant):
    """Answers once `go` is set; a bug where it is told so."""

    go = threading.Event()

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Answer]:
        if question == "错":
            raise ValueError(f"a bug with {question} and {TOKEN}")
        yield Answer(question=question, standalone_question=question, text="先")
        self.go.wait(20)
        yield Answer(question=question, standalone_question=question, text="先\n后")


def slow_site(site: Site, **changes: Any) -> Site:
    """A site whose answers wait for `Slow.go`."""
    Slow.go.clear()
    slow = Slow(site.assistant.retriever, site.assistant.documents.values())
    return replace(site, assistant=slow, **changes)


def asked(address: str, question: str = "慢") -> httpx.Response:
    return httpx.post(f"{address}/api/ask", json={"question": question}, timeout=30)


def test_past_the_line_is_503_and_says_when_to_come_again(site: Site) -> None:
    crowded = slow_site(site, limits=Limits(at_once=1, waiting=2))
    with serving(guarded(crowded, make_api(crowded))) as address, ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(asked, address) for _ in range(3)]
        while crowded.desk.waiting < 2:
            time.sleep(0.01)
        figures = httpx.get(f"{address}/metrics").text
        assert "wengui_answers_waiting 2.0" in figures
        assert "wengui_answers_running 1.0" in figures
        turned = asked(address)
        assert (turned.status_code, int(turned.headers["retry-after"]) >= 1) == (503, True)
        assert "2 个在排队" in turned.json()["error"]
        other = httpx.post(
            f"{address}/v1/chat/completions", json={"messages": [{"role": "user", "content": "?"}]}
        )
        assert (other.status_code, other.json()["error"]["type"]) == (503, "server_error")
        assert httpx.get(f"{address}/healthz").status_code == 200
        Slow.go.set()
        assert [each.result().json()["answer"] for each in waiting] == ["先\n后"] * 3
        assert crowded.desk.idle


def test_an_answer_that_takes_too_long_is_given_up(site: Site) -> None:
    impatient = slow_site(site, limits=Limits(at_once=1, answer_seconds=0.8))
    client = TestClient(make_api(impatient))
    reply = client.post("/api/ask", json={"question": "慢"})
    assert (reply.status_code, "0.8 秒" in reply.json()["error"]) == (503, True)
    with pytest.raises(BusyError, match="没有答完"):
        list(impatient.desk.stream("慢"))
    Slow.go.set()
    while not impatient.desk.idle:
        time.sleep(0.01)
    assert [answer.text for answer in impatient.desk.stream("快")] == ["先", "先\n后"]


def test_who_leaves_makes_room(site: Site) -> None:
    crowded = slow_site(site, limits=Limits(at_once=1, waiting=1))
    first, second = crowded.desk.stream("一"), crowded.desk.stream("二")
    next(first)
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(lambda: list(second))
        while crowded.desk.waiting < 1:
            time.sleep(0.01)
        del first
        Slow.go.set()
        assert waits.result()[-1].question == "二"


def test_a_bug_is_a_500_in_chinese_without_a_traceback(site: Site) -> None:
    buggy = slow_site(site)
    client = TestClient(guarded(buggy, make_api(buggy)), raise_server_exceptions=False)
    reply = client.post("/api/ask", json={"question": "错"})
    assert (reply.status_code, reply.json()) == (500, {"error": BROKEN})
    assert buggy.desk.idle


def test_the_bucket_fills_again() -> None:
    buckets = Buckets(per_minute=60)
    assert [buckets.take("10.0.0.1") for _ in range(61)] == [0] * 60 + [1]
    assert buckets.take("10.0.0.2") == 0
    assert buckets.take("10.0.0.1", cost=30) == 30
    time.sleep(1.1)
    assert buckets.take("10.0.0.1") == 0
    assert [Buckets(0).take("10.0.0.1"), buckets.take("127.0.0.1"), buckets.take("::1")] == [0] * 3
    for number in range(MAX_CLIENTS + 1):
        buckets.take(f"client-{number}")
    assert buckets.take("10.0.0.1", cost=60) == 0  # forgotten, so full again


def test_too_often_is_429(site: Site) -> None:
    strict = replace(site, limits=Limits(per_minute=2))
    client = TestClient(guarded(strict, make_api(strict)), client=("10.1.2.3", 1))
    codes = [client.get("/api/search", params={"q": "a"}).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    turned = client.post("/v1/chat/completions", json={})
    assert int(turned.headers["retry-after"]) > 0
    assert "频繁" in turned.json()["error"]["message"]
    assert client.get("/healthz").status_code == 200
    here = TestClient(guarded(strict, make_api(strict)), client=("127.0.0.1", 1))
    assert {here.get("/api/search", params={"q": "a"}).status_code for _ in range(5)} == {200}


PATHS = ["/api/ask", "/v1/chat/completions", "/gradio_api/mcp/", "/gradio_api/queue/join", "/staff/sign-in", "/nothing"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("declared", [True, False])
def test_a_body_too_long_is_413(address: str, path: str, *, declared: bool) -> None:
    part = b" " * 65536
    body = part * 5 if declared else (part for _ in range(5))
    with httpx.Client() as client:
        reply = client.post(
            address + path, content=body, headers={"content-type": "application/json"}
        )
    assert reply.status_code == 413
    assert f"{MAX_BODY_BYTES // 1024} KiB" in reply.text


def shown(authorization: str) -> list[tuple[bytes, bytes]]:
    return [(b"authorization", authorization.encode())]


def test_the_token_opens_what_computes(site: Site) -> None:
    opened = replace(site, access=Access(token=SecretStr(TOKEN)))
    with serving(make_app(opened)) as address, httpx.Client(base_url=address) as client:
        for path in ("/api/ask", "/v1/chat/completions", "/gradio_api/mcp/", "/gradio_api/mcp"):
            reply = client.post(path, json={"question": "普通话"})
            assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
        for path in ("/api/search?q=a", "/v1/models", "/metrics", "/api/feedback"):
            assert client.get(path).status_code == 401
        for path in ("/", "/healthz", "/readyz", "/api/targets", "/docs"):
            assert client.get(path).status_code == 200
        for wrong in (f"Bearer {TOKEN}x", "Bearer", TOKEN, f"Basic {TOKEN}"):
            assert client.get("/v1/models", headers=shown(wrong)).status_code == 401
        assert client.get("/v1/models", headers=shown(f"bearer {TOKEN}")).status_code == 200
    plain = replace(site, access=Access(token=SecretStr("abc")), staff=Staff("口令"))
    guard = TestClient(guarded(plain, make_api(plain)))
    bearer = {"authorization": "Bearer abc"}
    assert guard.get("/v1/models", headers=bearer).status_code == 200
    assert guard.get("/api/feedback", headers=bearer).status_code == 401  # the staff's own door
    assert "abc" not in repr(plain.access)


def test_guessing_the_token_soon_ends(site: Site) -> None:
    opened = replace(site, access=Access(token=SecretStr("abc")), limits=Limits(per_minute=20))
    client = TestClient(guarded(opened, make_api(opened)), client=("10.9.9.9", 1))
    codes = [client.get("/v1/models").status_code for _ in range(5)]
    assert codes == [401] * 4 + [429]


def test_only_our_own_names_lead_here(site: Site) -> None:
    named = replace(site, access=Access(hosts=LOOPBACK | {"wengui.example"}))
    client = TestClient(guarded(named, make_api(named)))
    codes = {
        host: client.get("/api/search?q=a", headers={"host": host}).status_code
        for host in (
            "127.0.0.1:7860",
            "[::1]:7860",
            "LOCALHOST",
            "wengui.example",
            "evil.example",
            "",
        )
    }
    assert list(codes.values()) == [200, 200, 200, 200, 421, 421]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--host", EVERYWHERE], "--token-env WENGUI_TOKEN"),
        (["--host", EVERYWHERE, "--token-env", "NOT_SET_ANYWHERE"], "NOT_SET_ANYWHERE 没有值"),
    ],
)  # fmt: skip
def test_opening_to_others_must_be_said(arguments: list[str], message: str) -> None:
    done = CliRunner().invoke(wengui, ["serve", *arguments])
    assert isinstance(done.exception, SettingsError)
    assert message in str(done.exception)


FILES = [
    "/gradio_api/file=/etc/passwd", "/gradio_api/file=pyproject.toml", "/gradio_api/file/etc/passwd",
    "/gradio_api/%66ile=/etc/passwd", "//gradio_api/file=/etc/passwd", "/gradio_api//file=/etc/passwd",
    "/gradio_api/proxy=http://127.0.0.1/", "/static/../../../etc/passwd", "/static/%2e%2e/%2e%2e/pyproject.toml",
    "/assets/..%2f..%2f..%2f..%2fetc%2fpasswd", "/assets//etc/passwd", "/static//etc/passwd",
    "/svelte/..%2f..%2fetc/passwd", "/custom_component/a/b/c/d", "/gradio_api/custom_component/1/a/../x",
    "/gradio_api/stream/a/b/c/playlist-file", "/gradio_api/run-history/records", "/runs", "/monitoring",
    "/gradio_api/deep_link", "/gradio_api/upload_progress", "/gradio_api/dev/reload",
    "/api/documents/..%2f..%2fetc/sections/passwd", "/api/documents/..%2f..%2fpyproject.toml/sections/1",
    "/page/documents/..%2f..%2fetc%2fpasswd", "/page/documents/%2fetc%2fpasswd", "/../../etc/passwd",
]  # fmt: skip


def test_no_path_reaches_a_file(address: str) -> None:
    import socket

    host, port = address.removeprefix("http://").split(":")
    for path in FILES:
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            connection.sendall(request.encode())
            reply = connection.makefile("rb").read()
        status = int(reply.split(b" ", 2)[1])
        assert status in {400, 403, 404, 405}, (path, status)
        assert b"root:" not in reply
        assert b"build-system" not in reply


def test_uploads_and_calls_past_the_page_are_closed(address: str) -> None:
    files = {"files": ("a.txt", b"x")}
    assert httpx.post(f"{address}/gradio_api/upload", files=files).status_code == 404
    for path in ("run/ask_plan", "api/ask_plan", "call/ask_plan", "vibe-edit", "process_recording"):
        reply = httpx.post(f"{address}/gradio_api/{path}", json={"data": ["普通话"]})
        assert reply.status_code == 404, path


def test_the_log_holds_no_question_and_no_words_of_an_exception() -> None:
    record = logging.makeLogRecord({"msg": "answer", "levelname": "INFO", "fields": {"question": "问", "status": "answered"}})  # fmt: skip
    assert "question" not in json.loads(JsonLines(questions=False).format(record))
    assert json.loads(JsonLines(questions=True).format(record))["question"] == "问"
    try:
        raise ValueError(TOKEN)
    except ValueError as error:
        broken = logging.makeLogRecord({"msg": "failed %s", "args": (error,), "exc_info": (ValueError, error, error.__traceback__)})  # fmt: skip
    line = JsonLines(questions=False).format(broken)
    assert TOKEN not in line
    assert json.loads(line)["error"] == "ValueError"
    assert any("test_web_limits.py" in place for place in json.loads(line)["trace"])
    assert json.loads(JsonLines(questions=True).format(broken))["message"] == TOKEN


def test_settings_reach_the_limits(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path, answers_at_once=3, answers_waiting=4, answer_timeout_seconds=5, requests_per_minute=6)  # fmt: skip
    assert settings.limits == Limits(at_once=3, waiting=4, answer_seconds=5, per_minute=6)


def test_a_slow_body_is_given_up(address: str) -> None:
    async def drip() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rsplit(":", 1)[1]))
        writer.write(b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{")
        await writer.drain()
        line = await reader.readline()
        writer.close()
        return line

    with ThreadPoolExecutor(1) as pool:
        assert b"408" in pool.submit(lambda: asyncio.run(drip())).result(timeout=20)
