"""What a question takes for granted and the plan says otherwise is put right, and only that."""

import pytest

from assistant.counted import likeness, near
from assistant.pipeline import Assistant
from corpus.types import Span


@pytest.mark.parametrize(
    ("question", "first_line"),
    [
        (
            "每年派校级干部到北京和广东跟岗培训,去多少人?",
            "规划写的是上海、江苏、山东,不是北京、广东",
        ),
        ("为什么要和对口支援省市新增结对学校三百对?", "规划写的是30对,不是三百对"),
        ("每年送200名优秀校长去对口支援省市挂职,名单在哪里看?", "规划写的是至少30名,不是200名"),
        ("校级干部平均年龄为啥要增加1岁?", "规划写的是降低1岁,不是增加"),
        (
            "和万州区教委建立教育协作体系的是山东烟台市教育局吗?",
            "规划写的是济宁市教育局,不是烟台市教育局",
        ),
        (
            "在万高校的外地学生比例为什么要从92%压到90%?",
            "规划写的是由92%提高到93%,不是从92%压到90%",
        ),
        ("2035年万州教育总体水平要做到全国领先,靠什么?", "规划写的是全市领先,不是全国领先"),
        ("社区教育基地设在教师进修学院江南校区,居民怎么去?", "规划写的是进修学院白岩校区"),
        ("建成3所养老服务职业教育学校,这3所是不是都在城区?", "规划写的是1所,不是3所"),
        ("听说托福要到2023年才在万州开考,怎么报名?", "规划写的是2021年,不是2023年"),
        ("说是要培养26个市级学科名师,名额咋个分哟?", "规划写的是16名,不是26个"),
        ("为什么规划提出2020年上半年全面推进课后服务改革?", "规划写的是下半年,不是上半年"),
        ("课后服务不是2018年就在全区铺开了吗?", "规划写的是2020年,不是2018年"),
        ("普通高中的在校学生会比2020年多,多出来的学位放在哪里?", "规划写的是减少,不是增加"),
        ("九年义务教育巩固率2025年只定到96%,怎么这么低?", "规划写的是100%,不是96%"),
    ],
)
def test_what_is_wrong_is_put_right(assistant: Assistant, question: str, first_line: str) -> None:
    answer = assistant.answer(question)
    assert answer.text.startswith(first_line)
    assert answer.citations


@pytest.mark.parametrize(
    "question",
    [
        "在园幼儿数 2025 万人",
        "上海市教育委员会与万州有什么教育协作?",
        "区外学生占比从92%提高到93%,怎么做到?",
        "教育总体水平要达到全市领先,靠什么?",
        "集团化办学覆盖率离80%还差多少?",
        "说是要培养16个市级学科名师,名额咋个分哟?",
        "还要等二三年才能建好吗?",
        "2025年有没有超过90%的学前指标?",
        "新增结对学校30对,由谁来负责?",
        "我家三个孩子都在读书,有什么资助?",
        "普通话普及率在2030年要到多少?",
        "普通高中在校生里女生比2020年多,宿舍怎么安排?",
        "高中阶段教育在校学生数占全区学生的比例比2020年低,怎么办?",
        "学前教育普及普惠区2023年创建,对不对?",
        "小学的在校学生会比2020年多,多出来的学位放在哪里?",
        "普通高中的在校学生会不会比2020年多?",
    ],
)
def test_nothing_else_is_corrected(assistant: Assistant, question: str) -> None:
    assert ",不是" not in assistant.answer(question).first_line


def test_words_near_a_number_weigh_more() -> None:
    asked = near("要建16个数字图书馆吗", Span(2, 5))
    same, other = (near(text, Span(2, 4)) for text in ("建设6个数字图书馆", "建设6个党建示范点"))
    assert likeness(asked, same) > 1 > likeness(asked, other)
