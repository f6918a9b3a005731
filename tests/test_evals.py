"""The measurement: its numbers by hand and against other implementations, and that it catches what is broken."""

import json
import math
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from scipy.stats import permutation_test

from assistant.cli import wengui
from assistant.compose import compose_refusal
from assistant.pipeline import Assistant
from assistant.refusals import NOT_FOUND
from assistant.settings import Settings
from assistant.types import Answer, Refusal, Turn
from corpus.errors import InputError
from corpus.types import BODY_KINDS, Document
from evals.answers import citation_scores, has_wrong_number, holds, is_correct
from evals.compare import compare
from evals.external import (
    character_f1,
    load_beir,
    load_rgb,
    load_squad,
)
from evals.feedback import candidates
from evals.gate import failures, load_floor
from evals.questions import EvalQuestion, load_questions, locate
from evals.report import render
from evals.retrieval import measure
from evals.run import (
    Outcome,
    evaluate,
    evaluate_one,
    make_report,
    one_by_one,
    risk_coverage,
    summarise,
)
from evals.significance import estimate, randomisation_test
from evals.systems import AssistantSystem, Lexical, Tutorial
from evals.workers import evaluate_apart
from index.embedders.hashing import HashingEmbedder
from index.types import Hit, Passage

# --- the sets -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["dev", "test"])
def test_every_gold_quote_stands_in_the_plan(name: str, plan: Document) -> None:
    sections = {section.section_id for section in plan.sections}
    for question in load_questions(name):
        assert len(locate(question, [plan])) == len(question.evidence)
        assert set(question.sections) <= sections
        assert question.split == name
        assert bool(question.refusal) != question.answerable


def test_the_sets_are_large_and_cover_the_plan(plan: Document) -> None:
    questions = [*load_questions("dev"), *load_questions("test")]
    assert len(questions) >= 300
    assert sum(not question.answerable for question in questions) >= 70
    assert sum(question.false_premise for question in questions) >= 15
    asked = {section for question in questions for section in question.sections}
    for section in plan.sections:
        if section.kind in BODY_KINDS - {"figure"} and plan.paragraphs_of(section.section_id):
            mine = section.section_id
            assert any(a == mine or a.startswith(f"{mine}.") for a in asked), mine
    styles = {question.style for question in questions}
    assert {"plain", "colloquial", "traditional", "english", "typo", "keywords", "polite"} <= styles


def pairs(text: str) -> set[str]:
    return {a + b for a, b in pairwise(text)}


def test_no_test_question_has_a_near_twin_in_dev() -> None:
    dev = [(q.id, pairs(q.question)) for q in load_questions("dev") if not q.history]
    for question in load_questions("test"):
        own = pairs(question.question)
        if question.history or len(own) < 6:
            continue
        closest = max(len(own & other) / len(own | other) for _, other in dev if other)
        assert closest < 0.75, question.question


BROKEN_ROWS = [
    ('{"id": "a", "question": "x"}\n{"id": ', "第 2 行"),
    ('{"id": "a"}', "第 1 行:缺少 question"),
    ('{"question": "x"}', "缺少 id"),
    ('{"id": "a", "question": "x"}\n{"id": "a", "question": "y"}', "第 2 行:id a 重复"),
    ('{"id": "a", "question": "x", "must": "y"}', "must 应是文字的列表"),
    ('{"id": "a", "question": "x", "refusal": "because"}', "refusal 应为"),
    ('{"id": "a", "question": "x", "history": [{"role": "robot"}]}', "history"),
    ("[1]", "应是一个 JSON 对象"),
    ("", "没有问题"),
]


@pytest.mark.parametrize(("text", "message"), BROKEN_ROWS)
def test_a_broken_row_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_questions(str(path))


def test_sets_in_csv_and_xlsx(tmp_path: Path) -> None:
    rows = [
        ["id", "question", "must", "answerable", "refusal"],
        ["a", "普及率?", "85%;2025年", "是", ""],
        ["b", "电话?", "", "否", "not_in_plan"],
    ]
    table = tmp_path / "set.csv"
    table.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8-sig")
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for row in rows:
        sheet.append(row)
    workbook.save(tmp_path / "set.xlsx")
    for name in ("set.csv", "set.xlsx"):
        first, second = load_questions(str(tmp_path / name))
        assert (first.must, first.answerable) == (("85%", "2025年"), True)
        assert (second.answerable, second.refusal) == (False, "not_in_plan")
    with pytest.raises(InputError, match="应是 dev"):
        load_questions("set.docx")
    with pytest.raises(InputError, match="读不出来"):
        load_questions(str(tmp_path / "none.csv"))


