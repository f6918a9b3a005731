"""Folding, numerals, quantities, sentences and words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.clean import find_repairs
from corpus.fold import bare, fold
from corpus.numerals import parse_numeral
from corpus.quantities import find_quantities
from corpus.sentences import clauses, sentences
from corpus.targets import table_targets
from corpus.tokenize import Tokenizer, document_terms
from corpus.types import Document, Span, mended


@given(st.text())
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("（％）", "(%)"), ("教育學", "教育学"), ("ＡＢＣ", "abc"), ("“双减”", "“双减”"), ("　", " ")],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_bare_text_has_no_punctuation() -> None:
    assert bare("“一校一品”、 (二〇二五)") == "一校一品二〇二五"


@pytest.mark.parametrize(
    ("text", "value"),
    [("一", 1), ("十", 10), ("十一", 11), ("二十", 20), ("一百零五", 105), ("二〇二五", 2025), ("二O三五", 2035),
     ("两千三百", 2300), ("三万五千", 35000), ("一亿", 10**8), ("", None), ("教", None)],
)  # fmt: skip
def test_numerals(text: str, value: int | None) -> None:
    assert parse_numeral(text) == value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("建成示范校15所、区级20所", [("15", None, "所", "等于"), ("20", None, "所", "等于")]),
        ("达3万人以上", [("3", None, "万人", "以上")]),
        ("约50所", [("50", None, "所", "约")]),
        ("均不低于55%目标", [("55", None, "%", "不低于")]),
        ("培育5—10个优秀名师工作室", [("5", "10", "个", "等于")]),
        ("选取5-10个具备条件的乡镇", [("5", "10", "个", "等于")]),
        ("１００余名骨干教师", [("100", None, "名", "以上")]),
        ("累计170.78亿元", [("170.78", None, "亿元", "等于")]),
        ("设立一所专门学校,两所幼儿园", [("1", None, "所", "等于"), ("2", None, "所", "等于")]),
        ("更新课桌凳74,030套", [("74030", None, "套", "等于")]),
        ("到2025年,第3个专栏8对外,〔2020〕3号,1+X证书,工程2.0", []),
        ("树牢“四个意识”、做到“两个维护”,第三期计划", []),
    ],
)  # fmt: skip
def test_quantities(text: str, found: list[tuple[str, str | None, str, str]]) -> None:
    quantities = find_quantities(text)
    assert [
        (str(q.value), None if q.high is None else str(q.high), q.unit, q.bound) for q in quantities
    ] == found
    for quantity in quantities:
        assert text[quantity.span.start : quantity.span.end].endswith(quantity.unit)


def test_amounts_are_counted_out() -> None:
    (quantity,) = find_quantities("11.3万人")
    assert (quantity.amount, quantity.bare_unit) == (Decimal(113_000), "人")


@given(st.text(alphabet="甲乙。！？;,“”() \n", max_size=60))
def test_sentences_and_clauses_keep_all_characters(text: str) -> None:
    whole = Span(0, len(text))
    for split in (sentences, clauses):
        pieces = split(text, whole)
        assert all(pieces[i].end <= pieces[i + 1].start for i in range(len(pieces) - 1))
        joined = "".join(text[piece.start : piece.end] for piece in pieces)
        assert "".join(joined.split()) == "".join(text.split())


def test_sentences_keep_closing_quotes() -> None:
    text = "他说“要办好。”然后走了。"
    spans = sentences(text, Span(0, len(text)))
    assert [text[s.start : s.end] for s in spans] == ["他说“要办好。”", "然后走了。"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("高中阶段毛入学率(%", "高中阶段毛入学率(%)"),
        ("学前教育毛入园率（%", "学前教育毛入园率（%）"),
        ("(渝府办发〔201870号)", "(渝府办发〔2018〕70号)"),
        ("(渝府办发〔2018〕70号)", "(渝府办发〔2018〕70号)"),
        ("十三五”期间,发展很快。", "“十三五”期间,发展很快。"),
        ("“十三五”期间,发展很快。", "“十三五”期间,发展很快。"),
        ("2-1 主要指标", "表2-1 主要指标"),
        ("1 变化趋势图", "图1 变化趋势图"),
    ],
)
def test_repairs(text: str, shown: str) -> None:
    repairs = find_repairs(text)
    assert mended(text, Span(0, len(text)), repairs) == shown
    for repair in repairs:
        assert text[repair.span.start : repair.span.end] == repair.before


def test_words_of_the_document_are_kept_whole(plan: Document) -> None:
    terms = document_terms(plan)
    assert {"班班通", "区管校聘", "高中阶段毛入学率", "双师型"} & set(terms) >= {
        "区管校聘",
        "高中阶段毛入学率",
        "双师型",
    }
    tokenizer = Tokenizer(terms)
    assert "区管校聘" in tokenizer.tokenize("推进“区管校聘”改革")
    assert "高中阶段毛入学率" in tokenizer.tokenize("高中阶段毛入学率")


def test_width_and_traditional_characters_do_not_change_the_words() -> None:
    tokenizer = Tokenizer()
    assert tokenizer.tokenize("義務教育９８.５％") == tokenizer.tokenize("义务教育98.5%")
    assert "98.5%" in tokenizer.tokenize("达98.5%")
    assert tokenizer.tokenize("的,。 ") == []


def test_targets_of_the_table(plan: Document) -> None:
    targets = {target.name: target for target in table_targets(plan)}
    assert len(targets) == 18
    primary = targets["普通小学在校学生数"]
    assert (primary.baseline, primary.target, primary.unit) == (
        Decimal("8.76"),
        Decimal("12.1"),
        "万人",
    )
    assert (primary.baseline_year, primary.target_year, primary.nature) == (2020, 2025, "预期性")
    assert plan.section(primary.parent_id or "").title == "在校学生数(万人)"
    assert targets["研究生在校生规模"].unit == "人"
    assert targets["高等教育毛入学率"].parent == ""
