"""Where the plan says something, by its headings."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from assistant.draft import Draft, Statement
from assistant.evidence import Evidence
from assistant.headings import TITLED, heading_place, named_section
from assistant.naming import name_share
from assistant.question import Question
from corpus.fold import bare
from corpus.types import Document, Section

# So much of a title must be said to mean that section when its place is asked for, or so long a run of it.
TITLE_FOR_PLACE = 0.6
RUN_FOR_PLACE = 4
# Where something stands: 在哪一章, 排第几, 放在哪个一级标题底下.
_WHERE = re.compile(
    r"(?:在|到|属于?|算|归|列|排|放|写|翻|是)(?:在|到|于)?(?:这个|这份)?(?:规划|文件|目录|正文|重点任务|原文)?(?:里面?|里头|中|头|上|当中)?(?:的|是)?"
    r"(?:第(?:好?[几多]|多少)(?:个|大)?(?:章|节|部分|条|项|块|(?=[哦嘛呢啊呀]*(?:[?？]|$|全名|名称|标题|叫)))|哪(?:一|个|几)?(?:大)?(?:章节?|节|部分|(?<!几)(?:条(?!街|路|巷|线|规矩|规定|原则|政策|措施|办法|标准|底线|红线)|项(?!目)|(?<=属于哪个)项目|(?<=属于哪一个)项目)|板块|[一二三]级标题|小?标题|大块))"
    r"|第(?:好?[几多]|多少)(?:章|节|部分)"
)
# Which of the boxes: 讲智慧教育的是专栏几, 在第几个专栏.
_WHICH_BOX = re.compile(
    r"专栏(?:第?几|几号)(?!个|项)|专栏(?:是|排|在|排在)第几|(?:第几|哪一?)个?专栏(?!项目)"
)
# So much of a box's title, or of the title above it, a question must say.
PART_OF_BOX = 0.3
# Or a sentence in it must say so much of what the best one says of the question.
BEST_SHARE = 0.8
# 提高最多的是哪一项 asks for no place.
_WHICH_IS_MOST = re.compile(
    r"(?:最|第[二三四五六])[多高大快低少小猛凶厉][^,。?]{0,8}(?:哪|什么)一?[个项条](?!章|节|标题|部分)"
)
# So does a condition: 比2020年低的是哪一项.
_WHICH_FITS = re.compile(
    r"(?:比(?:19|20)\d\d年?|[低高多少大小]于|超过|没有?变|持平)[^,。?]{0,10}[,，]?[^,。?]{0,6}(?<!在)(?:哪|什么)一?[几个]?[个项]"
)
# Who asks for chapter and section by number means headings, not the items of a 专栏.
_CHAPTERS = re.compile(r"第几章|第几节|第几部分|目录")
CHAPTER_DEPTH = 2


def of_longest_run(
    asked: str, sections: Sequence[tuple[Document, Section]], least: int = RUN_FOR_PLACE
) -> tuple[Document, Section] | None:
    """The first section of those whose titles share the longest run of characters with a text."""

    def run(title: str) -> int:
        matcher = SequenceMatcher(None, bare(title), asked, autojunk=False)
        return matcher.find_longest_match().size

    named = [pair for pair in sections if pair[1].title and pair[1].kind in TITLED]
    best = max(named, key=lambda pair: run(pair[1].title), default=None)
    return best if best and run(best[1].title) >= least else None


# 甲和乙分别在第几条.
_TWO = re.compile(
    r"(?P<one>[\u3400-\u9fff]{2,10}?)(?:和|与|跟|、)(?P<other>[\u3400-\u9fff]{2,10}?)(?:这?[两二]个?[^,。?]{0,6})?[,]?"
    r"[^。?]{0,12}(?:哪[两二]|分别[^,。?]{0,10}(?:哪|第几|几))(?:个|大)*(?:条|节|章|部分|块)"
)
# So long a run of a heading's words is enough where two are sought side by side.
RUN_OF_TWO = 2


def _draft_two(asked: str, documents: Sequence[Document]) -> Draft | None:
    """Where two things stand, each by the heading that shares the longest run with its words."""
    two = _TWO.search(asked)
    if not two or len(documents) != 1:
        return None
    (document,) = documents
    headings = [
        (document, s)
        for s in document.sections
        if s.kind == "heading" and len(document.path(s.section_id)) == CHAPTER_DEPTH
    ]
    named = [of_longest_run(two[part], headings, RUN_OF_TWO) for part in ("one", "other")]
    found = [pair[1] for pair in named if pair]
    if len(found) < len(named) or found[0] is found[1]:
        return None
    paths = [[s for s in document.path(each.section_id) if len(s.heading)] for each in found]
    names = [" › ".join(step.name for step in path) for path in paths]
    places = tuple(dict.fromkeys(heading_place(document, s) for path in paths for s in path))
    text = f"分别在{names[0]}和{names[1]}。"
    return Draft(statements=(Statement(text=text, places=places, kind="computed"),))


def _draft_box(
    asked: str, evidence: Sequence[Evidence], documents: Sequence[Document]
) -> Draft | None:
    """Which box is about what a question says, by its title or the title above it, else by what stands in it."""
    if not _WHICH_BOX.search(asked):
        return None
    boxes = [
        (max(name_share(step.title, asked) for step in path), len(path), document, section)
        for document in documents
        for section in document.sections
        if section.kind == "box" and (path := document.path(section.section_id))
    ]
    best = max(boxes, key=lambda box: box[:2], default=None)
    if best is None or best[0] < PART_OF_BOX:
        least = BEST_SHARE * max((e.coverage for e in evidence), default=0.0)
        near = [e for e in evidence if e.coverage >= least]
        paths = [(e.document, e.document.path(e.passage.section_id)) for e in near]
        held = ((d, step) for d, path in paths for step in path if step.kind == "box")
        found = next(held, None)
        return _place_of(*found) if found else None
    return _place_of(best[2], best[3])


def draft_place(
    question: Question, evidence: Sequence[Evidence], documents: Sequence[Document]
) -> Draft | None:
    """Where the plan says something, by its headings; None where no place is asked for."""
    asked = bare(question.understood)
    if two := _draft_two(asked, documents):
        return two
    if box := _draft_box(asked, evidence, documents):
        return box
    if not _WHERE.search(asked) or _WHICH_IS_MOST.search(asked) or _WHICH_FITS.search(asked):
        return None
    return draft_place_of(asked, evidence, documents)


def draft_place_of(
    asked: str, evidence: Sequence[Evidence], documents: Sequence[Document]
) -> Draft | None:
    """Where that of which a question asks the place stands."""
    about = re.sub(r"[那这]一?(?:节|章|部分|条)", "", _WHERE.sub("", asked))
    sections = [(document, section) for document in documents for section in document.sections]
    if _CHAPTERS.search(asked):
        sections = [(d, s) for d, s in sections if len(d.path(s.section_id)) <= CHAPTER_DEPTH]
        found = of_longest_run(about, sections)
    elif found := named_section(about, documents, TITLE_FOR_PLACE):
        rest = about.replace(bare(found[1].title), "")
        within = [(found[0], child) for child in found[0].children(found[1].section_id)]
        found = of_longest_run(rest, within) or _step_below(found, evidence, rest) or found
    else:
        found = of_longest_run(about, sections)
    if found is None and evidence:
        document = evidence[0].document
        found = (document, document.section(evidence[0].passage.section_id))
    return _place_of(*found) if found else None


def _step_below(
    parent: tuple[Document, Section], evidence: Sequence[Evidence], about: str
) -> tuple[Document, Section] | None:
    """The part of a section that holds the best evidence in it; None where nothing but the section is asked for."""
    document, section = parent
    if len(about) < RUN_FOR_PLACE:
        return None
    paths = (document.path(e.passage.section_id) for e in evidence if e.document is document)
    for path in paths:
        if section in path[:-1]:
            return document, path[path.index(section) + 1]
    return None


def _place_of(document: Document, section: Section) -> Draft | None:
    path = [step for step in document.path(section.section_id) if len(step.heading)]
    names = " › ".join(step.name for step in path)
    places = tuple(heading_place(document, step) for step in path)
    return Draft(statements=(Statement(text=f"在{names}。", places=places),)) if path else None
