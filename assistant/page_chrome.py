"""What the web page around a document says: where it hangs, which sites it links to, whether it is read aloud."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.draft import Draft, Statement
from assistant.headings import span_place
from assistant.question import Question
from corpus.types import Document, Span

_OF_PAGE = re.compile(
    r"网[页站上业叶]|页面|首页|导航|栏目|官网|\b(?:web ?site|web ?page|page|menu)\b", re.I
)
_SEPARATED = re.compile(r"\s*[|｜]\s*")


@dataclass(frozen=True, slots=True)
class _Line:
    """A kind of line of the page: how it is known, what asks for it, and how the answer begins."""

    known: re.Pattern[str]
    asks: re.Pattern[str]
    lead: str


_LINES = (
    _Line(
        re.compile(r"^(?P<value>首页(?:\s+[\u3400-\u9fff]{2,8}){3,})\s*$"),
        re.compile(r"导航[条栏]?[^。?]{0,10}(?:哪些|有哪|几个|什么)|(?:哪些|几个)(?:大)?栏目"),
        "网页的栏目:",
    ),
    _Line(
        re.compile(r"(?:您?的?)?当前(?:的)?位置[:：]\s*(?P<value>.+)"),
        re.compile(
            r"栏目|导航|(?:怎么|如何|怎样|咋)[^,。?]{0,4}[点进找]|路径|(?:挂|放)在[^,。?]{0,8}(?:哪|什么)|上一级|"
            r"menu|which section",
            re.I,
        ),
        "网页上的位置:",
    ),
    _Line(
        re.compile(r"(?P<value>[^|｜\n]{2,16}网\s*[|｜][^\n]*网)[|｜\s]*"),
        re.compile(
            r"(?:顶|最?上[面方边头]?|开头|页眉|挂着|链接|列)[^。?]{0,12}(?:哪|几|什么|啥)[^,。?]{0,8}(?:网站|网(?=的|[?。,]|$)|链接)|"
            r"链接[^,。?]{0,6}(?:哪|什么|几)|\blinks?\b",
            re.I,
        ),
        "网页顶部的链接:",
    ),
    _Line(
        re.compile(r"(?P<value>语音(?:播报|朗读|阅读)|朗读)"),
        re.compile(r"念|朗读|语音|听(?!说|讲|到|课)|播报|read aloud|listen", re.I),
        "页面有",
    ),
)


def _lines(document: Document) -> Iterator[tuple[str, Span]]:
    """The lines of the page before the body, with their places."""
    for section in document.sections:
        if section.kind == "front":
            start = section.span.start
            for line in document.quote(section.span).splitlines(keepends=True):
                yield line.rstrip(), Span(start, start + len(line.rstrip()))
                start += len(line)


def draft_page(question: Question, documents: Sequence[Document]) -> Draft | None:
    """The line of the page that the question asks for, of the only document; else None."""
    asked = question.standalone
    if len(documents) != 1 or not _OF_PAGE.search(f"{asked} {question.understood}"):
        return None
    document = documents[0]
    for kind in _LINES:
        if not (kind.asks.search(asked) or kind.asks.search(question.understood)):
            continue
        for line, span in _lines(document):
            if match := kind.known.search(line):
                value = "、".join(filter(None, _SEPARATED.split(match["value"])))
                place = span_place(document, span)
                text = f"{kind.lead}“{' '.join(value.split())}”。"
                return Draft(statements=(Statement(text=text, places=(place,)),), quotes=(place,))
    return None
