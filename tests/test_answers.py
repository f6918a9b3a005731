"""Answers over the plan: what they say, where they stand, and when there is none."""

import asyncio
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.callbacks import BaseCallbackHandler

from assistant.draft import Place, Statement
from assistant.ground import is_grounded, numbers_in, stated_numbers
from assistant.pipeline import Assistant
from assistant.question import MAX_CHARACTERS, read_question
from assistant.refusals import Ground
from assistant.runnable import as_runnable, as_text_stream
from assistant.types import Answer, Turn, answer_json
from corpus.errors import QuestionError, WenguiError
from corpus.types import Document, Span
from index.query import Reader


@pytest.mark.parametrize(
    ("question", "first_line", "section_id"),
    [
        ("到2025年要建成多少所重庆市智慧校园示范校?", r"15所", "3.7.box7.1"),
        ("高中阶段毛入学率2025年目标是多少?", r"98\.5%", "2.3.table1.r12"),
        ("2020年高中阶段毛入学率是多少?", r"2020年为97\.1%.*2025年目标为98\.5%", "2.3.table1.r12"),
        ("普通高中2025年在校生多少万人", r"3\.3万人", "2.3.table1.r10"),
        ("普通话普及率要达到多少", r"85%以上", "3.8.2"),
        ("班班通要装多少套", r"1925套", "3.7.box7.3"),
        ("老师工资和公务员比怎么样", r"不低于当地公务员平均工资收入水平", "3.6.3"),
        ("外地打工的孩子能在万州读书吗", r"随迁子女", "3.2.5"),
        ("重点任务有几项", r"共10项", "3"),
        ("规划分析“面临形势”时讲了哪四个方面?", r"共4项", "1.2"),
        ("办民办学校要交的材料少了好多?", r"^30%以上", "1.1"),
        ("讲智惠教育重点项木的是专栏几", r"专栏7", "3"),
        ("What is the title of Part IV of the plan?", r"规划实施保障", "4"),
        ("到2025年初中在校生有多少?", r"6\.1万人", "2.3.table1.r7"),
        ("基本原则有哪些", r"共5项", "2.2"),
        ("这个规划是谁发布的?", r"万州区教委", "card"),
        ("规划的索引号是什么", r"1150010100863020XE/2022-00196", "card"),
    ],
)
def test_answers(assistant: Assistant, question: str, first_line: str, section_id: str) -> None:
    answer = assistant.answer(question)
    assert answer.status == "answered"
    assert re.search(first_line, answer.first_line)
    assert answer.citations[0].section_id == section_id
    assert_sound(answer, assistant)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("万州二中的招生办电话是多少?", "not_in_plan"),
        ("开州区有多少所小学?", "out_of_scope"),
        ("2030年高等教育毛入学率目标是多少?", "not_in_plan"),
        ("万州区教委主任是谁?", "not_in_plan"),
        ("幼儿园学费多少钱?", "not_in_plan"),
        ("现在有多少所智慧校园示范校?", "target_not_actual"),
        ("写一首关于万州的诗", "out_of_scope"),
        ("附近哪家火锅好吃", "out_of_scope"),
        ("给我孙子写一篇关于万州教育的作文", "out_of_scope"),
        ("娃儿读普高好还是读职高?", "not_in_plan"),
        ("娃儿该不该读中职?", "not_in_plan"),
        ("zzzz", "not_in_plan"),
        ("终身教育体系的试点放在哪几个乡镇?", "not_in_plan"),
        ("校级干部去上海跟岗,一次要多久?", "not_in_plan"),
        ("养老服务职业教育学校到底建成了没有?", "target_not_actual"),
    ],
)
def test_refusals(assistant: Assistant, question: str, reason: str) -> None:
    answer = assistant.answer(question)
    assert answer.refusal is not None
    assert answer.refusal.reason == reason
    assert answer.first_line == answer.refusal.message
    assert not answer.claims
    assert_sound(answer, assistant)


