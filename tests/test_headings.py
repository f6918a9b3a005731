"""The heading grammar: what opens a section and what only looks like it."""

import pytest

from corpus.headings import recognise
from corpus.tables import unflatten


@pytest.mark.parametrize(
    ("line", "style", "number", "title"),
    [
        ("一、发展环境", "chinese", 1, "发展环境"),
        ("十一、保障措施", "chinese", 11, "保障措施"),
        ("二十、附则", "chinese", 20, "附则"),
        ("(一)发展基础", "chinese_paren", 1, "发展基础"),
        ("（十二） 其他", "chinese_paren", 12, "其他"),
        ("1.加强师德师风建设", "arabic", 1, "加强师德师风建设"),
        ("1．全角点", "arabic", 1, "全角点"),
        ("3、顿号", "arabic", 3, "顿号"),
        ("(2)子项", "arabic_paren", 2, "子项"),
        ("③圈号", "circled", 3, "圈号"),
        ("——坚持以人民为中心。坚持教育公益性原则。", "dash", None, "坚持以人民为中心"),
        ("专栏7智慧教育重点项目", "box", 7, "智慧教育重点项目"),
        ("表2-1 主要指标", "table", 1, "主要指标"),
        ("2-1 主要指标", "table", 1, "主要指标"),
        ("1 义务教育大班额下降趋势图", "figure", 1, "义务教育大班额下降趋势图"),
        ("图3 教育费用投入情况趋势图", "figure", 3, "教育费用投入情况趋势图"),
        ("第三章 学校", "chapter", 3, "学校"),
        ("第一编 总　则", "part", 1, "总则"),
        ("第二节　管理", "section", 2, "管理"),
        ("附件2:任务分工", "annex", 2, "任务分工"),
        ("1.2.1　指挥机构", "decimal3", 1, "指挥机构"),
        ("3.普通高中特色发展建设工程:建设6个中学数字图书馆。", "arabic", 3, "普通高中特色发展建设工程"),
        ("(一)加强领导。各地要高度重视。", "chinese_paren", 1, "加强领导"),
    ],
)  # fmt: skip
def test_headings(line: str, style: str, number: int | None, title: str) -> None:
    heading = recognise(line)
    assert heading is not None
    assert (heading.style, heading.number, heading.title) == (style, number, title)
    assert "".join(line[: heading.length].split()).rstrip("。:：").endswith("".join(title.split()))


@pytest.mark.parametrize(
    "line",
    ["2035年,实现教育现代化。", "4.06", "1.5亿元用于建设", "2020", "高中阶段教育", "一批优质学校", "第三期特殊教育提升计划"],
)  # fmt: skip
def test_not_headings(line: str) -> None:
    assert recognise(line) is None


def test_a_numbered_paragraph_without_a_title_keeps_its_words() -> None:
    line = "1.各级教育部门要把这项工作放在重要位置,加强组织领导,明确责任分工,层层抓好落实,确保各项任务按时完成,不留死角,并及时报告进展,接受社会监督"
    heading = recognise(line)
    assert heading is not None
    assert (heading.title, heading.length) == ("", 2)


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        ("指标 2020年 2025年 甲 1 2 乙 3 4", [("", ("甲", "1", "2")), ("", ("乙", "3", "4"))]),
        ("类 指标 2020 2025 A 甲 1 2 乙 3 4 B 丙 5 —",
         [("A", ("甲", "1", "2")), ("A", ("乙", "3", "4")), ("B", ("丙", "5", "—"))]),
        ("指标 单位 2025 属性 率 % ≥95 约束性 数 人 1,200 预期性",
         [("率", ("%", "≥95", "约束性")), ("数", ("人", "1,200", "预期性"))]),
    ],
)  # fmt: skip
def test_flattened_tables(cells: str, rows: list[tuple[str, tuple[str, ...]]]) -> None:
    table = unflatten(cells.split())
    assert table is not None
    assert [(category, texts) for _, _, category, texts in table.rows] == rows
    assert table.end == len(cells.split())


@pytest.mark.parametrize("cells", ["", "甲 乙 丙", "2020 2025 甲", "指标 2020 甲 乙 丙"])
def test_cells_that_form_no_table(cells: str) -> None:
    assert unflatten(cells.split()) is None
