"""Questions after a document's structure, told by their wording, and the section that they mean."""

import json

import pytest

from assistant.pipeline import Assistant
from assistant.structure import KINDS, SHOWS, read_structure
from corpus.fold import bare
from evals.fit_asking import STRUCTURE_FILE
from evals.questions import load_questions
from index.lexicon import standardised


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("翻开目录瞅一眼,整本东西掰成几大坨?", {"whole", "children"}),
        ("讲养老服务的那一章下头分了哪几节?", {"children"}),
        ("校车安全的规定写在第几部分?", {"which"}),
        ("里头的专栏各叫啥名,数一遍", {"boxes"}),
        ("最末尾那一节叫什么名字?", {"name"}),
        ("How is the document organised, what are its main parts?", {"whole"}),
    ],
)
def test_what_is_asked_of_the_structure(question: str, kinds: set[str]) -> None:
    chances = read_structure(standardised(question))
    assert set(chances) == set(KINDS)
    assert sum(chances[kind] for kind in kinds) >= SHOWS


@pytest.mark.parametrize(
    "question",
    [
        "部分学校的一节课有多长时间?",
        "哪些项目的公章由谁保管?",
        "一年级语文有几个单元?",
        "乡下条件差的地方,怎么把好老师留住?",
        "图书馆晚上几点关门?",
    ],
)
def test_what_asks_for_contents(question: str) -> None:
    assert max(read_structure(standardised(question)).values()) < SHOWS


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("这本规划正儿八经的正文分哪几大块嘛?", ["发展环境", "总体要求", "重点任务", "规划实施保障"]),
        ("讲重点任务的那一章底下有十个小节,请点一下名", ["共10项", "智慧教育"]),
        ("文件里头那些专栏都叫啥名字,从头到尾给我数一遍", ["专栏共8个"]),
        ("第一部分底下拆成哪两个小节?", ["发展基础", "面临形势"]),
        ("基本原则 五条 分别", ["共5项", "系统"]),
        ("十大任务最后一条叫什么", ["综合改革"]),
        ("十条任务里压轴的那条叫啥名字?", ["综合改革"]),
        ("目录上,教师队伍建设那条后面紧接着的是哪条?", ["智慧教育"]),
        ("Which section covers vocational education?", ["职业教育"]),
    ],
)  # fmt: skip
def test_the_structure_answers_unusual_wordings(
    assistant: Assistant, question: str, said: list[str]
) -> None:
    answer = assistant.answer(question)
    assert answer.status == "answered"
    assert [part for part in said if part not in answer.text] == []


@pytest.mark.parametrize(
    "question",
    ["Will it rain this weekend?", "Who drafted this plan?", "Can you recommend a good film?"],
)
def test_an_english_question_without_a_word_of_structure_is_none(
    assistant: Assistant, question: str
) -> None:
    assert assistant.answer(question).status == "refused"


def test_a_section_that_no_words_name_is_not_guessed(assistant: Assistant) -> None:
    answer = assistant.answer("讲海洋渔业的那一章下头分了哪几节?")
    assert "共" not in answer.text.split("\n")[0]


def test_the_examples_are_their_own() -> None:
    rows = [json.loads(line) for line in STRUCTURE_FILE.read_text(encoding="utf-8").splitlines()]
    asked = {bare(row["question"]) for row in rows}
    assert len(rows) > 2000
    assert {row["label"] for row in rows} == {*KINDS, "none"}
    others = {bare(q.question) for name in ("dev", "test", "fit") for q in load_questions(name)}
    assert not asked & others
