"""The plan as a Document: its outline, its addresses, and that nothing of it is lost."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus
from corpus.card import parse_date
from corpus.errors import DocumentError
from corpus.library import load_folder, make_document
from corpus.outline import outline
from corpus.source import Source
from corpus.types import BODY_KINDS, Document, Metadata, Span

SOURCE = Path(corpus.__file__).parent / "plans" / "wanzhou-education-2021-2025" / "source.txt"

LINES = st.sampled_from(
    ["一、总则", "(一)基础", "1.任务", "2.目标。到2025年达到3所。", "——坚持公平。办好学校。", "专栏1重点",
     "表1-1 指标", "图1 趋势图", "指标", "2020", "2025", "甲(%)", "90.1", "93.5", "文字。还有一句", "", " ", "目录",
     "第一章 总则", "第一条 为了教育。", "十一、保障", "[ 索引号 ] 12", "[ 主题分类 ] 教育", "扫一扫在手机打开当前页面"]
)  # fmt: skip


def owned(document: Document) -> list[Span]:
    """Headings and paragraphs: every character that is not white space belongs to one of them."""
    spans = [section.heading for section in document.sections if len(section.heading)]
    return sorted([*spans, *(paragraph.span for paragraph in document.paragraphs)])


def document_of(text: str) -> Document:
    return make_document("test", Source(text=text), Metadata(title="测试"))


def assert_whole(document: Document) -> None:
    """Top sections tile the text; children lie in their parents; no character is lost or owned twice."""
    top = [section for section in document.sections if section.parent_id is None]
    assert [section.span.start for section in top] == [0, *(s.span.end for s in top[:-1])][
        : len(top)
    ]
    assert not top or top[-1].span.end == len(document.text)
    for section in document.sections:
        for child in document.children(section.section_id):
            assert child.span in section.span
            assert child.parent_id == section.section_id
    position = 0
    for span in owned(document):
        assert span.start >= position
        assert not document.text[position : span.start].strip()
        position = span.end
    assert not document.text[position:].strip()


def test_source_is_kept_byte_for_byte(plan: Document) -> None:
    assert plan.text.encode() == SOURCE.read_bytes()
    assert len(plan.text) == 26552


def test_outline_of_the_plan(plan: Document) -> None:
    kinds = Counter(section.kind for section in plan.sections)
    chapters = [s for s in plan.sections if s.kind == "heading" and s.parent_id is None]
    assert [chapter.title for chapter in chapters] == [
        "发展环境",
        "总体要求",
        "重点任务",
        "规划实施保障",
    ]
    sections = [child for chapter in chapters for child in plan.children(chapter.section_id)]
    assert len(sections) == 2 + 3 + 10 + 5
    assert kinds["box"] == 8
    assert kinds["row"] == 18
    assert kinds["figure"] == 3
    assert kinds["item"] == 5
    items = [section for section in plan.sections if section.label.endswith(".")]
    assert len(items) == sum([4, 2, 4, 6, 4, 2, 4, 3, 5, 3, 3, 6]) + sum([4, 4, 2, 2, 3, 4, 4, 2])


@pytest.mark.parametrize(
    ("section_id", "address"),
    [
        ("3.2.2", "三、重点任务 › (二)推进基础教育公平优质发展 › 2.促进义务教育优质均衡发展"),
        ("3.2.box2.1", "三、重点任务 › (二)推进基础教育公平优质发展 › 专栏2 基础教育公平优质发展建设工程 › 1.学前教育普惠优质发展工程"),
        ("2.3.table1.r7", "二、总体要求 › (三)发展目标 › 表2-1 主要指标 › 第7行 普通初中(万人)"),
        ("2.3.table1.r12", "二、总体要求 › (三)发展目标 › 表2-1 主要指标 › 第12行 高中阶段毛入学率(%)"),
        ("2.2.1", "二、总体要求 › (二)基本原则 › 坚持党对教育工作的全面领导"),
        ("1.1.figure2", "一、发展环境 › (一)发展基础 › 图2 教师队伍建设变化趋势图"),
        ("3.10.6", "三、重点任务 › (十)深化教育重点领域综合改革 › 6.深化教育督导制度改革"),
    ],
)  # fmt: skip
def test_addresses(plan: Document, section_id: str, address: str) -> None:
    assert plan.address(section_id) == address


def test_address_names_the_paragraph_where_there_are_several(plan: Document) -> None:
    assert plan.address("3.2.2", 2).endswith("› 2.促进义务教育优质均衡发展 › 第2段")
    assert plan.address("3.7.box7.1", 1).endswith("› 1.智慧校园建设工程")


def test_contents_and_chrome_are_not_body(plan: Document) -> None:
    body = [section for section in plan.sections if section.kind in BODY_KINDS]
    text = "".join(plan.quote(section.span) for section in body if section.parent_id is None)
    assert text.startswith("为推进全区教育高质量发展")
    assert text.rstrip().endswith("推动教育改革发展的良好舆论氛围。")
    assert "政务公开" not in text
    assert "扫一扫" not in text
    assert "(三)推进中等职业教育创新发展" not in text  # only the contents say so
    assert plan.section("3.3").title == "推进中等职业教育高质量发展"


def test_nothing_of_the_plan_is_lost(plan: Document) -> None:
    assert_whole(plan)


def test_card_and_metadata_agree(plan: Document) -> None:
    card = {field.name: field.value for field in plan.card}
    assert card["索引号"] == plan.metadata.index_number
    assert card["发布机构"] == plan.metadata.issuer
    assert card["有效性"] == ""
    assert parse_date(card["成文日期"]) == plan.metadata.written_on
    assert parse_date(card["发布日期"]) == plan.metadata.published_on
    assert plan.metadata.title in plan.text.replace(" ", "")


def test_table_row_as_record(plan: Document) -> None:
    (table,) = plan.tables
    assert table.columns == ("分类", "指标", "2020", "2025", "属性")
    row = table.rows[6]
    assert (row.category, row.cells) == ("义务教育", ("普通初中(万人)", "4.9", "6.1", "预期性"))


def test_quotes_are_the_source_and_display_is_mended(plan: Document) -> None:
    span = plan.paragraphs_of("2.3.table1.r12")[0].span
    assert plan.quote(span).split() == ["高中阶段毛入学率(%", "97.1", "98.5", "预期性"]
    assert plan.display(span) == "高中阶段毛入学率(%) 97.1 98.5 预期性"
    first = plan.paragraphs_of("1.1")[0].span
    assert plan.quote(first).startswith("十三五”期间")
    assert plan.display(first).startswith("“十三五”期间")


def test_document_numbers_are_mended(plan: Document) -> None:
    mended = [r for r in plan.repairs if r.rule == "文号右括号丢失"]
    assert len(mended) == 7
    span = Span(mended[0].span.start - 5, mended[0].span.end + 2)
    assert (plan.quote(span), plan.display(span)) == ("〔20203号", "〔2020〕3号")


@given(st.lists(LINES, max_size=25), st.sampled_from(["\n", "\r\n", "\n\n"]))
@settings(max_examples=300, deadline=None)
def test_any_text_is_kept_whole(lines: list[str], end: str) -> None:
    document = document_of(end.join(lines))
    assert_whole(document)
    for paragraph in document.paragraphs:
        for sentence in paragraph.sentences:
            assert sentence in paragraph.span
        joined = "".join(document.quote(sentence) for sentence in paragraph.sentences)
        assert "".join(joined.split()) == "".join(document.quote(paragraph.span).split())


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_characters_are_kept_whole(text: str) -> None:
    assert_whole(document_of(text))


@given(st.lists(LINES, min_size=1, max_size=25))
@settings(max_examples=100, deadline=None)
def test_section_ids_are_unique_and_paths_end_in_them(lines: list[str]) -> None:
    document = document_of("\n".join(lines))
    ids = [section.section_id for section in document.sections]
    assert len(ids) == len(set(ids))
    for section in document.sections:
        assert document.path(section.section_id)[-1] == section
        parents = [ancestor.section_id for ancestor in document.path(section.section_id)]
        assert all(section.section_id.startswith(parent) for parent in parents)


def test_a_text_without_headings_is_one_section() -> None:
    sections = outline(Source(text="第一句话。\n第二段。")).sections
    assert [section.kind for section in sections] == ["preamble"]


def test_content_hash_changes_with_the_text(plan: Document) -> None:
    other = document_of(plan.text + "。")
    assert other.content_hash != plan.content_hash


def test_metadata_that_does_not_fit_is_named(tmp_path: Path) -> None:
    (tmp_path / "source.txt").write_text("一、甲", encoding="utf-8")
    (tmp_path / "metadata.toml").write_text("titel = 1", encoding="utf-8")
    with pytest.raises(DocumentError, match=r"metadata.toml.*titel"):
        load_folder(tmp_path)
