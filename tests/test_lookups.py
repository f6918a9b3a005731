"""Questions about names and numbers that the plan states: document numbers, what a number is, neighbouring headings."""

from decimal import Decimal

import pytest

from assistant.by_number import draft_by_number, given_numbers
from assistant.document_numbers import named_documents
from assistant.pipeline import Assistant
from corpus.types import Document


def test_documents_are_found_with_their_numbers(plan: Document) -> None:
    numbers = {named.title: named.number for named in named_documents(plan)}
    assert numbers["教育督导问责办法"] == "国教督〔2021〕2号"
    assert numbers["重庆市终身教育促进条例"] == ""


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("全国义务教育优质均衡发展督导评估指标是几号文?", "教督〔2017〕6号"),
        ("渝府教督发2020年学前普及普惠督导评估方案的通知,文号是多少?", "渝府教督发〔2020〕3号"),
    ],
)
def test_a_document_number(assistant: Assistant, question: str, part: str) -> None:
    answer = assistant.answer(question)
    assert part in answer.first_line
    assert part[-2:] in answer.citations[0].quote


def test_a_document_without_a_number_is_said_to_have_none(assistant: Assistant) -> None:
    answer = assistant.answer("《重庆市终身教育促进条例》的文号是多少?")
    assert answer.refusal
    assert "没有写它的文号" in answer.text


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2020年的93.86%是哪个指标", [(Decimal("93.86"), "%")]),
        ("1+x证书、5+2和3个是什么", []),
        ("4.06和6.1万人各是什么", [(Decimal("4.06"), ""), (Decimal("6.1"), "万人")]),
    ],
)
def test_numbers_that_are_given(text: str, numbers: list[tuple[Decimal, str]]) -> None:
    assert given_numbers(text) == numbers


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("表里的13.66万人是哪个指标?", ["义务教育在校学生数", "2020年"]),
        ("规划里写的839人指的是什么?", ["研究生"]),
        ("What does the figure 390 stand for?", ["市级以上奖项390"]),
        ("2025年目标是1200人的是哪个指标", ["研究生", "目标"]),
    ],
)
def test_what_a_number_is(assistant: Assistant, question: str, parts: list[str]) -> None:
    answer = assistant.answer(question)
    assert all(part in answer.first_line for part in parts)


@pytest.mark.parametrize(
    "question", ["比93.5%高的是哪些指标?", "77.77指的是什么?", "为什么定在98.5%?"]
)
def test_other_questions_with_numbers(assistant: Assistant, plan: Document, question: str) -> None:
    assert draft_by_number(assistant.read(question), [plan]) is None


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("“总体要求”后面是哪一部分?", ["三、重点任务"]),
        ("“基本原则”前面排着哪一节?", ["(一)指导思想"]),
        ("“规划实施保障”后面还有哪些章?", ["没有并列的标题"]),
        ("教师队伍这一节分哪几个小标题?", ["提升教师专业素养"]),
        ("How many parts is the plan divided into?", ["4部分", "总体要求"]),
    ],
)
def test_headings_side_by_side(assistant: Assistant, question: str, parts: list[str]) -> None:
    answer = assistant.answer(question)
    assert not answer.refusal
    assert all(part in answer.first_line for part in parts)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("全文一共分几部分,依次叫什么?", "共4部分"),
        ("发展环境 各节标题", "发展基础；面临形势"),
        ("这份规划四章一共有几节?", "4章共20节"),
        ("第三部分的第七条标题是什么?", "提高智慧教育创新发展能力"),
        ("目录里最后一节的标题是什么?", "健全规划统筹落实机制"),
        ("想看对外交流的内容,该翻到第几章第几节?", "(九)开创对外交流合作新局面"),
        ("成文日期和发布日期一样吗?", "两者相同"),
        ("它挂在政府网站的哪个栏目里?", "专项规划"),
    ],
)
def test_the_outline_and_the_page(assistant: Assistant, question: str, part: str) -> None:
    answer = assistant.answer(question)
    assert part in answer.first_line, answer.first_line
    assert answer.citations


@pytest.mark.parametrize(
    "question",
    [
        "江南小学要修在哪条街上?",
        "学生每周上几节体育课?",
        "规划里分水镇要建几所幼儿园?",
        "遵义的老师一年能拿多少奖金?",
        "What is the phone number of the Wanzhou education commission?",
    ],
)
def test_what_is_not_said_is_refused(assistant: Assistant, question: str) -> None:
    assert assistant.answer(question).refusal


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("我在写一篇论文,正缺数据。请问2020年全区普通小学在校生是多少万人?", "8.76"),
        ("我家住开州,想转学。请问普通话普及率要达到多少?", "85%"),
        ("2016到2020年教育经费累计投入多少?", "170.78"),
        ("专业教学这块,要请多少个专家来讲学?", "150名"),
    ],
)
def test_a_story_before_the_question_does_not_lead_astray(
    assistant: Assistant, question: str, part: str
) -> None:
    assert part in assistant.answer(question).first_line
