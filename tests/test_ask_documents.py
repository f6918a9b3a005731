"""Answers over files or texts that are given with the question, and nothing stored."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import docx
import pytest

from assistant.over import OverTexts
from assistant.settings import Settings
from corpus.errors import InputError

WENGUI = Path(sys.executable).parent / "wengui"
RULES = "员工手册\n\n一、试用期\n\n新员工的试用期为六个月。\n\n二、年休假\n\n每名员工每年有年休假十二天。\n"
LIBRARY = "图书馆须知\n\n一、借阅\n\n读者每次最多借阅图书八本。\n"


@pytest.fixture
def run(tmp_path: Path) -> Any:
    environment = os.environ | {
        "WENGUI_DATA_FOLDER": str(tmp_path / "data"),
        "WENGUI_CACHE_FOLDER": str(tmp_path / "cache"),
        "WENGUI_EMBEDDER": "hashing",
    }

    def call(*arguments: str) -> Any:
        command = [str(WENGUI), "ask", *arguments]
        return subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, timeout=120, check=False
        )

    return call


def test_files_of_several_formats_answer_and_nothing_is_stored(run: Any, tmp_path: Path) -> None:
    (tmp_path / "手册.txt").write_text(RULES, encoding="utf-8")
    word = docx.Document()
    for line in LIBRARY.split("\n\n"):
        word.add_paragraph(line.strip())
    word.save(str(tmp_path / "须知.docx"))
    for question, quoted in (("试用期多长?", "六个月"), ("每次最多借阅几本图书?", "八本")):
        done = run(question, "--json", "--documents", "手册.txt", "须知.docx")
        assert done.returncode == 0, done.stderr.decode()
        answer = json.loads(done.stdout)
        assert answer["status"] == "answered"
        assert quoted in answer["answer"]
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["试用期多长?", "--documents", "没有.txt"], "打不开"),
        (["试用期多长?", "--documents", "空.txt"], "是空的"),
        (["试用期多长?", "--documents", "表.xyz"], "不认识文件"),
        (["试用期多长?", "手册.txt"], "--documents 之后"),
        (["--batch", "a", "--out", "b", "--documents", "空.txt"], "成批"),
    ],
)
def test_what_cannot_be_read_is_said(
    run: Any, tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "空.txt").write_text("", encoding="utf-8")
    (tmp_path / "表.xyz").write_text("a", encoding="utf-8")
    done = run(*arguments)
    assert done.returncode == 2
    assert message in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_batch_rows_with_texts_need_no_index(run: Any, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "a", "question": "年休假每年几天?", "documents": [RULES, LIBRARY]},
        {"id": "b", "question": "每次最多借阅几本图书?", "documents": [RULES, LIBRARY]},
        {"id": "c", "question": "年休假几天?", "documents": ["  "]},
        {"id": "d", "question": "年休假几天?", "documents": "不是列表"},
    ]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (tmp_path / "in.jsonl").write_text(lines, encoding="utf-8")
    assert run("--batch", "in.jsonl", "--out", "out.jsonl").returncode == 2
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert "十二天" in answers[0]["answer"]
    assert "八本" in answers[1]["answer"]
    assert answers[2] == {"id": "c", "line": 3, "error": "documents 的第 1 项是空的。"}
    assert "文本的列表" in answers[3]["error"]


def test_the_same_texts_are_embedded_once(hashing_settings: Settings) -> None:
    over = OverTexts(hashing_settings)
    first = over.assistant([RULES])
    assert over.assistant([RULES]) is first
    assert over.assistant([LIBRARY]) is not first
    assert over.assistant([RULES + LIBRARY]) is not over.assistant([RULES, LIBRARY])
    with pytest.raises(InputError, match="第 2 项是空的"):
        over.assistant([RULES, "\n"])


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("林云舟是哪里人?", "浙江澜溪人"),
        ("潮音鼓经是什么?", "记谱方法"),
        ("白石水槽在哪里?", "澜溪县北"),
    ],
)
def test_brief_questions_to_texts_that_are_no_plans_are_answered(
    settings: Settings, question: str, part: str
) -> None:
    """Who asks a plan so briefly does not say of what; an article is about what is named."""
    texts = (
        "林云舟(1931年—1998年),浙江澜溪人,植物学家。他研究苔藓四十年,著有《江南苔藓》。",
        "潮音鼓经是一种打击乐的记谱方法,以汉字的声音模拟鼓声。今天只有少数艺人还用它。",
        "白石水槽是澜溪县北的一处公园,以岩画闻名。每年约有三万人前来攀岩。",
    )
    answer = OverTexts(settings).assistant(texts).answer(question)
    assert answer.status == "answered"
    assert part in answer.first_line
