"""The n-th or last part of a document or section, by its name or by what it consists of."""

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.draft import Draft, Statement
from assistant.headings import called_section, chapters_of, heading_place, named_section
from assistant.question import Question
from assistant.structure import section_meant
from corpus.fold import bare
from corpus.numerals import parse_numeral
from corpus.types import Document, Section

# The share of a title's character pairs that a question must say to mean that section.
WHOLE_TITLE = 0.9
_ORDINAL = re.compile(
    r"(?:(?P<back>倒数)?第|编号(?:是|为)?)(?P<number>[一二三四五六七八九十\d]+)(?:的那一?)?(?:个|大)*(?:章|部分|板块|块|条|节|项|小?标题|小?点)|(?P<head>头一|(?:开头|打头)(?:讲[^,，。?]{1,10}?)?的?那?一?)(?:个|大)*(?:章|部分|板块|块|条|节|项|小?节|小?标题|小?点)|(?P<last>最后|最末尾?|末尾|收尾|结尾)(?:讲[^,，。?]{1,10}的)?头?(?:的)?(?:那)?(?:一)?(?:个|大)*(?:章|部分|板块|块|条|节|项|小?标题|小?点)"
)
# 小标题第五个.
_TITLE_FIRST = re.compile(r"(小?标题)的?(第[一二三四五六七八九十\d]+个)")
# 第一章和最后一章: the two side by side, not one within the other.
_AND = re.compile(r"(?:和|与|跟|及|以及|、)[^,。?第]{0,4}")
_MEASURE = re.compile(r"(?:章|部分|板块|块|条|节|项|标题|点)$")
_NAME_ASKED = re.compile(
    r"标题|题目|叫(?:什么|啥)|(?:是|讲|说|写|为)(?:的)?(?:是)?(?:什么|啥|何|哪)|内容"
)
_PARTS_OF_CHAPTER = re.compile(
    r"(?:第[一二三四五六七八九十\d]+|最后|最末|开头|打头)[^,。?]{0,14}(?:部分|章)[,]?(?:里|下面|下|底下|又|一共|分|设|有|包括|包含|由)*[^,。?]{0,12}?"
    r"(?:由(?=.{1,6}(?:组成|构成))|分|设|有|包括|含|列)(?:成|为|了|出)?(?:哪|几|多少)(?:几|些|[二两三四五六七八九十])?(?:个|大|小)?(?:条|节|项|部分|方面|小节|标题)"
    r"|(?:第[一二三四五六七八九十\d]+|最后|最末)(?:个|大)*(?:部分|章)[^,。?]{0,14}(?:(?:怎么|如何)分|(?:下设|下分|底下|下面)的?(?:各|小)*节的?标题)"
)
# All parts are asked for too: 一共分几大部分,第一部分叫什么.
_ALL_PARTS = re.compile(r"(?:一共|总共|共)?分(?:成|为)?(?:几|多少)个?大?(?:部分|章|块)[,，]")
# 讲甲和乙的那一章叫什么.
_TITLE_OF = re.compile(
    r"那一?个?(?:大|小)?(?:章|部分|节|块|条)的?(?:标题|题目|名称|名字)?(?:叫|是什么|的?全称|的?标题)"
)
# 第三张: a slip for 第三章.
_SLIP = re.compile(r"(?<=第)([一二三四五六七八九十])张")
_ENGLISH = re.compile(
    r"\bhow many (?:sub)?(?:sections|parts|items)\b.*"
    r"\b(?P<which>first|second|third|fourth|fifth|sixth|last|final) (?:chapter|part)\b",
    re.IGNORECASE,
)
_ENGLISH_NUMBERS = ("first", "second", "third", "fourth", "fifth", "sixth")
_WHOLE_TEXT = re.compile(r"目录|全文|(?:文件|规划|正文)(?:里|的)?最")
_SECTION = re.compile(r"[节条项]$")
_TOP = re.compile(r"大|章|部分|块|目录|一级")


def draft_nth(question: Question, documents: Sequence[Document]) -> Draft | None:
    """The n-th or last item of a section, or of the whole document, by its name; one that is called by its subject."""
    asked = _TITLE_FIRST.sub(r"\2\1", _asked(question))
    matches = list(_ORDINAL.finditer(asked))
    if matches:
        return _numbered(question, asked, documents, matches)
    called = called_section(asked, documents) if _TITLE_OF.search(asked) else None
    return _named_with_parts(*called) if called else None


def _numbered(
    question: Question,
    asked: str,
    documents: Sequence[Document],
    matches: Sequence[re.Match[str]],
) -> Draft | None:
    """The item of the numbers that are said, where its name is asked for."""
    parts = _PARTS_OF_CHAPTER.search(asked) or _ALL_PARTS.search(asked)
    if parts or not _NAME_ASKED.search(asked[matches[-1].start() :]) or question.unit:
        return None
    first, last = matches[0], matches[-1]
    side_by_side = len(matches) > 1 and _are_side_by_side(asked, matches)
    if len(matches) > 2 and not side_by_side:
        return None
    nested = len(matches) > 1 and not side_by_side
    found = _items_meant(question, documents, first, last, nested=nested)
    if found is None:
        return None
    document, children, whole = found
    items = [child for child in children if child.kind in {"heading", "item"}]
    if side_by_side:
        each = [item for ordinal in matches if (item := _nth(items, ordinal))]
        return _each(document, each) if len(each) == len(matches) else None
    if item := _nth(items, last):
        return _named_with_parts(document, item)
    return _beyond_last(document, items) if whole and not nested else None