def test_a_quote_that_is_nowhere_is_named(plan: Document) -> None:
    question = EvalQuestion(id="a", question="x", evidence=(("没有这句话",),))
    with pytest.raises(InputError, match="a 的依据"):
        locate(question, [plan])


# --- metrics by hand and against others ---------------------------------------------------------------


def by_formula(qrels: dict[str, int], ranking: dict[str, float]) -> dict[str, float]:
    """The measures written out anew."""
    ranked = sorted(ranking, key=lambda item: -ranking[item])
    gains = [float(item in qrels) for item in ranked]
    first = next((rank for rank, gain in enumerate(gains[:10], start=1) if gain), None)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(qrels), 10) + 1))
    return {
        "success@1": float(sum(gains[:1]) > 0),
        "success@5": float(sum(gains[:5]) > 0),
        "recall@5": sum(gains[:5]) / len(qrels),
        "recall@10": sum(gains[:10]) / len(qrels),
        "rr": 1 / first if first else 0.0,
        "ndcg@10": sum(g / math.log2(r + 1) for r, g in enumerate(gains[:10], start=1)) / ideal,
    }


@given(
    st.permutations([f"p{n}" for n in range(14)]),
    st.sets(st.sampled_from([f"p{n}" for n in range(18)]), min_size=1, max_size=5),
)
def test_retrieval_measures_on_random_runs(order: list[str], relevant: set[str]) -> None:
    ranking = {item: float(-rank) for rank, item in enumerate(order)}
    qrels = dict.fromkeys(relevant, 1)
    found, expected = measure(qrels, ranking), by_formula(qrels, ranking)
    assert all(0 <= value <= 1 for value in found.values())
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-6)


def test_retrieval_measures_by_hand() -> None:
    found = measure({"b": 1, "e": 1}, {"a": 3.0, "b": 2.0, "c": 1.0})
    assert found["success@1"] == 0
    assert found["success@5"] == 1
    assert found["recall@5"] == 1 / 2
    assert found["rr"] == 1 / 2
    assert found["ndcg@10"] == pytest.approx(
        (1 / math.log2(3)) / (1 / math.log2(2) + 1 / math.log2(3))
    )
    assert set(measure({}, {"a": 1.0}).values()) == {0.0}
    assert set(measure({"a": 1}, {}).values()) == {0.0}


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("到2025年建成15所。", "15所", True), ("115所", "15所", False), ("15.5%", "15", False), ("目标98.5%", "98.5", True),
        ("1,925 套", "1925套", True), ("８５％以上", "85%", True), ("三所", "3所|三所", True), ("义務", "义务", True),
        ("15人", "15所", False), ("", "a", False), ("12。", "12", True), ("12", "2", False),
    ],
)  # fmt: skip
def test_what_an_answer_holds(text: str, wanted: str, found: bool) -> None:
    assert holds(text, wanted) is found


def test_character_f1_by_hand() -> None:
    assert character_f1("甲乙丙丁", "乙丙") == pytest.approx(
        2 * (2 / 4) * (2 / 2) / (2 / 4 + 2 / 2), abs=1e-6
    )
    assert character_f1("甲", "乙") == 0
    assert character_f1("“甲乙”。", "甲乙") == 1


def test_the_interval_of_a_mean() -> None:
    values = [1.0] * 80 + [0.0] * 20
    found = estimate(values)
    margin = 1.96 * math.sqrt(0.8 * 0.2 / 100)
    assert found.mean == 0.8
    assert found.low == pytest.approx(0.8 - margin, abs=0.02)
    assert found.high == pytest.approx(0.8 + margin, abs=0.02)
    assert estimate(values) == found
    assert estimate([1.0] * 60).low == pytest.approx(1 - 3 / 60)
    assert estimate([0.0] * 60).high == pytest.approx(3 / 60)
    assert estimate([]).n == 0


def test_the_randomisation_test_agrees_with_scipy() -> None:
    generator = np.random.default_rng(7)
    before = generator.integers(0, 2, 60).astype(float)
    after = np.clip(before + (generator.random(60) < 0.2), 0, 1)
    ours = randomisation_test(list(before), list(after))
    theirs = permutation_test(
        (after, before),
        lambda a, b: np.mean(a - b),
        permutation_type="samples",
        n_resamples=20_000,
        rng=1,
    ).pvalue
    assert ours == pytest.approx(float(theirs), abs=0.01)
    assert randomisation_test([1, 0, 1], [1, 0, 1]) == 1.0
    with pytest.raises(ValueError, match="1 values against 2"):
        randomisation_test([1], [1, 0])


