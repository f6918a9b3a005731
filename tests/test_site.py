"""What the page stands on: feedback, the door for the staff, figures, search, citations, reports."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from assistant.citing import checked_numbers, citation_text
from assistant.cli import wengui
from assistant.feedback import MAX_COMMENT, REASONS, Feedback, FeedbackStore
from assistant.pipeline import Assistant
from assistant.reports import list_reports, read_report
from assistant.service import make_api
from assistant.site import Site
from assistant.staff import COOKIE, Staff
from assistant.types import Answer, Claim, Turn
from corpus.errors import FeedbackError, InputError
from corpus.find import find
from corpus.pieces import pieces
from corpus.target_records import Choice, Entry, as_csv, as_xlsx, entries_of
from corpus.types import Document, Span
from evals import feedback as evals_feedback

ANSWER = Answer(question="厕所?", standalone_question="厕所?", text="规划里没有写这件事。")


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path / "deep" / "feedback.sqlite3")


def test_feedback_comes_back_and_a_second_word_replaces_the_first(store: FeedbackStore) -> None:
    history = [Turn("user", "一"), Turn("assistant", "二")]
    store.save(Feedback(id="a", verdict="up", answer=ANSWER, history=history))
    store.save(Feedback(id="b", verdict="down", reason="该拒答", comment="“引号”", answer=ANSWER))
    store.save(Feedback(id="a", verdict="down", reason="看不懂", answer=ANSWER))
    rows = {row["id"]: row for row in map(json.loads, store.export().splitlines())}
    assert [rows[key]["reason"] for key in "ab"] == ["看不懂", "该拒答"]
    assert rows["a"]["history"] == [
        {"role": "user", "content": "一"},
        {"role": "assistant", "content": "二"},
    ]
    assert rows["b"]["comment"] == "“引号”"
    assert rows["b"]["answer"] == ANSWER.text


def test_feedback_without_a_reason_or_place_is_refused(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / "feedback.sqlite3")
    with pytest.raises(InputError, match="请选一个原因"):
        store.save(Feedback(id="a", verdict="down", answer=ANSWER))
    long = "长" * (MAX_COMMENT + 1)
    with pytest.raises(InputError, match="501 个字"):
        store.save(Feedback(id="a", verdict="up", answer=ANSWER, comment=long))
    assert store.export() == ""
    (tmp_path / "file").write_text("")
    with pytest.raises(FeedbackError, match="不能使用"):
        FeedbackStore(tmp_path / "file" / "feedback.sqlite3").export()


def test_feedback_survives_a_kill_after_it_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "feedback.sqlite3"
    program = (
        "import sys, time; from pathlib import Path; from tests.test_site import ANSWER\n"
        "from assistant.feedback import Feedback, FeedbackStore\n"
        "FeedbackStore(Path(sys.argv[1])).save(Feedback(id='a', verdict='up', answer=ANSWER))\n"
        "print('kept', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"kept\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert [row["id"] for row in FeedbackStore(path).rows()] == ["a"]


def test_exported_feedback_becomes_candidate_questions(tmp_path: Path) -> None:
    assert set(REASONS) == set(evals_feedback.REASONS)
    store = FeedbackStore(tmp_path / "feedback.sqlite3")
    store.save(Feedback(id="a", verdict="down", reason="该拒答", answer=ANSWER))
    out, questions = tmp_path / "out.jsonl", tmp_path / "questions.jsonl"
    environment = {"WENGUI_DATA_FOLDER": str(tmp_path)}
    done = CliRunner().invoke(wengui, ["feedback", str(out)], env=environment)
    assert (done.exit_code, done.output) == (0, f"已写入 {out}:1 条反馈。\n")
    assert evals_feedback.convert(out, questions) == 1
    assert json.loads(questions.read_text(encoding="utf-8"))["answerable"] is False
    bad = CliRunner().invoke(wengui, ["feedback", str(tmp_path)], env=environment)
    assert isinstance(bad.exception, InputError)


def sign_in(staff: Staff, password: str) -> str | None:
    """The token for a password; in a thread of its own, for the browser's loop may run in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(staff.sign_in(password))).result()