def _named_with_parts(document: Document, item: Section) -> Draft:
    """An item by its name, and what it consists of."""
    below = [child.title for child in document.children(item.section_id) if child.title]
    lead = Statement(text=f"{item.name}。", places=(heading_place(document, item),))
    more = tuple(
        Statement(text=child.name, places=(heading_place(document, child),))
        for child in document.children(item.section_id)
        if child.title and child.kind in {"heading", "item"}
    )
    return Draft(statements=(lead, *more), quotes=()) if below else Draft(statements=(lead,))


def _are_side_by_side(asked: str, matches: Sequence[re.Match[str]]) -> bool:
    """Whether ordinals of one measure are joined by nothing but 和: 第一章和最后一章."""
    measures = {measure[0] for m in matches if (measure := _MEASURE.search(m[0]))}
    joined = (_AND.fullmatch(asked[a.end() : b.start()]) for a, b in pairwise(matches))
    return len(measures) == 1 and all(joined)


def _items_meant(
    question: Question,
    documents: Sequence[Document],
    first: re.Match[str],
    last: re.Match[str],
    *,
    nested: bool,
) -> tuple[Document, Sequence[Section], bool] | None:
    """(document, what is counted, whether that is of all of it); `nested`: the last ordinal is within the first."""
    asked = first.string
    before = asked[: first.start()]
    parent = (
        named_section(before, documents, WHOLE_TITLE)
        or called_section(before, documents)
        or section_meant(before, question, documents)
    )
    if parent and parent[1].child_ids:
        return parent[0], parent[0].children(parent[1].section_id), False
    if len(documents) != 1 or not (chapters := chapters_of(documents[0])):
        return None
    document, children = documents[0], chapters
    upper = _nth(children, first) if nested else None
    if upper:  # 最后一部分的第二节
        children = document.children(upper.section_id)
    elif _SECTION.search(last[0]) and _WHOLE_TEXT.search(asked):
        children = tuple(s for c in chapters for s in document.children(c.section_id))
    elif not _TOP.search(asked):
        return None
    return document, children, True


def _each(document: Document, items: Sequence[Section]) -> Draft:
    """Several items by their names."""
    names = "；".join(item.name for item in items)
    places = tuple(heading_place(document, item) for item in items)
    return Draft(statements=(Statement(text=f"{names}。", places=places, kind="computed"),))


def _beyond_last(document: Document, items: Sequence[Section]) -> Draft:
    """All there are, where a later one is asked for."""
    names = "；".join(item.title for item in items)
    lead = Statement(
        text=f"正文只有{len(items)}部分:{names}。",
        places=tuple(heading_place(document, item) for item in items),
        kind="computed",
        derived=frozenset({str(len(items))}),
    )
    return Draft(statements=(lead,))


def numbered_chapter(
    question: Question, documents: Sequence[Document]
) -> tuple[Document, Section] | None:
    """The chapter whose parts are asked for by its number: 最后一大部分下面分几条."""
    if len(documents) != 1:
        return None
    chapters = chapters_of(documents[0])
    if english := _ENGLISH.search(question.standalone):
        which = english["which"].lower()
        place = _ENGLISH_NUMBERS.index(which) if which in _ENGLISH_NUMBERS else len(chapters) - 1
        chapter = chapters[place] if place < len(chapters) else None
    else:
        match = _PARTS_OF_CHAPTER.search(_asked(question))
        ordinal = _ORDINAL.search(match[0]) if match else None
        chapter = _nth(chapters, ordinal) if ordinal else None
    return _with_parts(documents[0], chapter)


def chapter_said(
    question: Question, documents: Sequence[Document]
) -> tuple[Document, Section] | None:
    """The chapter with parts whose number is said: 第三部分."""
    ordinal = _ORDINAL.search(_asked(question))
    if len(documents) != 1 or not ordinal or not _TOP.search(ordinal[0]):
        return None
    return _with_parts(documents[0], _nth(chapters_of(documents[0]), ordinal))


def _with_parts(document: Document, chapter: Section | None) -> tuple[Document, Section] | None:
    return (document, chapter) if chapter and chapter.child_ids else None


def _asked(question: Question) -> str:
    return _SLIP.sub(r"\1章", bare(question.understood))


def _nth(items: Sequence[Section], ordinal: re.Match[str]) -> Section | None:
    """The item of the number that is said, the last one where that is said."""
    number = len(items) if ordinal["last"] else 1 if ordinal["head"] else _number(ordinal["number"])
    if number and ordinal["back"]:
        number = len(items) + 1 - number
    return items[number - 1] if number and 0 < number <= len(items) else None


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else parse_numeral(text)
