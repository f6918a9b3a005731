"""Real official documents: what they must show of the readers and the outline.

The documents stand beside the checkout and are not part of it; without them these tests are skipped.
"""

import difflib
import re
from pathlib import Path

import pytest

from corpus.library import make_document
from corpus.readers import read_source
from corpus.types import Document, Metadata
from tests.test_document import assert_whole

SAMPLES = Path(__file__).parents[2] / "shared" / "samples"
OUTLINES = Path(__file__).parent / "outlines"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no sample documents at {SAMPLES}")

FILES = sorted([*SAMPLES.glob("edu_docs/*"), *SAMPLES.glob("gov_html/*")])
LAWS = [path for path in FILES if path.suffix == ".md"]
Entry = tuple[int, str, str]


def document_of(path: Path) -> Document:
    return make_document("sample", read_source(path), Metadata(title=path.stem))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_sample_is_kept_whole(path: Path) -> None:
    document = document_of(path)
    assert_whole(document)
    for paragraph in document.paragraphs:
        for sentence in paragraph.sentences:
            assert document.quote(sentence) == document.text[sentence.start : sentence.end]
    assert any(section.kind in {"preamble", "heading"} for section in document.sections)


@pytest.mark.parametrize("path", LAWS, ids=lambda path: path.stem)
def test_every_article_is_found_with_its_chapter(path: Path) -> None:
    raw = path.read_text(encoding="utf-8")
    document = document_of(path)
    articles = [section for section in document.sections if re.fullmatch("第.+条", section.label)]
    written = re.findall(r"^(第[〇零一二三四五六七八九十百]+条)(?=[\s　])", raw, re.MULTILINE)
    assert [article.label for article in articles] == written
    chapter = ""
    places = iter(articles)
    for line in raw.splitlines():
        if match := re.match(r"(?:#+ )?(第[一二三四五六七八九十]+章)", line):
            chapter = match[1]
        elif re.match(r"第[〇零一二三四五六七八九十百]+条[\s　]", line) and chapter:
            names = [section.label for section in document.path(next(places).section_id)]
            assert chapter in names or "" in names  # '' is a chapter that the text left unnumbered
        elif re.match(r"第[〇零一二三四五六七八九十百]+条[\s　]", line):
            next(places)


def outlined_by_hand(path: Path) -> tuple[Path, list[Entry]]:
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    rows = [[*line.split("\t"), ""][:3] for line in lines if line.strip()]
    return SAMPLES / first.removeprefix("#").strip(), [(int(a), b, c) for a, b, c in rows]


def outlined(document: Document) -> list[Entry]:
    return [
        (len(document.path(s.section_id)), s.label or "——", "".join(s.title.split()))
        for s in document.sections
        if s.kind in {"heading", "item", "box", "table", "figure"}
    ]


def same(entry: Entry) -> tuple[str, str]:
    return entry[1].replace("(", "（").replace(")", "）"), entry[2]


def test_outlines_made_by_hand() -> None:
    wanted = found = matched = level = 0
    for path in sorted(OUTLINES.glob("*.tsv")):
        source, gold = outlined_by_hand(path)
        own = outlined(document_of(source))
        matcher = difflib.SequenceMatcher(
            a=list(map(same, gold)), b=list(map(same, own)), autojunk=False
        )
        pairs = [(b.a + i, b.b + i) for b in matcher.get_matching_blocks() for i in range(b.size)]
        wanted, found, matched = wanted + len(gold), found + len(own), matched + len(pairs)
        level += sum(gold[a][0] == own[b][0] for a, b in pairs)
    assert wanted == 486
    assert matched / found >= 0.98
    assert matched / wanted >= 0.98
    assert level / matched >= 0.98