def test_the_door() -> None:
    staff = Staff("芝麻开门")
    assert Staff().admits(None)
    assert not staff.admits(None)
    started = time.monotonic()
    assert sign_in(staff, "芝麻") is None
    assert time.monotonic() - started >= 1
    token = sign_in(staff, "芝麻开门")
    assert staff.admits(token)
    assert not staff.admits("")
    staff.sign_out(token)
    assert not staff.admits(token)
    assert sign_in(Staff(), "") is None


def test_signing_in_over_http(site: Site) -> None:
    client = TestClient(make_api(replace(site, staff=Staff("口令"))), follow_redirects=False)
    assert client.get("/api/feedback").status_code == 401
    wrong = client.post("/staff/sign-in?tab=evaluation", data={"password": "不对"})
    assert wrong.headers["location"] == "/?tab=evaluation&wrong=1"
    right = client.post("/staff/sign-in?tab=https://x", data={"password": "口令"})
    assert right.headers["location"].startswith("/?tab=")
    cookie = right.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/api/feedback").status_code == 200
    client.cookies.clear()
    client.cookies.set(COOKIE, "made-up")
    assert client.get("/api/feedback").status_code == 401


def test_an_unset_password_is_said(tmp_path: Path) -> None:
    done = CliRunner().invoke(wengui, ["serve", "--staff-password-env", "NOT_SET_ANYWHERE"])
    assert "环境变量 NOT_SET_ANYWHERE 没有值" in str(done.exception)


def test_targets_over_http(site: Site, plan: Document) -> None:
    client = TestClient(make_api(site))
    rows = client.get("/api/targets", params={"q": "gzjd mrxl", "kind": "目标"}).json()["targets"]
    assert [(row["name"], row["target"], row["change"]) for row in rows] == [
        ("高中阶段毛入学率", 98.5, 1.4)
    ]
    span = Span(rows[0]["start"], rows[0]["end"])
    assert rows[0]["quote"] == plan.quote(span)
    everything = client.get("/api/targets").json()["targets"]
    assert len(everything) == len(entries_of([plan]))
    for field, value in {"year": 2025, "bound": "约", "area": "高等教育"}.items():
        some = client.get("/api/targets", params={field: str(value)}).json()["targets"]
        assert 0 < len(some) < len(everything)
    sheet = client.get("/api/targets", params={"q": "普通话", "format": "xlsx"})
    assert openpyxl.load_workbook(BytesIO(sheet.content)).worksheets[0].cell(2, 5).value == 85
    assert client.get("/api/targets", params={"kind": "别的"}).status_code == 422


def test_a_section_over_http(site: Site, plan: Document) -> None:
    client = TestClient(make_api(site))
    address = f"/api/documents/{plan.document_id}/sections"
    section = client.get(f"{address}/3.2.2").json()
    assert section["name"] == "2.促进义务教育优质均衡发展"
    sentences = [s for paragraph in section["paragraphs"] for s in paragraph["sentences"]]
    assert [s["number"] for s in sentences] == list(range(1, len(sentences) + 1))
    assert all(plan.text[s["start"] : s["end"]] == s["text"] for s in sentences)
    assert sentences[3]["link"] == f"/?document={plan.document_id}&section=3.2.2&s=4"
    assert client.get(f"{address}/2.3").json()["children"][-1]["section_id"] == "2.3.table1"
    assert "没有 9.9 这一节" in client.get(f"{address}/9.9").json()["error"]
    missing = client.get("/api/documents/x/sections/1")
    assert (missing.status_code, "没有文件 x" in missing.json()["error"]) == (400, True)


