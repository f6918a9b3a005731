"""The headings of documents: where each stands, and which one a text names."""

import re
from collections.abc import Sequence

from assistant.draft import Place
from assistant.naming import name_share
from corpus.fold import bare
from corpus.types import Document, Section, Span

TITLED = frozenset({"heading", "box", "table", "item"})


def heading_place(document: Document, section: Section) -> Place:
    """The heading of a section, or the whole of one without."""
    span = section.heading if len(section.heading) else section.span
    return Place(
        document=document,
        section_id=section.section_id,
        paragraph=None,
        span=Span(span.start, span.end),
        context=span,
    )


def span_place(document: Document, span: Span) -> Place:
    """A span of a document, in the innermost section that holds it."""
    holders = [section for section in document.sections if span in section.span]
    section = min(holders, key=lambda section: len(section.span))
    return Place(
        document=document, section_id=section.section_id, paragraph=None, span=span, context=span
    )


def named_section(
    asked: str, documents: Sequence[Document], least: float
) -> tuple[Document, Section] | None:
    """The section whose title a text says most of; of equal ones the longest title."""
    found = [
        (name_share(section.title, asked), len(section.title), document, section)
        for document in documents
        for section in document.sections
        if section.title and section.kind in TITLED
    ]
    best = max(found, key=lambda item: item[:2], default=None)
    return (best[2], best[3]) if best and best[0] >= least else None


# A section by what it is about: 讲教师的那一节, 基础教育那一章.
_CALLED = re.compile(
    r"(?:(?:专?讲|关于|说|写|谈)(?:的是)?)?(?P<what>[\u3400-\u9fff]{2,12}?)的?(?:那|这)一?个?(?:大|小)?(?:节|章|部分|块|条|项)|"
    r"(?:专?讲|关于|说|写|谈)(?P<told>[\u3400-\u9fff]{2,12}?)的一?个?(?:大|小)?(?:节|章|部分|块)"
)


def calls_section(asked: str) -> bool:
    """Whether a text calls a section by what it is about, whether or not there is one."""
    return _CALLED.search(asked) is not None


# So much of what it is called must be words of the title, in any order.
CALLED_SHARE = 0.75


def _is_called(what: str, title: str) -> bool:
    return len(what) > 3 and name_share(what, title) >= CALLED_SHARE


def called_section(asked: str, documents: Sequence[Document]) -> tuple[Document, Section] | None:
    """The section with parts that a text calls by words of its title; the highest of several."""
    call = _CALLED.search(asked)
    what = (call["what"] or call["told"]) if call else ""
    found = [
        (len(document.path(section.section_id)), document, section)
        for document in documents
        for section in document.sections
        if what
        and section.child_ids
        and section.kind == "heading"
        and (what in bare(section.title) or _is_called(what, section.title))
    ]
    best = min(found, key=lambda item: item[0], default=None)
    return (best[1], best[2]) if best else _by_its_parts(asked, documents)


# A section by what it consists of: 讲指导思想、基本原则和目标的那一章.
_BY_PARTS = re.compile(
    r"(?:讲|写|包括|含)(?P<parts>[^。?]{6,40}?)的?(?:那|这)?一?个?(?:大|小)?(?:章|部分|块)"
)
PARTS_SAID = 2


def _by_its_parts(asked: str, documents: Sequence[Document]) -> tuple[Document, Section] | None:
    """The section of which a text says at least two headings, to call it by them."""
    called = _BY_PARTS.search(asked)
    if not called:
        return None
    said = [
        (
            len(
                [
                    c
                    for c in d.children(s.section_id)
                    if c.title and bare(c.title) in called["parts"]
                ]
            ),
            d,
            s,
        )
        for d in documents
        for s in d.sections
        if s.kind == "heading"
    ]
    best = max(said, key=lambda item: item[0], default=None)
    return (best[1], best[2]) if best and best[0] >= PARTS_SAID else None


def chapters_of(document: Document) -> tuple[Section, ...]:
    """The headings of the first level, in order."""
    return tuple(s for s in document.sections if not s.parent_id and s.kind == "heading")
