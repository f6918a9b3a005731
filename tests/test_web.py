"""The ways in over HTTP: events, OpenAI's protocol with its own client, MCP with a real client, health, the manual."""

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import openai
import pytest
from fastapi.testclient import TestClient
from mcp import ClientSession, McpError
from mcp.client.streamable_http import streamable_http_client
from playwright.sync_api import Browser

from assistant.pipeline import Assistant
from assistant.service import guarded, make_api
from assistant.site import Site
from assistant.types import Answer, Turn
from assistant.web.completions import REPLACED, content_of
from corpus.errors import BusyError, IndexDamagedError

QUESTION = "普通话普及率要达到多少?"


@pytest.fixture
def client(site: Site) -> TestClient:
    return TestClient(guarded(site, make_api(site)), base_url="http://127.0.0.1")


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of a stream, each with its data."""
    found = re.findall(r"event: (\w+)\ndata: (.*)\n\n", text)
    return [(name, json.loads(data)) for name, data in found]


def test_events_grow_into_the_whole_answer(client: TestClient, site: Site) -> None:
    headers = {"accept": "text/event-stream"}
    response = client.post("/api/ask", json={"question": QUESTION}, headers=headers)
    assert response.headers["content-type"].startswith("text/event-stream")
    *growing, (name, whole) = events(response.text)
    plain = client.post("/api/ask", json={"question": QUESTION}).json()
    assert name == "done"
    assert whole | {"elapsed_ms": 0} == plain | {"elapsed_ms": 0}
    assert len(growing) > 1
    assert all(whole["answer"].startswith(data["answer"]) for _, data in growing)
    bad = client.post("/api/ask", json={"question": " "}, headers=headers)
    assert (bad.status_code, "空的" in bad.json()["error"]) == (400, True)


class Fickle(Assistant):
    """Takes back what it said, or runs into trouble halfway."""

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Answer]:
        answer = Answer(question=question, standalone_question=question, text="先这么说。")
        yield answer
        if question == "断":
            raise BusyError("中途停了。", 1)
        yield replace(answer, text="还是这样说。", notice="换过")


@pytest.fixture
def fickle(site: Site) -> TestClient:
    changed = Fickle(site.assistant.retriever, site.assistant.documents.values())
    changed_site = replace(site, assistant=changed)
    return TestClient(guarded(changed_site, make_api(changed_site)), base_url="http://127.0.0.1")


def test_trouble_halfway_is_an_event(fickle: TestClient) -> None:
    headers = {"accept": "text/event-stream"}
    response = fickle.post("/api/ask", json={"question": "断"}, headers=headers)
    assert events(response.text)[-1] == ("error", {"error": "中途停了。"})
    said = {"model": "wengui", "stream": True, "messages": [{"role": "user", "content": "断"}]}
    text = fickle.post("/v1/chat/completions", json=said).text
    assert "中途停了" in text
    assert "[DONE]" not in text


def test_what_was_streamed_and_is_taken_back_is_said_so(fickle: TestClient) -> None:
    said = {"model": "wengui", "stream": True, "messages": [{"role": "user", "content": "换"}]}
    lines = fickle.post("/v1/chat/completions", json=said).text.split("\n\n")
    chunks = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    text = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
    assert text == f"先这么说。{REPLACED}还是这样说。\n\n(换过)"


@pytest.fixture(scope="module")
def chat(address: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)


def test_the_openai_client_gets_an_answer_with_its_citations(
    chat: openai.OpenAI, hashing_assistant: Assistant
) -> None:
    reply = chat.chat.completions.create(
        model="wengui",
        messages=[
            {"role": "system", "content": "You are a pirate."},
            {"role": "user", "content": "高中阶段毛入学率2025年目标是多少?"},
            {"role": "assistant", "content": "98.5%"},
            {"role": "user", "content": [{"type": "text", "text": "那2020年呢?"}]},
        ],
    )
    message = reply.choices[0].message
    assert message.content is not None
    assert "97.1%" in message.content.split("\n")[0]
    assert message.model_extra is not None
    citations = message.model_extra["citations"]
    assert citations[0]["quote"] in hashing_assistant.documents[citations[0]["document_id"]].text
    assert f"[{citations[0]['number']}] “" in message.content
    assert [model.id for model in chat.models.list()] == ["wengui"]
    assert chat.models.retrieve("wengui").id == "wengui"


def test_the_openai_client_streams(chat: openai.OpenAI, hashing_assistant: Assistant) -> None:
    stream = chat.chat.completions.create(
        model="wengui", messages=[{"role": "user", "content": QUESTION}], stream=True
    )
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == content_of(hashing_assistant.answer(QUESTION))
    assert len(chunks) > 3
    last = chunks[-1].choices[0]
    assert last.finish_reason == "stop"
    assert last.delta.model_extra is not None
    assert last.delta.model_extra["citations"][0]["section_id"] == "3.8.2"


def test_the_openai_client_understands_our_errors(chat: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="请用 wengui"):
        chat.chat.completions.create(model="gpt-4", messages=[{"role": "user", "content": "好"}])
    with pytest.raises(openai.NotFoundError):
        chat.models.retrieve("gpt-4")
    with pytest.raises(openai.BadRequestError, match="最多 500"):
        chat.chat.completions.create(
            model="wengui", messages=[{"role": "user", "content": "多" * 501}]
        )
    with pytest.raises(openai.BadRequestError, match="user 的问题"):
        chat.chat.completions.create(
            model="wengui", messages=[{"role": "assistant", "content": "好"}]
        )
    with pytest.raises(openai.UnprocessableEntityError, match="不合要求"):
        chat.chat.completions.create(model="wengui", messages=[])


def over_mcp(
    address: str, calls: Sequence[tuple[str, dict[str, Any]]]
) -> tuple[set[str], list[Any]]:
    """The names of the tools, and what the calls gave."""

    async def talk() -> tuple[set[str], list[Any]]:
        async with (
            streamable_http_client(f"{address}/gradio_api/mcp/") as (reads, writes, _),
            ClientSession(reads, writes) as session,
        ):
            await session.initialize()
            listed = await session.list_tools()
            assert all("规划" in (tool.description or "") for tool in listed.tools)
            for refused in (session.list_prompts(), session.get_prompt("ask_plan")):
                with pytest.raises(McpError, match="Method not found"):
                    await refused
            results = [await session.call_tool(name, arguments) for name, arguments in calls]
            return {tool.name for tool in listed.tools}, results

    with ThreadPoolExecutor(1) as pool:  # a browser's loop may run in this thread
        return pool.submit(lambda: asyncio.run(talk())).result()


def test_an_agent_asks_over_mcp(address: str, hashing_assistant: Assistant) -> None:
    names, (asked, found, listed, empty, many) = over_mcp(
        address,
        [
            ("ask_plan", {"question": QUESTION}),
            ("search_plan", {"query": "普通话", "k": 2}),
            ("list_targets", {"keyword": "普通话"}),
            ("ask_plan", {"question": " "}),
            ("search_plan", {"query": "普通话", "k": 1000}),
        ],
    )
    assert names == {"ask_plan", "search_plan", "list_targets"}
    answer = json.loads(asked.content[0].text)
    assert answer["answer"] == hashing_assistant.answer(QUESTION).text
    assert answer["citations"][0]["section_id"] == "3.8.2"
    assert len(json.loads(found.content[0].text)["hits"]) == 2
    assert json.loads(listed.content[0].text)["targets"][0]["target"] == 85
    assert (empty.isError, "空的" in empty.content[0].text) == (True, True)
    assert (many.isError, "1 到 50" in many.content[0].text) == (True, True)


def test_ready_only_while_questions_can_be_answered(client: TestClient, site: Site) -> None:
    assert client.get("/readyz").json() == {"status": "ok"}

    class Damaged(Assistant):
        def search(self, query: str, **_: Any) -> Any:
            raise IndexDamagedError("索引坏了。请运行 wengui index build。")

    damaged = Damaged(site.assistant.retriever, site.assistant.documents.values())
    broken = TestClient(make_api(replace(site, assistant=damaged)))
    answer = broken.get("/readyz")
    assert (answer.status_code, "wengui index build" in answer.json()["error"]) == (503, True)
    assert broken.get("/healthz").status_code == 200
    stopping_site = replace(site)
    stopping = TestClient(make_api(stopping_site))
    stopping_site.desk.close()
    assert "停止" in stopping.get("/readyz").json()["error"]
    late = stopping.post("/api/ask", json={"question": QUESTION})
    assert (late.status_code, late.headers["retry-after"]) == (503, "10")


def figure(text: str, line: str) -> float:
    found = re.search(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_metrics_count_answers_refusals_and_requests(client: TestClient) -> None:
    lines = [
        'wengui_answers_total{status="answered"}',
        'wengui_answers_total{status="refused"}',
        'wengui_requests_total{endpoint="/api/ask",status="200"}',
        'wengui_requests_total{endpoint="/api/ask",status="400"}',
        'wengui_requests_total{endpoint="other",status="404"}',
    ]
    before = client.get("/metrics").text
    for question in (QUESTION, "写一首诗", ""):
        client.post("/api/ask", json={"question": question})
    client.get("/etc/passwd")
    after = client.get("/metrics").text
    assert [figure(after, line) - figure(before, line) for line in lines] == [1, 1, 2, 1, 1]
    assert 'wengui_refusals_total{reason="' in after
    assert figure(after, "wengui_answers_waiting") == 0
    assert "passwd" not in after
    assert "诗" not in after


def test_the_manual_names_every_endpoint_and_asks_no_other_host(
    client: TestClient, browser: Browser, address: str
) -> None:
    text = client.get("/docs").text
    for path in client.get("/openapi.json").json()["paths"]:
        assert f"{path}</code>" in text
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/docs")
    assert page.title() == "问规 Wengui 接口"
    page.close()
    assert asked == [f"{address}/docs"]


def test_every_reply_carries_the_security_headers(address: str) -> None:
    for path in ("/", "/api/search?q=a", "/docs", "/nothing", "/gradio_api/upload"):
        headers = httpx.get(address + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
