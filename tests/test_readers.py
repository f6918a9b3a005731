"""The readers: the same document in five formats, encodings, page chrome, and files that are no use."""

import codecs
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from corpus.errors import DocumentError
from corpus.library import make_document
from corpus.readers import MAX_BYTES, read_bytes, read_source
from corpus.readers.docx import MAX_UNPACKED
from corpus.types import Document, Metadata

Lines = Sequence[str | list[list[str]]]
HEADINGS = {
    "一、总体要求": 1,
    "(一)指导思想": 2,
    "(二)主要指标": 2,
    "二、重点任务": 1,
    "1.扩大供给": 2,
}
LINES: Lines = [
    "一、总体要求",
    "(一)指导思想",
    "坚持公平优质,办好每一所学校。全面提高质量,到2025年普惠率达到90%以上。",
    "(二)主要指标",
    "表1 教育指标",
    [["指标", "2020年", "2025年"], ["毛入园率(%)", "90.1", "93.5"], ["在园幼儿数(万人)", "4.06", "6.1"]],
    "二、重点任务",
    "1.扩大供给",
    "新建幼儿园10所。",
    "2.提高质量。加强教研工作,落实轮训制度。",
    "——坚持安全第一。守住底线。",
    "附件1",
    "任务分工表",
]  # fmt: skip
IDS = [
    "1",
    "1.1",
    "1.2",
    "1.2.table1",
    "1.2.table1.r1",
    "1.2.table1.r2",
    "2",
    "2.1",
    "2.2",
    "2.2.1",
    "annex1",
]
TITLES = ["总体要求", "指导思想", "主要指标", "教育指标", "毛入园率(%)", "在园幼儿数(万人)", "重点任务",
          "扩大供给", "提高质量", "坚持安全第一", "任务分工表"]  # fmt: skip


def as_text(lines: Lines) -> bytes:
    return "\n".join(
        line if isinstance(line, str) else "\n".join("\t".join(row) for row in line)
        for line in lines
    ).encode()


def as_markdown(lines: Lines) -> bytes:
    pieces = []
    for line in lines:
        if isinstance(line, str):
            pieces.append("#" * HEADINGS.get(line, 0) + (" " if line in HEADINGS else "") + line)
        else:
            rows = ["| " + " | ".join(row) + " |" for row in line]
            pieces.append("\n".join([rows[0], "|" + "---|" * len(line[0]), *rows[1:]]))
    return ("<!-- 注 -->\n\n" + "\n\n".join(pieces)).encode()


def as_html(lines: Lines) -> bytes:
    pieces = []
    for line in lines:
        if not isinstance(line, str):
            rows = ["".join(f"<td>{cell}</td>" for cell in row) for row in line]
            pieces.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
        elif line in HEADINGS:
            pieces.append(f"<h{HEADINGS[line] + 1}>{line}</h{HEADINGS[line] + 1}>")
        else:
            pieces.append(f"<p>{line}</p>")
    chrome = '<nav>首页 政务</nav><div class="share">分享到微信</div><p style="display:none">隐藏</p><script>x()</script>'
    return f"<html><head><title>规划</title></head><body>{chrome}{''.join(pieces)}<footer>版权</footer></body></html>".encode()


def as_docx(lines: Lines) -> bytes:
    document = docx.Document()
    for line in lines:
        if isinstance(line, str):
            document.add_paragraph(
                line, style=f"Heading {HEADINGS[line]}" if line in HEADINGS else None
            )
        else:
            table = document.add_table(len(line), len(line[0]))
            for row, cells in enumerate(line):
                for column, text in enumerate(cells):
                    table.cell(row, column).text = text
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def as_pdf(lines: Lines) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle(
        "body", fontName="STSong-Light", fontSize=12, leading=20, firstLineIndent=24, wordWrap="CJK"
    )
    parts: list[Flowable] = []
    for line in lines:
        if isinstance(line, str):
            parts.append(Paragraph(line, style))
        else:
            grid = TableStyle(
                [
                    ("GRID", (0, 0), (-1, -1), 1, "black"),
                    ("FONTNAME", (0, 0), (-1, -1), "STSong-Light"),
                ]
            )
            parts += [Table(line, style=grid), Spacer(1, 12)]
    stream = BytesIO()
    SimpleDocTemplate(stream, pagesize=A4).build(parts)
    return stream.getvalue()


