"""The HTTP API without the page."""

import socket

import pytest
from fastapi.testclient import TestClient

from assistant.pipeline import Assistant
from assistant.service import make_api, run
from assistant.settings import Settings
from assistant.site import Site
from corpus.errors import ServeError


@pytest.fixture
def client(site: Site) -> TestClient:
    return TestClient(make_api(site))


def test_ask(client: TestClient, hashing_assistant: Assistant) -> None:
    question = "普通话普及率要达到多少?"
    answer = client.post("/api/ask", json={"question": question}).json()
    assert answer["answer"] == hashing_assistant.answer(question).text
    follow_up = {
        "question": "那2020年呢?",
        "history": [{"role": "user", "content": "高中阶段毛入学率2025年目标是多少?"}],
    }
    assert "97.1%" in client.post("/api/ask", json=follow_up).json()["answer"]


def test_search(client: TestClient) -> None:
    hits = client.get("/api/search", params={"q": "普通话", "k": 2}).json()["hits"]
    assert hits[0]["section_id"] == "3.8.2"
    assert len(hits) == 2


def test_health_and_description(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert "/api/ask" in client.get("/openapi.json").json()["paths"]


@pytest.mark.parametrize("question", ["", "  ", "多" * 501])
def test_bad_questions(client: TestClient, question: str) -> None:
    response = client.post("/api/ask", json={"question": question})
    assert response.status_code == 400
    assert "问题" in response.json()["error"]
    assert client.get("/api/search", params={"q": question}).status_code == 400


def test_a_taken_port_is_named(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=f"127.0.0.1:{port} 不能使用"):
            run(settings, host="127.0.0.1", port=port)