def outcome(name: str, *, correct: float, confidence: float, answerable: bool = True) -> Outcome:
    return Outcome(
        id=name, kind="policy", style="plain", question=name, answerable=answerable, status="answered", reason=None,
        first_line="", sections=(), confidence=confidence, milliseconds=1.0, values={"correct": correct},
    )  # fmt: skip


def test_risk_and_coverage_by_hand() -> None:
    outcomes = [
        outcome("a", correct=1, confidence=0.9),
        outcome("b", correct=0, confidence=0.5),
        outcome("c", correct=1, confidence=0.7),
    ]
    assert risk_coverage(outcomes) == [(1 / 3, 0.0), (2 / 3, 0.0), (1.0, pytest.approx(1 / 3))]


def test_comparison_names_what_changed() -> None:
    def report(values: dict[str, float]) -> dict[str, Any]:
        return {
            "outcomes": [
                {"id": n, "question": f"问{n}", "values": {"correct": v, "false_refusal": 1 - v}}
                for n, v in values.items()
            ]
        }

    before = {f"q{n}": 0.0 for n in range(12)} | {"x": 1.0, "y": 0.0}
    after = {f"q{n}": 1.0 for n in range(12)} | {"x": 0.0, "y": 0.0}
    found = compare(report(before), report(after))
    assert found.worse == (("x", "问x"),)
    assert len(found.better) == 12
    assert {change.metric: change.verdict for change in found.changes} == {
        "correct": "变好",
        "false_refusal": "变好",
    }
    assert all(
        change.verdict == "无显著差别" for change in compare(report(before), report(before)).changes
    )
    with pytest.raises(InputError, match="没有共同的问题"):
        compare(report({"a": 1}), report({"b": 1}))


def test_the_gate(tmp_path: Path) -> None:
    report = {"metrics": {"correct": {"mean": 0.8}, "false_refusal": {"mean": 0.2}}}
    assert failures(report, {"correct": 0.8, "false_refusal": 0.2}) == []
    assert len(failures(report, {"correct": 0.81, "false_refusal": 0.19, "none": 1})) == 3
    broken = tmp_path / "floor.json"
    broken.write_text("[1]", encoding="utf-8")
    with pytest.raises(InputError, match="底线文件"):
        load_floor(broken)


# --- broken assistants are caught --------------------------------------------------------------------


class Broken(AssistantSystem):
    """The assistant with one fault."""

    def __init__(self, assistant: Assistant, fault: str) -> None:
        super().__init__(assistant)
        self.fault = fault

    def search(self, query: str, *, k: int) -> Sequence[Hit]:
        if self.fault != "first passage":
            return super().search(query, k=k)
        return tuple(
            Hit(passage=p, score=1.0, rank=n) for n, p in enumerate(self.passages[:k], start=1)
        )

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        answer = super().answer(question, history)
        if self.fault == "refusal":
            return compose_refusal(self.assistant.read(question), NOT_FOUND, ())
        if self.fault == "slow":
            time.sleep(0.5)
        if self.fault == "failure":
            raise RuntimeError("broken")
        if self.fault == "wrong unit":
            return replace(answer, text=answer.text.replace("%", "所").replace("85所", "86%"))
        if self.fault == "wrong section":
            moved = tuple(
                replace(c, section_id="4.5", address="四、规划实施保障") for c in answer.citations
            )
            return replace(answer, citations=moved)
        return answer


QUESTION = EvalQuestion(
    id="q", question="普通话普及率要达到多少?", kind="text_figure", sections=("3.8.2",), must=("85%",),
    evidence=(("力争到2025年实现我区普通话普及率达到85%以上",),),
)  # fmt: skip
UNANSWERABLE = EvalQuestion(
    id="n",
    question="开州区有多少所小学?",
    kind="unanswerable",
    answerable=False,
    refusal="out_of_scope",
)