WRITERS: dict[str, Callable[[Lines], bytes]] = {
    ".txt": as_text, ".md": as_markdown, ".html": as_html, ".docx": as_docx, ".pdf": as_pdf,
}  # fmt: skip


def document_of(data: bytes, name: str) -> Document:
    return make_document("test", read_bytes(data, name), Metadata(title="测试"))


@pytest.mark.parametrize("suffix", WRITERS)
def test_the_same_document_in_five_formats_has_one_outline(suffix: str) -> None:
    document = document_of(WRITERS[suffix](LINES), f"plan{suffix}")
    body = [s for s in document.sections if s.kind not in {"front", "preamble", "closing"}]
    assert [section.section_id for section in body] == IDS
    assert [section.title for section in body] == TITLES
    (table,) = document.tables
    assert table.columns == ("指标", "2020年", "2025年")
    assert table.rows[0].cells == ("毛入园率(%)", "90.1", "93.5")
    (paragraph,) = document.paragraphs_of("1.1")
    assert document.display(paragraph.span) == LINES[2]
    assert [document.quote(s) for s in document.paragraphs_of("2.2")[0].sentences] == [
        "加强教研工作,落实轮训制度。"
    ]
    assert "首页" not in document.text
    assert "隐藏" not in document.text


@pytest.mark.parametrize("suffix", [".html", ".docx"])
def test_merged_cells_are_the_category(suffix: str) -> None:
    if suffix == ".html":
        data = (
            "<p>一、指标</p><table><tr><th>类</th><th>指标</th><th>2025</th></tr>"
            '<tr><td rowspan="2">学前</td><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr>'
            "<tr><td>高中</td><td>丙</td><td>3</td></tr></table>"
        ).encode()
    else:
        document = docx.Document()
        document.add_paragraph("一、指标")
        table = document.add_table(4, 3)
        cells = [["类", "指标", "2025"], ["学前", "甲", "1"], ["", "乙", "2"], ["高中", "丙", "3"]]
        for row, texts in enumerate(cells):
            for column, text in enumerate(texts):
                table.cell(row, column).text = text
        table.cell(1, 0).merge(table.cell(2, 0))
        stream = BytesIO()
        document.save(stream)
        data = stream.getvalue()
    (read,) = document_of(data, f"a{suffix}").tables
    assert [(row.category, *row.cells) for row in read.rows] == [
        ("学前", "甲", "1"),
        ("学前", "乙", "2"),
        ("高中", "丙", "3"),
    ]


@pytest.mark.parametrize("suffix", [".html", ".docx", ".md"])
def test_bold_words_that_open_a_paragraph_are_a_heading(suffix: str) -> None:
    if suffix == ".docx":
        document = docx.Document()
        document.add_paragraph("一、目标")
        paragraph = document.add_paragraph()
        paragraph.add_run("体系更加完善。").bold = True
        paragraph.add_run("建成体系。")
        stream = BytesIO()
        document.save(stream)
        data = stream.getvalue()
    else:
        bold = (
            "<p>一、目标</p><p><b>体系更加完善。</b>建成体系。</p>"
            if suffix == ".html"
            else "一、目标\n\n**体系更加完善。**建成体系。"
        )
        data = bold.encode()
    read = document_of(data, f"a{suffix}")
    assert read.section("1.p1").title == "体系更加完善"
    assert read.quote(read.paragraphs_of("1.p1")[0].span) == "建成体系。"


