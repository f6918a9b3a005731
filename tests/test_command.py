"""The command `wengui` as a process: its JSON, its messages, its exit status."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import Settings
from corpus.library import plans
from corpus.types import Document
from index.build import build_index

WENGUI = Path(sys.executable).parent / "wengui"
ANSWER_KEYS = ["id", "question", "standalone_question", "status", "refusal", "answer", "claims",
               "citations", "generator", "elapsed_ms"]  # fmt: skip
CITATION_KEYS = ["number", "document_id", "section_id", "address", "quote", "start", "end", "link"]


@pytest.fixture(scope="session")
def environment(hashing_settings: Settings) -> dict[str, str]:
    build_index(hashing_settings.index, plans())
    return os.environ | {
        "WENGUI_DATA_FOLDER": str(hashing_settings.data_folder),
        "WENGUI_CACHE_FOLDER": str(hashing_settings.cache_folder),
        "WENGUI_EMBEDDER": "hashing",
    }


def run(*arguments: str | bytes, environment: dict[str, str], cwd: Path | None = None) -> Any:
    return subprocess.run(
        [str(WENGUI), *arguments],
        env=environment,
        cwd=cwd,
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_ask_json(environment: dict[str, str], plan: Document, tmp_path: Path) -> None:
    question = "到2025年要建成多少所重庆市智慧校园示范校?"
    done = run("ask", question, "--json", environment=environment, cwd=tmp_path)
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert list(answer) == ANSWER_KEYS
    assert answer["answer"].split("\n")[0].startswith("15所")
    assert list(answer["citations"][0]) == CITATION_KEYS
    citation = answer["citations"][0]
    assert citation["section_id"] == "3.7.box7.1"
    assert citation["quote"] == plan.text[citation["start"] : citation["end"]]
    assert answer["claims"][0] == {
        "text": answer["claims"][0]["text"],
        "citations": [1],
        "kind": "quoted",
    }


def test_refusal_json(environment: dict[str, str]) -> None:
    done = run("ask", "万州二中的招生办电话是多少?", "--json", environment=environment)
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["status"] == "refused"
    assert list(answer["refusal"]) == ["reason", "message", "nearest"]
    assert answer["refusal"]["nearest"]


def test_search_json(environment: dict[str, str]) -> None:
    done = run("search", "普通话", "--k", "3", "--json", environment=environment)
    hits = json.loads(done.stdout)["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert list(hits[0]) == [
        "rank",
        "score",
        "document_id",
        "section_id",
        "address",
        "text",
        "start",
        "end",
    ]


def test_batch_goes_on_after_bad_lines(environment: dict[str, str], tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "q1", "question": "普通话普及率要达到多少?"}).encode(),
        b'{"id": "q2", "question": ',
        b'{"id": "q3", "question": "\xff\xfe"}',
        json.dumps({"id": "q4", "question": "  "}).encode(),
        b"",
        json.dumps({"id": "q5", "question": "那2020年呢?", "history": [
            {"role": "user", "content": "高中阶段毛入学率2025年目标是多少?"},
            {"role": "assistant", "content": "98.5%"}]}).encode(),
        json.dumps({"id": "q6", "question": "x" * 501}).encode(),
        json.dumps({"id": "q7"}).encode(),
        json.dumps({"id": "q8", "question": "a", "history": [{"role": "robot"}]}).encode(),
        b"[" * 100_000,
    ]  # fmt: skip
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    done = run("ask", "--batch", str(source), "--out", str(target), environment=environment)
    results = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert done.returncode == 2
    assert "7 行" in done.stderr.decode()
    assert [result.get("id") for result in results] == [
        "q1",
        None,
        None,
        "q4",
        "q5",
        "q6",
        "q7",
        "q8",
        None,
    ]
    assert [result["line"] for result in results if "error" in result] == [2, 3, 4, 7, 8, 9, 10]
    assert "85%" in results[0]["answer"]
    assert "97.1%" in results[4]["answer"].split("\n")[0]
    assert not list(tmp_path.glob(".wengui-*"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", ""], "问题是空的"),
        (["ask", "   "], "问题是空的"),
        (["ask", "多" * 501], "最多 500"),
        (["ask", b"\xff\xfe\xfd"], "UTF-8"),
        (["ask"], "请给出一个问题"),
        (["ask", "--batch", "in.jsonl"], "--out"),
        (["ask", "--batch", "missing.jsonl", "--out", "out.jsonl"], "missing.jsonl 打不开"),
        (["search", ""], "问题是空的"),
        (["search"], "缺少参数"),
        (["search", "a", "--k", "0"], "1 到 100"),
        (["nothing"], "没有命令 nothing"),
        (["ask", "--nothing"], "没有选项 --nothing"),
    ],
)
def test_bad_input_is_one_chinese_sentence(
    environment: dict[str, str], arguments: list[str | bytes], message: str, tmp_path: Path
) -> None:
    done = run(*arguments, environment=environment, cwd=tmp_path)
    error = done.stderr.decode()
    assert done.returncode == 2
    assert message in error
    assert error.count("\n") == 1
    assert "Traceback" not in error
    assert not done.stdout


def test_without_an_index_the_command_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    done = run("ask", "教师", environment=environment | {"WENGUI_DATA_FOLDER": str(tmp_path)})
    assert done.returncode == 1
    assert "wengui index build" in done.stderr.decode()


@pytest.mark.parametrize(
    ("name", "value"), [("WENGUI_PORT", "abc"), ("WENGUI_EMBEDDER", "/no/such/folder")]
)
def test_unfit_settings(environment: dict[str, str], name: str, value: str) -> None:
    done = run("doctor", environment=environment | {name: value})
    assert done.returncode != 0
    assert value in (done.stderr + done.stdout).decode()
    assert "Traceback" not in done.stderr.decode()


def test_settings_file(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "wengui.toml").write_text("colour = 1\n", encoding="utf-8")
    done = run("doctor", environment=environment, cwd=tmp_path)
    assert done.returncode == 2
    assert "'colour'" in done.stderr.decode()
    (tmp_path / "wengui.toml").write_text("colour =\n", encoding="utf-8")
    assert run("doctor", environment=environment, cwd=tmp_path).returncode == 2


def test_index_build_and_info(environment: dict[str, str], tmp_path: Path) -> None:
    fresh = environment | {"WENGUI_DATA_FOLDER": str(tmp_path / "data")}
    assert "已建好" in run("index", "build", environment=fresh).stdout.decode()
    assert "已是最新" in run("index", "build", environment=fresh).stdout.decode()
    info = json.loads(run("index", "info", "--json", environment=fresh).stdout)
    assert info["embedder"] == "hashing"
    assert "wanzhou-education-2021-2025" in info["documents"]
    assert "段落" in run("index", "info", environment=fresh).stdout.decode()


def test_doctor(environment: dict[str, str], tmp_path: Path) -> None:
    done = run("doctor", environment=environment | {"WENGUI_PORT": "0"})
    assert done.returncode == 0
    assert done.stdout.decode().count("✓") == 9
    assert "条引文都在原文里" in done.stdout.decode()
    (tmp_path / "feedback.sqlite3").mkdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bad = {"WENGUI_DATA_FOLDER": str(tmp_path), "WENGUI_PORT": str(taken.getsockname()[1])}
        broken = run("doctor", environment=environment | bad)
    assert broken.returncode == 1
    lines = [line for line in broken.stdout.decode().splitlines() if line.startswith("✗")]
    assert [line[2:].split(":")[0] for line in lines] == ["索引", "反馈", "网页", "问答"]
    remedies = ["wengui index build", "能否写入", "换一个端口", "wengui index build"]
    assert all(remedy in line for remedy, line in zip(remedies, lines, strict=True))


def test_help_is_chinese_and_light(environment: dict[str, str]) -> None:
    code = "import sys; from assistant.cli import wengui; wengui(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True
    )
    text = done.stdout.decode()
    assert "回答一个问题" in text
    assert not [name for name in ("torch", "gradio", "chromadb", "jieba") if f"'{name}'" in text]