@pytest.mark.parametrize(
    ("fault", "question", "caught"),
    [
        ("none", QUESTION, {"correct": 1, "wrong_number": 0, "sound": 1, "section_cited": 1, "false_refusal": 0, "passage_success@1": 1}),
        ("first passage", QUESTION, {"passage_success@1": 0, "section_success@5": 0, "passage_rr": 0}),
        ("refusal", QUESTION, {"correct": 0, "false_refusal": 1, "section_cited": 0}),
        ("refusal", UNANSWERABLE, {"correct": 1, "refused": 1, "reason_right": 0}),
        ("none", UNANSWERABLE, {"correct": 1, "refused": 1, "reason_right": 1}),
        ("wrong section", QUESTION, {"correct": 1, "sound": 0, "section_cited": 0}),
        ("wrong unit", QUESTION, {"correct": 0, "wrong_number": 1}),
        ("failure", QUESTION, {"correct": 0, "sound": 0, "false_refusal": 1}),
        ("failure", UNANSWERABLE, {"correct": 0, "refused": 0}),
    ],
)  # fmt: skip
def test_a_fault_is_caught_by_its_metric(
    hashing_assistant: Assistant, fault: str, question: EvalQuestion, caught: dict[str, float]
) -> None:
    values = evaluate_one(Broken(hashing_assistant, fault), question).values
    assert {name: values[name] for name in caught} == caught


def test_a_question_that_takes_too_long_counts_nothing(hashing_assistant: Assistant) -> None:
    outcome = evaluate_one(Broken(hashing_assistant, "slow"), QUESTION, timeout_seconds=0.05)
    assert outcome.status == "failed"
    assert "within 0.05 s" in (outcome.error or "")
    assert outcome.values["correct"] == 0


def test_an_answer_to_the_unanswerable_is_wrong(hashing_assistant: Assistant) -> None:
    answer = hashing_assistant.answer(QUESTION.question)
    assert not is_correct(UNANSWERABLE, answer)
    assert not has_wrong_number(UNANSWERABLE, answer)
    assert (
        citation_scores(QUESTION, replace(answer, citations=()), [[]])["citation_precision_span"]
        == 0
    )


# --- runs ---------------------------------------------------------------------------------------------


def test_a_stopped_run_goes_on(hashing_assistant: Assistant, tmp_path: Path) -> None:
    questions = load_questions("dev")[:8]
    partial = tmp_path / "partial.jsonl"
    system = AssistantSystem(hashing_assistant)
    evaluate(one_by_one(system), questions[:5], partial)
    with partial.open("a", encoding="utf-8") as stream:
        stream.write('{"id": "dev-006", "que')  # killed while writing
    asked: list[str] = []

    def progress(outcomes: Any, total: int) -> Any:
        for outcome in outcomes:
            asked.append(outcome.id)
            yield outcome
        assert total == len(asked)

    partial.write_text(
        "\n".join(partial.read_text(encoding="utf-8").splitlines()[:5]) + "\n", encoding="utf-8"
    )
    outcomes = evaluate(one_by_one(system), questions, partial, progress)
    assert asked == [question.id for question in questions[5:]]
    assert [o.id for o in outcomes] == [q.id for q in questions]


class Refusing:
    """A system without documents that refuses whatever it is asked, and says in which process."""

    name = "refusing"

    def __init__(self) -> None:
        self.documents: Mapping[str, Document] = {}
        self.passages: Sequence[Passage] = ()

    def search(self, query: str, *, k: int) -> tuple[()]:
        return ()

    def answer(self, question: str, history: object = ()) -> Answer:
        message = str(os.getpid())
        return Answer(
            question=question,
            standalone_question=question,
            text=message,
            refusal=Refusal(reason="not_in_plan", message=message),
        )


def test_several_processes_evaluate_in_order() -> None:
    questions = [q for q in load_questions("dev") if not q.answerable][:12]
    outcomes = list(evaluate_apart(Refusing, questions, 2))
    assert [o.id for o in outcomes] == [q.id for q in questions]
    assert {o.status for o in outcomes} == {"refused"}
    assert str(os.getpid()) not in {o.first_line for o in outcomes}


def test_the_baselines_answer_everything(hashing_assistant: Assistant) -> None:
    for system in (
        Lexical(hashing_assistant),
        Tutorial(hashing_assistant.documents, HashingEmbedder()),
    ):
        values = evaluate_one(system, QUESTION).values
        assert values["false_refusal"] == 0
        assert values["passage_success@5"] == 1


def test_a_report_opens_offline(hashing_assistant: Assistant, tmp_path: Path) -> None:
    system = AssistantSystem(hashing_assistant)
    outcomes = [evaluate_one(system, question) for question in (QUESTION, UNANSWERABLE)]
    html = render(make_report(system, "<b>set</b>", outcomes, {"index": {}}))
    assert "<b>set" not in html
    assert "http" not in html.replace("http-equiv", "")
    assert "答对" in html
    assert "<svg" in html
    assert summarise(outcomes)["correct"].mean == 1