TEXT = "一、总则\n第一条 为了规范义务教育管理工作，制定本办法。\n第二条 本办法适用于全市学校。"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(), codecs.BOM_UTF8 + TEXT.encode(), TEXT.encode("gb18030"), TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"), TEXT.encode("utf-16-be"), codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 mark", "gb18030", "utf-16 mark", "utf-16-le", "utf-16-be", "utf-16-be mark"],
)  # fmt: skip
@pytest.mark.parametrize("suffix", [".txt", ".md"])
def test_encodings(data: bytes, suffix: str) -> None:
    assert read_bytes(data, f"a{suffix}").text.split() == TEXT.split()


def test_big5() -> None:
    text = "第一條 為了規範義務教育管理工作，制定本辦法。第二條 本辦法適用於全市學校。"
    assert read_bytes(text.encode("big5"), "a.txt").text == text


def test_a_page_that_declares_its_encoding() -> None:
    page = (
        '<html><head><meta charset="gb2312"></head><body><p>义务教育优质均衡發展</p></body></html>'
    )
    assert read_bytes(page.encode("gb18030"), "a.html").text.strip() == "义务教育优质均衡發展"


def test_an_information_card_made_of_a_table() -> None:
    page = "<table><tr><td>索 引 号：</td><td>0001</td><td>发文机关：</td><td>国务院</td></tr></table><p>一、要求</p>"
    document = document_of(page.encode(), "a.html")
    assert [(field.name, field.value) for field in document.card] == [
        ("索引号", "0001"),
        ("发文机关", "国务院"),
    ]


def scanned() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    stream = BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    canvas.rect(50, 50, 300, 300, fill=1)
    canvas.save()
    return stream.getvalue()


def bomb() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (MAX_UNPACKED + 1))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"", "是空的"),
        ("a.txt", b" \n\t ", "是空的"),
        ("a.txt", bytes(range(256)) * 40, "不是文本"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(100), "内容是图片"),
        ("a.md", b"%PDF-1.7 ...", "内容是PDF"),
        ("a.xyz", b"abc", "不认识"),
        ("a", b"abc", "不认识"),
        ("a.html", b"<html><script>1</script></html>", "没有文字"),
        ("a.docx", b"no zip at all", "不是完好的 .docx"),
        ("a.docx", b"PK\x03\x04broken", "不是完好的 .docx"),
        ("a.pdf", b"%PDF-1.7 broken", "不是完好的 PDF"),
        ("a.pdf", as_pdf(LINES)[:3000], "不是完好的 PDF"),
    ],
)
def test_useless_files_are_named(name: str, data: bytes, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read_bytes(data, name)


def test_a_scanned_pdf_is_told_from_a_damaged_one() -> None:
    with pytest.raises(DocumentError, match="扫描件"):
        read_bytes(scanned(), "a.pdf")


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(DocumentError, match="解压后"):
        read_bytes(bomb(), "a.docx")


def test_an_archive_without_a_document() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(DocumentError, match="不是完好的"):
        read_bytes(stream.getvalue(), "a.docx")


def test_large_and_missing_files(tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as stream:
        stream.truncate(50 * 2**20)
    with pytest.raises(DocumentError, match=f"最多 {MAX_BYTES // 2**20} MB"):
        read_source(large)
    with pytest.raises(DocumentError, match="打不开"):
        read_source(tmp_path / "missing.txt")
    with pytest.raises(DocumentError, match="打不开"):
        read_source(tmp_path)


@given(st.binary(max_size=400), st.sampled_from([".txt", ".md", ".html", ".docx", ".pdf"]))
@settings(max_examples=200)
def test_any_bytes_give_a_source_or_a_message(data: bytes, suffix: str) -> None:
    try:
        source = read_bytes(data, f"a{suffix}")
    except DocumentError:
        return
    document_of(source.text.encode("utf-8", "replace"), "a.txt")


@given(st.text(max_size=300), st.sampled_from([".md", ".html"]))
@settings(max_examples=200)
def test_any_markup_gives_a_document(text: str, suffix: str) -> None:
    try:
        document = document_of(text.encode("utf-8", "replace"), f"a{suffix}")
    except DocumentError:
        return
    from tests.test_document import assert_whole

    assert_whole(document)