@pytest.mark.parametrize(
    "question",
    [
        "我从贵州来万州打工,孩子在这边上学和本地孩子待遇一样吗?",
        "老家在开州,人在万州,跨区读书的学籍问题有什么打算?",
        "大学生一毕业都跑成都去了,区上有什么办法把人留到万州上班?",
        "哪天真想拿个文凭,平时学的东西能折算进去吗?",
        "我们场镇上,一个乡镇可以建两所公办幼儿园吗?",
    ],
)
def test_where_somebody_is_from_is_not_what_is_asked(assistant: Assistant, question: str) -> None:
    answer = assistant.answer(question)
    assert answer.status == "answered"
    assert answer.citations


@pytest.mark.parametrize(
    "question",
    [
        "娃儿长的快,桌子板登还是老尺寸,写个字背都陀了,有没得说换成能调高矮的?",
        "我当校长的,修个围墙都要打几层报告,学校自己能做主的事以后会不会多一点?",
        "到那时万州的学校在全重庆能排到啥子位置嘛?",
        "送快递挣的钱刚够吃饭,家里困难的学生有补助没得?",
        "这种额外的差事到底该不该落到老师头上?",
        "班主任要带着走读生做点啥子?",
        "下雨天操场用不成,体育课有没得室内的场地?",
        "中小学会不会开python编程课?",
        "请问规划里有没有提翻译课?",
    ],
)
def test_words_in_passing_refuse_nothing(assistant: Assistant, question: str) -> None:
    assert not isinstance(assistant.exact(assistant.retrieve(assistant.read(question))), Ground)


def assert_sound(answer: Answer, assistant: Assistant) -> None:
    """Quotes are verbatim, addresses right, marks point to citations, figures stand in the quotes."""
    nearest = answer.refusal.nearest if answer.refusal else ()
    for citation in (*answer.citations, *nearest):
        document = assistant.documents[citation.document_id]
        assert citation.quote == document.text[citation.span.start : citation.span.end]
        assert citation.span in citation.context
        assert citation.address.startswith(document.address(citation.section_id))
    numbers = [citation.number for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    quotes = {citation.number: citation.quote for citation in answer.citations}
    for claim in answer.claims:
        assert claim.citations
        if claim.kind == "quoted":
            held = "\n".join(quotes[number] for number in claim.citations)
            held += "\n".join(
                assistant.documents[citation.document_id].display(citation.span)
                for citation in answer.citations
                if citation.number in claim.citations
            )
            assert stated_numbers(claim.text) <= numbers_in(held)
    assert len(answer.first_line) <= 130
    assert answer_json(answer)["status"] == answer.status


def test_answers_are_the_same_every_time(hashing_assistant: Assistant) -> None:
    question = "留守儿童怎么关爱?"
    first, second = (answer_json(hashing_assistant.answer(question)) for _ in range(2))
    assert first | {"elapsed_ms": 0} == second | {"elapsed_ms": 0}


@given(st.text(max_size=MAX_CHARACTERS + 5))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_question_is_answered_refused_or_turned_down(
    hashing_assistant: Assistant, question: str
) -> None:
    try:
        answer = hashing_assistant.answer(question)
    except WenguiError:
        return
    assert_sound(answer, hashing_assistant)


WORDS = st.sampled_from(
    ["万州", "2025年", "多少所", "智慧校园", "教师", "工资", "幼儿园", "普通高中", "在校生", "有哪些", "重点任务",
     "怎么", "规划", "发布", "2035年", "毛入学率", "留守儿童", "?", "、", "开州", "电话"]
)  # fmt: skip


@given(st.lists(WORDS, min_size=1, max_size=8).map("".join))
@settings(max_examples=150, deadline=None)
def test_any_question_of_such_words_gets_a_sound_answer(
    hashing_assistant: Assistant, question: str
) -> None:
    assert_sound(hashing_assistant.answer(question), hashing_assistant)


READER = Reader(tokenize=list, idf=lambda word: 1.0, knows=lambda word: True)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "空的"),
        ("  \n", "空的"),
        ("多" * (MAX_CHARACTERS + 1), "501 个字"),
        ("\udcff\udcfe", "UTF-8"),
    ],
    ids=["empty", "blank", "long", "not text"],
)
def test_unusable_questions(question: str, message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        read_question(question, (), READER)


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        ("高中阶段毛入学率2025年目标是多少?", "那2020年呢?", "高中阶段毛入学率2020年是多少?"),
        ("市级骨干教师要培育多少名?", "那区级的呢?", "区级骨干教师要培育多少名?"),
        ("高中阶段毛入学率2025年目标是多少?", "普通话普及率要达到多少?", "普通话普及率要达到多少?"),
    ],
)
def test_follow_ups(before: str, question: str, standalone: str) -> None:
    history = [Turn("user", before), Turn("assistant", "98.5%")]
    assert read_question(question, history, READER).standalone == standalone


