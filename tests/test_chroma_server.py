"""Vectors on a real Chroma server: several replicas, and answers while it is away."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import httpx
import numpy as np
import pytest
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction
from fastapi.testclient import TestClient

from assistant.app.bubble import bubble
from assistant.checkup import check_all
from assistant.pipeline import open_assistant
from assistant.service import make_api
from assistant.settings import Settings
from assistant.site import Site
from assistant.types import answer_json
from corpus.errors import IndexStaleError, SettingsError, VectorServerError
from corpus.library import plans
from index.build import build_index
from index.embeddings import load_embeddings
from index.retriever import HybridRetriever, open_retriever
from index.server import CollectionServer
from index.settings import chroma_address
from index.verify import verify_index
from tests.test_index_builds import library

CHROMA = Path(sys.executable).parent / "chroma"
QUERY = "普通话普及率"


class Server:
    """A `chroma run` of our own on 127.0.0.1, ended by its id."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._folder = folder
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [str(CHROMA), "run", "--path", str(self._folder), "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.url}/api/v2/heartbeat", timeout=1).raise_for_status()
                return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise TimeoutError(self.url)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def hang(self) -> None:
        assert self._process
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process
        os.kill(self._process.pid, signal.SIGCONT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("chroma"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(tmp_path: Path, hashing_settings: Settings, server: Server) -> Settings:
    return replace(hashing_settings, data_folder=tmp_path / "data", chroma_url=server.url)


def collections(server: Server) -> set[str]:
    return {name for name, _ in CollectionServer(chroma_address(server.url)).collections()}


def found(retriever: HybridRetriever) -> dict[str, float]:
    return {hit.passage.passage_id: hit.score for hit in retriever.retrieve(QUERY, k=5)}


def test_a_server_finds_what_an_embedded_chroma_finds(
    settings: Settings, tmp_path: Path, server: Server
) -> None:
    built = build_index(settings.index, library(added=True))
    local = replace(settings, data_folder=tmp_path / "local", chroma_url="")
    build_index(local.index, library(added=True))
    there = open_retriever(settings.index, library(added=True))
    here = open_retriever(local.index, library(added=True))
    assert there.notice == here.notice == ""
    assert found(there) == pytest.approx(found(here), rel=1e-3)
    within = there.retrieve("每年", k=5, within=frozenset({"added"}))
    assert {hit.passage.document_id for hit in within} == {"added"}
    assert built.manifest.collection in collections(server)
    assert not (built.folder / "vectors").exists()
    assert verify_index(settings.index).damages == ()


def test_replicas_share_one_collection(settings: Settings, tmp_path: Path) -> None:
    """With folders of their own: the second takes the vectors over, and both read one collection."""
    first = build_index(settings.index, library(added=False))
    other = replace(settings, data_folder=tmp_path / "other")
    second = build_index(other.index, library(added=False))
    assert second.embedded == 0
    assert second.manifest.collection == first.manifest.collection
    assert np.allclose(load_embeddings(first.folder), load_embeddings(second.folder), atol=1e-6)
    one = open_retriever(settings.index, library(added=False))
    two = open_retriever(other.index, library(added=False))
    assert found(one) == pytest.approx(found(two), rel=1e-5)


def test_old_collections_go_one_build_later(settings: Settings, server: Server) -> None:
    names = [
        build_index(settings.index, library(added), force=True).manifest.collection
        for added in (False, True, False)
    ]
    assert names[0] not in collections(server)
    assert set(names[1:]) <= collections(server)


def test_what_a_killed_build_left_on_the_server_is_removed(
    settings: Settings, server: Server
) -> None:
    build_index(settings.index, library(added=False))
    address = chroma_address(server.url)
    unfinished = settings.index.index_folder / ".building-x" / "0123456789abcdef-000000"
    unfinished.mkdir(parents=True)
    name = f"wengui-{unfinished.name}"
    passages = list(open_retriever(settings.index, library(added=False)).passages)
    vectors = np.ones((sum(len(p.parts) for p in passages), 4), dtype=np.float32)
    CollectionServer(address).write(name, "digest", ["text"], passages, vectors)
    assert name in collections(server)
    build_index(settings.index, library(added=False))
    assert name not in collections(server)
    assert not unfinished.exists()


def test_a_lost_collection_is_found_and_mended(settings: Settings, server: Server) -> None:
    built = build_index(settings.index, library(added=False))
    CollectionServer(chroma_address(server.url)).remove(built.manifest.collection)
    damages = verify_index(settings.index).damages
    assert [damage.part for damage in damages] == [built.manifest.collection]
    retriever = open_retriever(settings.index, library(added=False))
    assert "wengui index build" in retriever.notice
    assert retriever.retrieve(QUERY, k=1)
    mended = build_index(settings.index, library(added=False))
    assert (mended.rebuilt, mended.embedded) == (True, 0)
    assert open_retriever(settings.index, library(added=False)).notice == ""


def test_moving_between_machine_and_server_asks_for_a_build(settings: Settings) -> None:
    build_index(settings.index, library(added=False))
    local = replace(settings, chroma_url="")
    with pytest.raises(IndexStaleError, match=r"Chroma 服务器.*本机的 Chroma.*wengui index build"):
        open_retriever(local.index, library(added=False))
    moved = build_index(local.index, library(added=False))
    assert (moved.rebuilt, moved.embedded) == (True, 0)


# The server is away


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Server]:
    """A server that a test may stop."""
    server = Server(tmp_path / "chroma")
    server.start()
    yield server
    server.stop()


def seconds(retriever: HybridRetriever) -> float:
    started = time.monotonic()
    assert QUERY in retriever.retrieve(QUERY, k=1)[0].passage.text
    return time.monotonic() - started


def wait_for_vectors(retriever: HybridRetriever) -> None:
    deadline = time.monotonic() + 15
    while retriever.notice and time.monotonic() < deadline:
        time.sleep(0.1)
        retriever.retrieve(QUERY, k=1)
    assert retriever.notice == ""


def test_answers_go_on_without_the_server_and_vectors_return(
    tmp_path: Path, hashing_settings: Settings, mortal: Server, site: Site
) -> None:
    settings = replace(hashing_settings, data_folder=tmp_path / "data", chroma_url=mortal.url)
    build_index(settings.index, plans())
    assistant = open_assistant(settings)
    question = "高中阶段毛入学率2025年目标是多少?"
    before = assistant.answer(question)
    assert "notice" not in answer_json(before)
    mortal.stop()  # it refuses
    answer = assistant.answer(question)
    assert answer.first_line == before.first_line  # what is quoted beside it may differ
    assert "按词语检索" in answer.notice
    assert mortal.url in answer.notice
    assert "\n" not in answer.notice
    assert answer_json(answer)["notice"] == answer.notice
    assert "按词语检索" in bubble(answer, 1)
    shown = (
        TestClient(make_api(replace(site, assistant=assistant)))
        .get("/api/search", params={"q": question})
        .json()
    )
    assert "按词语检索" in shown["notice"]
    opened = open_assistant(settings)  # it is away at opening
    assert opened.answer(question).notice
    broken = {finding.part for finding in check_all(settings) if not finding.works}
    assert broken == {"索引"}
    with pytest.raises(VectorServerError, match=mortal.url):
        build_index(settings.index, plans(), force=True)
    assert not build_index(settings.index, plans()).rebuilt  # nothing changed: no reason to stop
    mortal.start()
    for each in (assistant, opened):
        deadline = time.monotonic() + 15
        while each.answer(question).notice and time.monotonic() < deadline:
            time.sleep(0.2)
        assert answer_json(each.answer(question)).keys() == answer_json(before).keys()


def test_a_server_that_hangs_delays_one_answer_by_a_second(
    tmp_path: Path, hashing_settings: Settings, mortal: Server
) -> None:
    settings = replace(hashing_settings, data_folder=tmp_path / "data", chroma_url=mortal.url)
    build_index(settings.index, library(added=False))
    retriever = open_retriever(settings.index, library(added=False))
    assert seconds(retriever) < 0.9
    mortal.hang()
    try:
        assert 0.9 < seconds(retriever) < 2
        assert retriever.notice
        assert seconds(retriever) < 0.5
        started = time.monotonic()
        late = open_retriever(settings.index, library(added=False))
        assert time.monotonic() - started < 2.5
        assert "按词语检索" in late.notice
    finally:
        mortal.go_on()
    wait_for_vectors(retriever)
    wait_for_vectors(late)
    assert seconds(retriever) < 0.9


def test_another_server_on_the_port_is_told(tmp_path: Path, settings: Settings) -> None:
    """Something that answers, but is no Chroma."""
    build_index(settings.index, library(added=False))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    web = subprocess.Popen(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wrong = replace(settings, chroma_url=f"http://127.0.0.1:{port}")
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        retriever = open_retriever(wrong.index, library(added=False))
        assert "HTTPStatusError" in retriever.notice
        assert retriever.retrieve(QUERY, k=1)
    finally:
        web.kill()
        web.wait(10)


class _Rewriting(BaseHTTPRequestHandler):
    """Hands requests on to a Chroma server, and has its replies name an embedding function to load."""

    behind = ""
    function: ClassVar = {"type": "known", "name": "sentence_transformer", "config": {"model_name": "someone/model",
                "device": "cpu", "normalize_embeddings": False, "kwargs": {"trust_remote_code": True}}}  # fmt: skip

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        kept = {name: v for name, v in self.headers.items() if name.lower() == "content-type"}
        reply = httpx.request(self.command, self.behind + self.path, content=body, headers=kept)
        text = reply.text.replace('{"type":"legacy"}', json.dumps(self.function))
        self.send_response(reply.status_code)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815 - the base looks for these

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its base's name
        pass


def test_a_server_may_not_have_code_loaded(
    settings: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[object] = []
    for name in ("build_from_config", "__init__"):
        monkeypatch.setattr(
            SentenceTransformerEmbeddingFunction, name, lambda *args, **_: loaded.append(args)
        )
    monkeypatch.setattr(_Rewriting, "behind", server.url)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Rewriting) as proxy:
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        try:
            between = replace(settings, chroma_url=f"http://127.0.0.1:{proxy.server_port}")
            with pytest.raises(VectorServerError, match="嵌入程序,已拒绝"):
                build_index(between.index, library(added=False))
        finally:
            proxy.shutdown()
            thread.join()
    assert not loaded


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8000", "ftp://a", "http://", "http://a:b", "http://u:p@a", "http://a/b", "x"]
)
def test_a_url_that_is_none_is_refused(settings: Settings, url: str) -> None:
    with pytest.raises(SettingsError, match="chroma_url") as caught:
        build_index(replace(settings, chroma_url=url).index, library(added=False))
    assert "u:p" not in str(caught.value)


def test_addresses() -> None:
    assert chroma_address("https://chroma.example").url == "https://chroma.example:443"
    assert chroma_address("http://[::1]:9000/").url == "http://[::1]:9000"
