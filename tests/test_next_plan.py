"""The rules serve another district's plan: other columns of its table, other forms of its sentences and boxes."""

from pathlib import Path

import pytest

from assistant.over import assistant_over, documents_of_files
from assistant.pipeline import Assistant
from assistant.settings import Settings
from corpus.targets import table_targets
from corpus.types import Document

PLAN = """# 白桦市榆林区教育发展“十四五”规划(2021—2025年)

## 一、“十三五”发展回顾

截至2020年底,全区共有各级各类学校120所,其中幼儿园64所、小学36所、初中20所。全区教职工4860人,其中专任教师3915人。

学前毛入园率由2015年的80.5%提高到2020年的91.2%,高考本科上线率由38.4%提高到55.1%。

累计招聘教师640名,其中特岗教师256名、定向培养教师84名,发放奖补资金1.25亿元。教育经费年度投入36.3亿元,比2015年增加11.2亿元。

## 二、基本原则

坚持育人为本。把立德树人贯穿办学全过程。

坚持公平优先。让资源向薄弱学校倾斜,缩小校际差距。

坚持改革驱动。破除制约发展的体制障碍。

## 三、发展目标

| 序号 | 指标名称 | 单位 | 2020年实际 | 2025年目标 | 指标属性 |
|---|---|---|---|---|---|
| 1 | 学前教育毛入园率 | % | 91.2 | ≥96 | 预期性 |
| 2 | 义务教育巩固率 | % | 98.9 | 99.6 | 约束性 |
| 3 | 初中平均班额 | 人 | 50.2 | 45以下 | 预期性 |
| 4 | 智慧校园达标学校比例 | % | 21 | 75 | 预期性 |
| 5 | 生活教师与寄宿生之比 | — | 1:118 | 1:60 | 约束性 |

## 四、重点工程

到2025年,留守儿童活动站由42个增加到80个,乡村教师生活补助按距离分为每月300元、600元、900元三档。

#### 专栏一 基础教育工程

1.扩容工程。新建学校6所,改扩建学校11所。

2.提质工程。培育骨干教师90名,小学教研基地12个,初中教研基地7个。

#### 专栏二 建设项目

1.榆林三中扩建项目。总投资1.4亿元,新增学位900个。

2.职教中心迁建项目。总投资3.2亿元,占地210亩,为12所学校更换课桌椅1.6万套。

3.青少年宫项目。总投资0.5亿元。
"""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    path = tmp_path_factory.mktemp("plans") / "plan.md"
    path.write_text(PLAN, encoding="utf-8")
    (read,) = documents_of_files([path])
    return read


@pytest.fixture(scope="module")
def over(document: Document, settings: Settings) -> Assistant:
    return assistant_over([document], settings)


def test_a_table_with_numbers_and_units_in_columns(document: Document) -> None:
    records = list(table_targets(document))
    assert [(t.name, t.unit, t.bound) for t in records] == [
        ("学前教育毛入园率", "%", "不低于"),
        ("义务教育巩固率", "%", "等于"),
        ("初中平均班额", "人", "以内"),
        ("智慧校园达标学校比例", "%", "等于"),
    ]
    assert [str(t.baseline) for t in records] == ["91.2", "98.9", "50.2", "21"]
    assert [str(t.target) for t in records] == ["96", "99.6", "45", "75"]  # 1:60 is no number
    assert document.section("3.table1.r1").title == "学前教育毛入园率"


def test_repeated_words_in_the_first_column_are_categories(
    tmp_path: Path, settings: Settings
) -> None:
    table = (
        "# 某区规划\n\n## 目标\n\n| 类别 | 指标 | 单位 | 2020年 | 2025年 |\n|---|---|---|---|---|\n"
    )
    table += "| 普及 | 毛入园率 | % | 90 | 95 |\n| 普及 | 巩固率 | % | 98 | 99 |\n| 队伍 | 教师数 | 人 | 800 | 900 |\n"
    path = tmp_path / "plan.md"
    path.write_text(table, encoding="utf-8")
    (read,) = documents_of_files([path])
    assert [(t.category, t.indicator, t.unit) for t in table_targets(read)] == [
        ("普及", "毛入园率", "%"),
        ("普及", "巩固率", "%"),
        ("队伍", "教师数", "人"),
    ]


@pytest.mark.parametrize(
    ("question", "first_line"),
    [
        ("2025年学前教育毛入园率目标是多少?", "2025年目标为至少96%"),
        ("初中平均班额2025年要降到多少人?", "45人以内"),
        ("幼儿园占全区学校总数的百分之几?", "约53.33%"),
        ("教职工里不是专任教师的有多少人?", "945人"),
        ("高考本科上线率“十三五”提高了多少个百分点?", "16.7个百分点"),
        ("留守儿童活动站一共要增加多少个?", "38个"),
        ("基本原则有哪几条?", "基本原则共3项:坚持育人为本；坚持公平优先；坚持改革驱动"),
        ("专栏一列了哪些工程?", "共2项"),
        ("乡村教师生活补助最高一档每月多少元?", "900元"),
        ("初中教研基地要培育多少个?", "7个"),
        ("指标里标明约束性的有几项?", "约束性指标有1项"),
        ("专栏二三个项目的总投资加起来是多少亿元?", "合计5.1亿元"),
        ("榆林三中扩建和职教中心迁建两个项目总投资合起来多少?", "合计4.6亿元"),
        ("专栏二里哪个项目总投资最多?", "职教中心迁建项目"),
        ("2015年的教育经费年度投入是多少亿元?", "25.1亿元"),
        ("招聘的教师里扣掉特岗教师和定向培养教师还剩多少名?", "300名"),
        ("职教中心要投多少钱?", "3.2亿元"),
        ("课桌椅 更换 数量", "1.6万套"),
        ("生活教师和寄宿生之比要达到多少?", "1:60"),
        ("规划一共有几个专栏?", "专栏共2个"),
        ("学前毛入园率在“十三五”期间提高了几个百分点?", "10.7个百分点"),
    ],
)
def test_answers(over: Assistant, question: str, first_line: str) -> None:
    answer = over.answer(question)
    assert first_line in answer.first_line
    assert answer.citations


@pytest.mark.parametrize(
    "question",
    [
        "隔壁柳河区2020年的学前教育毛入园率是多少?",  # a district of no list
        "2015年的初中平均班额是多少?",
    ],
)
def test_refusals(over: Assistant, question: str) -> None:
    assert over.answer(question).status == "refused"


def test_names_that_nobody_counted_are_not_said_to_be_counted(over: Assistant) -> None:
    answer = over.answer("提质工程的9个先进单位分别是哪几个?")
    assert answer.status == "refused"
    assert "有9个" not in answer.first_line


def test_a_plan_known_by_the_number_of_its_period(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(
        "# 榆林区“十五五”教育发展规划\n\n## 一、目标\n\n新建学校3所。\n", encoding="utf-8"
    )
    (read,) = documents_of_files([path])
    metadata = read.metadata
    years = metadata.baseline_year, metadata.period_start, metadata.period_end
    assert years == (2025, 2026, 2030)


def test_chapters_are_called_chapters(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "plan.md"
    path.write_text(
        "# 榆林区教育发展“十五五”规划\n\n## 第一章 基础\n\n现有学校3所。\n\n## 第二章 措施\n\n新建学校2所。\n",
        encoding="utf-8",
    )
    answer = assistant_over(documents_of_files([path]), settings).answer("规划一共分几章?")
    assert "2章" in answer.first_line