def test_follow_up_is_answered(assistant: Assistant) -> None:
    history = [Turn("user", "高中阶段毛入学率2025年目标是多少?"), Turn("assistant", "98.5%")]
    answer = assistant.answer("那2020年呢?", history)
    assert "97.1%" in answer.first_line
    assert answer.standalone_question != answer.question


@pytest.mark.parametrize(
    ("text", "grounded"),
    [
        ("到2025年,建成重庆市智慧校园示范校15所。", True),
        ("到二〇二五年,建成重庆市智慧校园示范校１５所。", True),
        ("到2025年,建成重庆市智慧校园示范校51所。", False),
        ("到2026年,建成重庆市智慧校园示范校15所。", False),
        ("食堂饭菜价格由学校家长委员会商定公布。", False),
    ],
)
def test_grounding(plan: Document, text: str, grounded: bool) -> None:
    span = plan.paragraphs_of("3.7.box7.1")[0].span
    place = Place(
        document=plan,
        section_id="3.7.box7.1",
        paragraph=1,
        span=Span(span.start, span.end),
        context=span,
    )
    assert is_grounded(Statement(text=text, places=(place,))) is grounded
    assert not is_grounded(Statement(text=text, places=()))


class Recorder(BaseCallbackHandler):
    """Notes the names of the steps that ran."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def on_chain_start(self, *_: Any, **kwargs: Any) -> None:
        self.names.append(kwargs.get("name") or "")


def test_the_pipeline_is_a_runnable(hashing_assistant: Assistant) -> None:
    runnable = as_runnable(hashing_assistant)
    recorder = Recorder()
    question = "普通话普及率要达到多少"
    answer = runnable.invoke({"question": question}, {"callbacks": [recorder]})
    assert recorder.names == ["wengui", "read", "retrieve", "compose"]
    assert answer.text == hashing_assistant.answer(question).text
    assert [a.text for a in runnable.batch([{"question": question}] * 2)] == [answer.text] * 2
    assert asyncio.run(runnable.ainvoke({"question": question})).text == answer.text
    pieces = list(as_text_stream(hashing_assistant).stream({"question": question}))
    assert len(pieces) > 1
    assert "".join(pieces) == answer.text


@pytest.mark.parametrize(
    ("question", "english"),
    [
        (
            "What is the 2025 target for the gross kindergarten enrolment rate?",
            "Target for 2025: 93.5%; in 2020: 90.1%.",
        ),
        (
            "How many pupils in compulsory education are planned for 2025?",
            "Target for 2025: 182,000 people; in 2020: 136,600 people.",
        ),
        ("How many city-level backbone teachers will be trained?", "Target: 80 people."),
    ],
)
def test_a_figure_is_said_in_english_first(
    assistant: Assistant, question: str, english: str
) -> None:
    answer = assistant.answer(question)
    assert answer.first_line.startswith(english)
    assert "[1]" in answer.first_line
    assert len(answer.first_line) <= 120


@pytest.mark.parametrize(
    ("question", "choices"),
    [
        ("毛入学率2025年目标是多少?", ["高等教育毛入学率", "高中阶段"]),
        ("覆盖率要达到多少?", ["优质教育覆盖率", "集团化办学覆盖率"]),
        ("在校学生数2025年要到多少万?", ["义务教育在校学生数", "高中阶段教育在校学生数"]),
    ],
)
def test_what_several_figures_are_called_is_asked_back(
    assistant: Assistant, question: str, choices: list[str]
) -> None:
    answer = assistant.answer(question)
    assert answer.refusal
    assert answer.refusal.reason == "needs_detail"
    assert all(choice in answer.text for choice in choices)
    assert all(any(choice in each for each in answer.refusal.choices) for choice in choices)
    assert all(assistant.answer(each).status == "answered" for each in answer.refusal.choices)


@pytest.mark.parametrize(
    "question",
    ["人均受教育年限2025年目标是多少?", "高中阶段毛入学率2025年目标?", "市级骨干教师要培育多少名?"],
)
def test_a_name_said_in_full_is_not_asked_back(assistant: Assistant, question: str) -> None:
    assert not assistant.answer(question).refusal


@pytest.mark.parametrize(
    "question",
    [
        "13个重点乡镇的名字是哪些?",
        "72个对口支援项目,每个项目叫什么?",
    ],
)
def test_names_of_what_is_only_counted_are_refused(assistant: Assistant, question: str) -> None:
    assert assistant.answer(question).refusal


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("龙潭小学要扩建吗?", "规划里没有写龙潭小学。"),
        ("我们区枇杷坪小学有啥子安排?", "规划里没有写枇杷坪小学。"),
        ("沙河中学修不修综合楼?", "规划里写的是沙河小学,没有写沙河中学。"),
    ],
)
def test_schools_that_the_plan_does_not_name(
    assistant: Assistant, question: str, message: str
) -> None:
    refusal = assistant.answer(question).refusal
    assert refusal
    assert (refusal.reason, refusal.message) == ("not_in_plan", message)


@pytest.mark.parametrize(
    "question",
    [
        "电报路小学要修啥子?",
        "国本中学扩容没有?",
        "县城小学的大班额怎么办?",
        "百安移民小学要改扩建吗?",
    ],
)
def test_other_words_before_a_school_are_no_name(assistant: Assistant, question: str) -> None:
    refusal = assistant.answer(question).refusal
    assert refusal is None or "小学。" not in refusal.message


@pytest.mark.parametrize(
    ("question", "first_line"),
    [
        ("审批手续一共缩短了多少个工作日?材料又减了多少?", "1569个工作日；.*30%以上"),
        ("校领导里本科以上学历的比例要提到多少,平均年龄要降几岁?", "90%.*1岁"),
        ("贫困大学生在老家申请的那种助学贷款,放了好多钱出去?", "2.4亿元"),
    ],
)
def test_figures_by_their_own_words(assistant: Assistant, question: str, first_line: str) -> None:
    assert re.search(first_line, assistant.answer(question).first_line)


def test_the_story_does_not_decide_what_is_asked(assistant: Assistant) -> None:
    """全校就几个老师 counts nothing where the sentence that asks wants to know how."""
    story = "我在一所村小教书,全校就几个老师,孩子们都很羡慕。"
    answer = assistant.answer(f"{story}请问对薄弱学校,好的数字资源会怎么送过来?")
    assert "精准推送" in answer.first_line


def test_addressees_and_results_are_not_in_a_plan(assistant: Assistant) -> None:
    for question in (
        "文件是印发给哪些部门的,抬头写了谁?",
        "集团化办学说要覆盖到60%,后头到底办到没得嘛?",
    ):
        assert assistant.answer(question).refusal


@pytest.mark.parametrize(
    "question",
    [
        "有没有专栏讲教师?",
        "申报材料要附几张图片?",
        "这份工资由谁发?",
        "学前教育督导评估有哪些指标?",
    ],
)
def test_other_things_are_no_structure(assistant: Assistant, question: str) -> None:
    """Of boxes, pictures, papers and indicators only the plan's own are told by its structure."""
    line = assistant.answer(question).first_line
    assert not re.search("没有专栏的|图共|发布机构|共4项指标", line)
