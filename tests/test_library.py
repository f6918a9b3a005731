"""The library of documents, through its commands."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from assistant.cli import wengui
from assistant.pipeline import open_assistant
from assistant.settings import Settings
from corpus.errors import DocumentError
from corpus.library import Library, plans
from index.build import build_index

LAW = "# 某市学前教育条例\n\n{date} 某市人民代表大会常务委员会通过\n\n第一条 为了促进学前教育，制定本条例。\n\n第二条 幼儿园应当配备不少于{count}名保安人员。\n"
Run = Callable[..., Result]


@pytest.fixture
def library_settings(tmp_path: Path) -> Settings:
    return Settings(
        data_folder=tmp_path / "data", cache_folder=tmp_path / "cache", embedder="hashing"
    )


@pytest.fixture
def run(library_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("WENGUI_DATA_FOLDER", str(library_settings.data_folder))
    monkeypatch.setenv("WENGUI_CACHE_FOLDER", str(library_settings.cache_folder))
    monkeypatch.setenv("WENGUI_EMBEDDER", "hashing")
    return lambda *arguments: CliRunner().invoke(wengui, [str(a) for a in arguments])


def law(folder: Path, name: str, date: str, count: int) -> Path:
    path = folder / name
    path.write_text(LAW.format(date=date, count=count), encoding="utf-8")
    return path


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_plan_is_there_by_default(run: Run) -> None:
    listed = json.loads(run("corpus", "list", "--json").stdout)["documents"]
    assert [row["document_id"] for row in listed] == ["wanzhou-education-2021-2025"]


def test_adding_twice_changes_nothing(run: Run, library_settings: Settings, tmp_path: Path) -> None:
    path = law(tmp_path, "a.md", "2012年3月1日", 2)
    assert "已添加:某市学前教育条例-2012-03-01" in run("corpus", "add", path).stdout
    before = everything(library_settings.library_folder)
    copy = tmp_path / "copy.md"
    copy.write_bytes(path.read_bytes())
    assert "已在库中" in run("corpus", "add", copy).stdout
    assert everything(library_settings.library_folder) == before


def test_two_versions_stand_side_by_side(run: Run, tmp_path: Path) -> None:
    law(tmp_path, "a.md", "2012年3月1日", 2)
    law(tmp_path, "b.md", "2021年6月1日", 3)
    run("corpus", "add", tmp_path)
    rows = json.loads(run("corpus", "list", "--json").stdout)["documents"][1:]
    assert [(row["title"], row["date"]) for row in rows] == [
        ("某市学前教育条例", "2012-03-01"), ("某市学前教育条例", "2021-06-01"),
    ]  # fmt: skip
    assert rows[0]["issuer"] == "某市人民代表大会常务委员会"
    shown = run("corpus", "show", rows[1]["document_id"]).stdout
    assert "第二条" in shown


def test_added_documents_answer_after_a_build(
    run: Run, library_settings: Settings, tmp_path: Path
) -> None:
    run("corpus", "add", law(tmp_path, "a.md", "2012年3月1日", 2))
    documents = Library(library_settings.library_folder).documents()
    build_index(library_settings.index, documents)
    answer = open_assistant(library_settings).answer("幼儿园应当配备多少名保安人员?")
    assert "2名" in answer.first_line
    assert answer.citations[0].document_id == "某市学前教育条例-2012-03-01"
    assert run("corpus", "remove", "某市学前教育条例-2012-03-01").exit_code == 0
    assert len(Library(library_settings.library_folder).documents()) == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "", "no-such", "a/b"])
def test_unknown_ids_are_named(run: Run, name: str) -> None:
    for command in ("show", "remove"):
        result = run("corpus", command, name)
        assert isinstance(result.exception, DocumentError)
        assert "文件库里没有" in str(result.exception)


def test_the_plan_cannot_be_removed(run: Run) -> None:
    result = run("corpus", "remove", plans()[0].document_id)
    assert "不能移除" in str(result.exception)


def test_a_title_cannot_lead_out_of_the_library(
    run: Run, library_settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "..evil.md"
    path.write_text("# ../../../tmp/evil条例\n\n第一条 内容。\n", encoding="utf-8")
    assert run("corpus", "add", path).exit_code == 0
    (made,) = library_settings.library_folder.iterdir()
    assert made.parent == library_settings.library_folder
    assert made.name == "tmp-evil条例"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b""),
        ("a.txt", bytes(range(256)) * 9),
        ("a.docx", b"PK\x03\x04x"),
        ("a.pdf", b"%PDF-1.4 x"),
        ("a.exe", b"MZ"),
    ],
)
def test_a_bad_file_leaves_nothing_behind(
    run: Run, library_settings: Settings, tmp_path: Path, name: str, content: bytes
) -> None:
    good = law(tmp_path, "good.md", "2012年3月1日", 2)
    bad = tmp_path / name
    bad.write_bytes(content)
    result = run("corpus", "add", bad, good)
    assert isinstance(result.exception, DocumentError)
    assert name in str(result.exception)
    assert [p.name for p in library_settings.library_folder.iterdir()] == [
        "某市学前教育条例-2012-03-01"
    ]


def test_a_document_without_a_heading_is_one_section(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("关于放假的说明。\n按上级要求执行,共5天。", encoding="utf-8")
    run("corpus", "add", path)
    outline = json.loads(run("corpus", "show", "note", "--json").stdout)["outline"]
    assert [section["kind"] for section in outline] == ["preamble"]


def test_a_damaged_entry_is_named(run: Run, library_settings: Settings, tmp_path: Path) -> None:
    run("corpus", "add", law(tmp_path, "a.md", "2012年3月1日", 2))
    source = next(library_settings.library_folder.glob("*/source.json"))
    source.write_text("{", encoding="utf-8")
    assert "wengui corpus remove" in str(run("corpus", "list").exception)


def test_repairs_are_listed(run: Run) -> None:
    shown = run("corpus", "show", plans()[0].document_id, "--repairs").stdout
    assert "文号右括号丢失:“”→“〕”" in shown
    repairs = json.loads(
        run("corpus", "show", plans()[0].document_id, "--repairs", "--json").stdout
    )["repairs"]
    brackets = [r for r in repairs if (r["before"], r["after"]) == ("(%", "(%)")]
    assert len(brackets) == 6


def test_an_empty_folder_is_named(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    assert "没有可以添加的文件" in str(run("corpus", "add", folder).exception)


def test_targets_in_four_shapes(run: Run, tmp_path: Path) -> None:
    records = json.loads(run("targets", "高中阶段毛入学率", "--json").stdout)["targets"]
    assert len(records) == 1
    record = records[0]
    assert (record["baseline"], record["target"], record["unit"]) == (97.1, 98.5, "%")
    assert record["section_id"] == "2.3.table1.r12"
    plan = plans()[0]
    assert record["quote"] == plan.text[record["start"] : record["end"]]
    table = run("targets", "高中阶段毛入学率", "--csv").stdout.splitlines()
    assert table[0].startswith("指标,分类,基期值")
    assert "97.1" in table[1]
    assert run("targets", "高中阶段毛入学率", "--xlsx", tmp_path / "a.xlsx").exit_code == 0
    sheet = load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert [cell.value for cell in sheet[2]][:3] == ["高中阶段毛入学率", "高中阶段教育", 97.1]
    assert "98.5%" in run("targets", "高中阶段毛入学率").stdout
    assert "没有与" in run("targets", "火锅").stdout
    assert "写不进去" in str(run("targets", "--xlsx", tmp_path / "no" / "a.xlsx").exception)


def test_check_quotes_both_places(run: Run) -> None:
    findings = json.loads(run("check", "--json").stdout)["findings"]
    plan = plans()[0]
    assert len(findings) == 7
    for finding in findings:
        for place in finding["places"]:
            assert place["quote"] == plan.text[place["start"] : place["end"]]
    assert "疑为同一单位" in run("check").stdout