def test_commands_from_run_to_gate(
    hashing_settings: Settings,
    hashing_assistant: Assistant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (
        ("DATA_FOLDER", hashing_settings.data_folder),
        ("CACHE_FOLDER", hashing_settings.cache_folder),
        ("EMBEDDER", "hashing"),
    ):
        monkeypatch.setenv(f"WENGUI_{name}", str(value))
    own = tmp_path / "own.jsonl"
    own.write_text(
        json.dumps({"id": "a", "question": "普通话普及率要达到多少?", "must": ["85%"]}),
        encoding="utf-8",
    )
    result = tmp_path / "result.json"

    def call(*arguments: str | Path) -> Any:
        return CliRunner().invoke(wengui, ["eval", *map(str, arguments)])

    assert "correct" in call("run", "--set", own, "--out", result).stdout
    assert call("compare", result, result).exit_code == 0
    assert call("report", result).exit_code == 0
    assert result.with_suffix(".html").is_file()
    floor = tmp_path / "floor.json"
    floor.write_text('{"correct": 1.0}', encoding="utf-8")
    assert call("gate", result, "--floor", floor).exit_code == 0
    floor.write_text('{"false_refusal": -1}', encoding="utf-8")
    assert call("gate", result, "--floor", floor).exit_code == 1
    assert "不是评测结果" in str(call("report", own).exception)


# --- others' questions ----------------------------------------------------------------------------------


def test_squad_beir_and_rgb_files(
    tmp_path: Path, hashing_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("DATA_FOLDER", hashing_settings.data_folder),
        ("CACHE_FOLDER", hashing_settings.cache_folder),
        ("EMBEDDER", "hashing"),
    ):
        monkeypatch.setenv(f"WENGUI_{name}", str(value))
    texts = ["长江全长约6300公里。它注入东海。", "黄河全长约5464公里。它注入渤海。"]
    squad = tmp_path / "squad.json"
    paragraphs = [
        {
            "id": f"p{n}",
            "context": t,
            "qas": [
                {"id": f"q{n}", "question": f"{t[:2]}全长多少公里?", "answers": [{"text": t[5:10]}]}
            ],
        }
        for n, t in enumerate(texts)
    ]
    squad.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")
    beir = tmp_path / "beir"
    (beir / "qrels").mkdir(parents=True)
    (beir / "corpus.jsonl").write_text(
        "\n".join(
            json.dumps({"_id": f"p{n}", "title": "", "text": t}) for n, t in enumerate(texts)
        ),
        encoding="utf-8",
    )
    (beir / "queries.jsonl").write_text(
        json.dumps({"_id": "q", "text": "黄河全长"}), encoding="utf-8"
    )
    (beir / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq\tp1\t1\n", encoding="utf-8"
    )
    rgb = tmp_path / "rgb.jsonl"
    rgb.write_text(
        json.dumps(
            {
                "id": 1,
                "query": "长江全长多少公里?",
                "answer": [["6300"]],
                "positive": texts[:1],
                "negative": ["今天天气晴。"],
            }
        ),
        encoding="utf-8",
    )
    for kind, path, metric in (
        ("squad", squad, "recall@1"),
        ("beir", beir, "success@1"),
        ("rgb", rgb, "answer_from_positive"),
    ):
        out = tmp_path / f"{kind}.json"
        done = CliRunner().invoke(wengui, ["eval", "external", kind, str(path), "--out", str(out)])
        assert done.exit_code == 0, done.exception
        assert json.loads(out.read_text(encoding="utf-8"))["metrics"][metric]["mean"] == 1
    for load in (load_squad, load_beir, load_rgb):
        with pytest.raises(InputError):
            load(tmp_path / "missing")


def test_feedback_becomes_unreviewed_questions() -> None:
    rows = candidates(
        [
            {"question": "课后服务收费吗", "reason": "该拒答"},
            {"question": "厕所", "reason": "答案不对", "answer": "x"},
            {"question": "电话", "reason": None, "verdict": "up", "status": "refused"},
        ]
    )
    assert [row["answerable"] for row in rows] == [False, True, False]
    assert not any(row["reviewed"] for row in rows)
    with pytest.raises(InputError, match="第 1 条"):
        candidates([{"reason": "看不懂"}])