def test_words_of_a_document_are_never_a_formula(plan: Document) -> None:
    entry = entries_of([plan])[0]
    evil = Entry(document=plan, target=replace(entry.target, indicator="=1+1", category=""))
    assert as_csv([evil]).splitlines()[1].startswith("'=1+1")
    cell = openpyxl.load_workbook(BytesIO(as_xlsx([evil]))).worksheets[0].cell(2, 1)
    assert (cell.value, cell.data_type) == ("'=1+1", "s")


def test_change_and_initials(plan: Document) -> None:
    entries = entries_of([plan])
    fits = [e for e in entries if e.fits(Choice(keyword="ptgzzxxss"))]
    assert [(e.target.name, e.change) for e in fits] == [
        ("普通高中在校学生数", Decimal("3.3") - Decimal("3.57"))
    ]
    assert all(e.change is None for e in entries if e.target.kind == "现状")


def test_find_folds_and_points(plan: Document) -> None:
    found = list(find(plan, "二０二五年"))
    assert found == list(find(plan, "二0二五年"))
    for each in find(plan, "義務教育"):
        assert plan.quote(each.words) == "义务教育"
        assert each.words in each.sentence
    assert list(find(plan, "  ")) == []


def test_pieces_show_what_display_shows(plan: Document) -> None:
    for paragraph in plan.paragraphs:
        joined = "".join(piece.text for piece in pieces(plan, paragraph.span))
        assert " ".join(joined.split()) == plan.display(paragraph.span)
    shown = [
        p.repair for section in plan.paragraphs for p in pieces(plan, section.span) if p.repair
    ]
    assert {repair.rule for repair in shown} >= {"单位右括号丢失", "句末句号丢失"}


def test_a_citation_is_ready_to_paste(plan: Document) -> None:
    span = plan.paragraphs_of("3.8.2")[0].sentences[0]
    assert citation_text(plan, plan.address("3.8.2"), span) == (
        f"“{plan.quote(span)}”——《重庆市万州区教育事业发展“十四五”规划(2021—2025年)》,"
        "万州区教委,2022-04-02发布,三、重点任务 › (八)实施教育助力乡村振兴工程 › 2.提升语言文字工作水平。"
    )


def test_checked_numbers_are_those_that_stand_in_the_quotes(hashing_assistant: Assistant) -> None:
    answer = hashing_assistant.answer("高中阶段毛入学率2025年目标是多少?")
    documents = hashing_assistant.documents
    checked = checked_numbers(answer, documents)
    assert (set(checked.quoted), checked.computed) == ({"97.1", "98.5", "2020", "2025"}, ())
    lie = Claim(text="98.5%,提高1.4个百分点,共77所", citations=(1,), kind="computed")
    checked = checked_numbers(replace(answer, claims=(lie,)), documents)
    assert (checked.quoted, checked.computed) == (("98.5",), ("1.4", "77"))
    quoted = replace(answer, claims=(replace(lie, kind="quoted"),))
    assert checked_numbers(quoted, documents).computed == ()


def test_reports(site: Site, tmp_path: Path) -> None:
    report = read_report(site.results_folder / "wengui-dev.json")
    assert report.overall[0].label == "答对"
    assert len(report.failed) == round(report.questions * (1 - report.overall[0].mean))
    text = (site.results_folder / "wengui-dev.json").read_text(encoding="utf-8")
    fields = json.loads(text)
    for name, system, date in (
        ("a", "bm25", "2026-01-02"),
        ("b", "wengui", "2026-01-02"),
        ("c", "dense", "2026-01-03"),
    ):
        content = json.dumps(fields | {"system": system, "date": date})
        (tmp_path / f"{name}.json").write_text(content, encoding="utf-8")
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    assert [each.name for each in list_reports(tmp_path)] == ["c", "b", "a"]
    with pytest.raises(InputError, match="不是评测报告"):
        read_report(tmp_path / "other.json")
