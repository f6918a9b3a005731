"""The records of figures, against a list made by hand, and the checks for contradictions."""

import json
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from corpus.checks import check_document
from corpus.fold import bare
from corpus.library import make_document
from corpus.source import Source
from corpus.targets import targets_of
from corpus.text_targets import text_targets
from corpus.types import Document, Metadata, Target

GOLD = [
    json.loads(line)
    for line in (Path(__file__).parent / "gold_targets.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


def document_of(text: str) -> Document:
    return make_document("test", Source(text=text), Metadata(title="测试"))


def alike(name: str, other: str) -> bool:
    """One holds the other, or half of their character pairs are the same."""
    a, b = bare(name), bare(other)
    if not a or not b:
        return False
    pairs, others = set(pairwise(a)), set(pairwise(b))
    return a in b or b in a or 4 * len(pairs & others) >= len(pairs) + len(others)


def value_of(target: Target) -> Decimal:
    value = target.target if target.kind == "目标" else target.baseline
    assert value is not None
    return value


def agrees(target: Target, gold: dict[str, Any]) -> bool:
    high = None if gold["high"] is None else Decimal(gold["high"])
    return (
        value_of(target) == Decimal(gold["value"])
        and (target.target_high, target.unit, target.bound, target.kind)
        == (high, gold["unit"], gold["bound"], gold["kind"])
        and (target.kind == "现状" or target.target_year == gold["year"])
        and alike(target.indicator, gold["indicator"])
    )


def test_against_the_list_made_by_hand(plan: Document) -> None:
    places = [
        (plan.text.index(g["quote"]), plan.text.index(g["quote"]) + len(g["quote"])) for g in GOLD
    ]
    covered = [
        p.span
        for p in plan.paragraphs
        if any(p.span.start < b and a < p.span.end for a, b in places)
    ]
    found = [t for t in text_targets(plan) if any(t.span in span for span in covered)]
    free = list(found)
    for gold, (start, end) in zip(GOLD, places, strict=True):
        inside = (
            t for t in free if start <= t.span.start and t.span.end <= end and agrees(t, gold)
        )
        if (match := next(inside, None)) is not None:
            free.remove(match)
    matched = len(found) - len(free)
    assert len(GOLD) == 114
    assert matched / len(found) >= 0.95
    assert matched / len(GOLD) >= 0.95


def test_every_record_quotes_its_number(plan: Document) -> None:
    for target in targets_of(plan):
        assert plan.quote(target.span)
        assert target.indicator
        assert target.kind in {"现状", "目标"}
        assert (target.target is None) == (target.kind == "现状")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("到2025年,培育80名市级骨干教师、16名市级学科名师。",
         [("市级骨干教师", "80", "名", "目标", 2025), ("市级学科名师", "16", "名", "目标", 2025)]),
        ("到2025年普及率达到85%以上。", [("普及率", "85", "%", "目标", 2025)]),
        ("“十四五”期间邀请150名专家学者来校讲学。", [("专家学者", "150", "名", "目标", 2025)]),
        ("重点专业和骨干专业分别为6个和3个。", [("重点专业", "6", "个", "目标", None), ("骨干专业", "3", "个", "目标", None)]),
        ("每年选派100名左右干部赴外地培训。", [("干部", "100", "名", "目标", None)]),
        ("占比由92%提高到93%。", [("占比", "92", "%", "现状", None), ("占比", "93", "%", "目标", None)]),
        ("生活补助按边远程度每人每月发放300元、500元。",
         [("生活补助", "300", "元", "目标", None), ("生活补助", "500", "元", "目标", None)]),
        ("海岛教师每月补贴由800元提高到1500元。",
         [("海岛教师每月补贴", "800", "元", "现状", None), ("海岛教师每月补贴", "1500", "元", "目标", None)]),
        ("购置客船4艘,投入2300万元。", [("投入", "2300", "万元", "目标", None)]),
        ("为45所寄宿制学校更换床铺被褥2.8万套。",
         [("寄宿制学校", "45", "所", "目标", None), ("床铺被褥", "2.8", "万套", "目标", None)]),
        ("设立一所专门学校。", [("专门学校", "1", "所", "目标", None)]),
    ],
)  # fmt: skip
def test_figures_in_text(text: str, expected: list[tuple[str, str, str, str, int | None]]) -> None:
    targets = list(text_targets(document_of(f"一、任务\n{text}")))
    assert [
        (t.indicator, str(value_of(t)), t.unit, t.kind, t.target_year) for t in targets
    ] == expected


def test_what_is_reported_is_no_target() -> None:
    (target,) = text_targets(document_of("一、发展基础\n2020年建成示范校3所。"))
    assert target.kind == "现状"
    assert (target.baseline, target.target, target.baseline_year) == (Decimal(3), None, 2020)


def test_contradictions_of_the_plan(plan: Document) -> None:
    """Each was read by hand and is one; nothing else is reported."""
    found = [(f.rule, tuple(spot.section_id for spot in f.spots)) for f in check_document(plan)]
    assert sorted(found) == sorted(
        [
            ("目录与正文标题不符", ("contents", "3.3")),
            ("比例与数量不符", ("1.1", "1.1")),
            ("部分与整体不符", ("1.1", "1.1", "1.1")),
            ("近似句不一致", ("2.3.1", "3.3.2")),
            ("近似句不一致", ("2.3.1", "3.3.box3.2")),
            ("近似句不一致", ("3.1.3", "3.1.box1.3")),
            ("同一名称写法不同", ("3.4.1", "3.4.box4.1", "3.4.box4.2")),
        ]
    )
    for finding in check_document(plan):
        assert finding.message.endswith("。")
        assert all(plan.quote(spot.span).strip() for spot in finding.spots)


TABLE = "一、指标\n表1 主要指标\n分类\n指标\n2020年\n2025年\n学生\n在校学生数(万人)\n{}\n{}\n其中:小学(万人)\n2\n3\n初中(万人)\n1\n2"


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (TABLE.format(3, 5), []),
        (TABLE.format(3, 6), ["部分与整体不符"]),
        (TABLE.format(2, 5), ["部分与整体不符"]),
        ("一、基础\n甲类学校50所,占全区学校总数的50%,乙类学校30所,占全区学校总数的30%。", []),
        ("一、基础\n甲类学校50所,占全区学校总数的50%,乙类学校30所,占全区学校总数的35%。", ["比例与数量不符"]),
        ("一、任务\n(一)甲\n到2025年,智慧校园示范校15所。\n(二)乙\n到2025年,智慧校园示范校20所。", ["同一指标数值不同"]),
        ("一、任务\n(一)甲\n到2025年,智慧校园示范校15所。\n(二)乙\n到2025年,智慧校园示范校15所。", []),
        ("一、甲\n二、乙\n四、丁", ["编号不连续"]),
        ("一、甲\n二、乙\n三、丙", []),
        ("目录\n一、总体要求\n二、重点任务\n一、总体要求\n要求。\n二、主要任务\n任务。", ["目录与正文标题不符"]),
        ("目录\n一、总体要求\n二、重点任务\n一、总体要求\n要求。\n二、重点任务\n任务。", []),
        ("一、甲\n支持创建城市轨道交通工程职业学院。\n二、乙\n新建城市轨道交通工程职业学校。", ["同一名称写法不同"]),
    ],
)  # fmt: skip
def test_checks(text: str, rules: list[str]) -> None:
    assert [finding.rule for finding in check_document(document_of(text))] == rules
