"""Answers from the outline: what a section, a box or the whole document consists of."""

import re
from collections.abc import Sequence

from assistant.clause import PREFACE, asking_part
from assistant.draft import Draft, Statement
from assistant.headings import called_section, calls_section, chapters_of, heading_place
from assistant.lead_points import draft_points
from assistant.naming import name_share
from assistant.ordinals import WHOLE_TITLE, numbered_chapter
from assistant.outlines import outline_of, outline_of_kind, outline_of_whole
from assistant.question import Question
from corpus.fold import bare
from corpus.types import Document, Section

# A part of a title's character pairs is enough for a box.
PART_OF_TITLE = 0.3
# What is left of a question for an outline names a section when its title holds so much of it.
MIN_SUBJECT = 4
SUBJECT_IN_TITLE = 0.6
_PARTS = re.compile(
    r"(?:目录|全文|规划)[^,。?]{0,4}最大的?[那这]?几?(?:块|层|部分)|(?:哪|几|多少|什么)[几些个]?(?:大)?(?:部分|章|板块|块|篇|编)|结构|章节|大纲|目录|"
    r"(?<![一二三四五六七八九十\d干各])(?:章|部分|板块)(?:一共|总共|共)?有?(?:多少|几)个?(?![节条项所班]|专栏)"
)
# 一共分几大部分,第一部分叫什么.
_ONE_OF_THEM = re.compile(
    r"[,，]\s*(?:第[一二三四五六七八九十\d]+|最后|末尾)(?:那|的|这)?一?个?(?:大)?(?:部分|章|块)[^,。?]{0,8}"
)
_WHOLE = re.compile(
    r"(?:这|那|该|本|整)?(?:个|份|部|篇)?(?:教育)?(?:发展)?(?:十.五)?(?:教育)?(?:规划|文件|全文|正文|文本)|整体"
)
# Words that ask for an outline and carry no subject of their own.
_OUTLINE = re.compile(
    r"(?:从|按|照|翻)?目录(?:上|里|头|来)*(?:看|说|讲)?|最大|大的|规划|正文|文件|里面|里|当中|下面|下设|下|这|那|(?:任务|工作|内容)?(?:哪|几|多少|什么|啥)子?[几些个]*(?:大|小|子)?"
    r"(?:项|条|块|章|节|部分|方面|任务|标题|点|板块|内容|样|类)?(?:工作|任务|措施|内容)?"
    r"|[一二三四五六七八九十\d]+(?:大|小|个)?(?:项|条|块|章|节|部分|方面|样)?(?:任务|工作)?"
    r"|(?:大|小|子)?(?:项|章|节|块|部分|板块|标题)(?:任务)?|一共|总共|共|排|设|分成|分为|分|列出|列举|列|拢|包括|包含|组成|构成"
    r"|分别|各自|各|每|啥|叫|名称|名字|依次|整|最后|末尾|全文|全篇"
    r"|由|都|些|是|有|了|请|的|呢|吗|嘛|哦|呀|哈|哟|噻|个|一下|别|这|小"
)
_HEADINGS = re.compile(
    r"各(?:个)?(?:小?节|章|部分)?的?(?:小|二级)?标题|(?:哪|几|什么)[几些个]?个?(?:小|二级|三级|下级)标题|(?:小|二级|三级)标题(?:有|是|都)|(?:下面|底下|里面?|下设)\s*的?(?:各个?)?(?:小|二级|三级|下级)标题"
)
_SECTIONS = re.compile(
    r"(?:目录|规划|文件|正文|[章篇])[^,。?]*(?:多少|几)个?(?:小节|节|二级标题)(?!课|目)|"
    r"(?:目录|规划|文件|正文|部分|[章篇])[^。?]{0,14}(?:小节|节|二级标题)(?!课|目|约)[^。?]{0,4}(?:全部|加起来|一共|总共|拢共|合起来)[^。?]{0,6}(?:多少|几)个"
)
# What is counted or listed below a heading: 底下分了几条, 各方面的标题.
_UNIT = r"(?:个|大|小)*(?:小?节|章|板块|块|部分|小?标题|小?点(?!的?时间)|条(?![件例])|小?任务|方面)"
_BELOW = re.compile(
    rf"(?:底下|下面|下设|里头?|当中|目录|[章节块]|部分)[^,。?]{{0,10}}(?:多少|几|哪[几两三四五六七八九十]?){_UNIT}|"
    rf"(?:怎么|如何)分(?:的|成|为)?{_UNIT}|(?:各|每)(?:条|个|项|方面|节|部分)*的?小?标题|{_UNIT}的?(?:数量|个数|数目)"
)
_MOST = re.compile(
    r"(?:哪|什么)一?个?(?:章|部分|块)[^,。?]{0,8}?(?P<lower>小?节|条|小?标题|小点)[^,。?]{0,4}最(?P<way>多|少)"
)
# Boxes and tables of the whole document.
_ALL_OF_KIND = re.compile(
    r"(?:全文|规划|文件|一共|总共|里面?|里头|共)[^,。?]{0,6}(?:多少|几|哪几)(?:个|张)?(?:(?P<box>专栏)|(?P<table>表格?(?![彰现达扬]))|(?P<figure>(?:趋势|变化|统计|折线|柱状|插)?图(?![书谱纸形案像标表])))|"
    r"(?P<box_counted>专栏)\s*(?:总数|数量|个数)|(?P<box_behind>专栏)(?:[一共总有了设列]|全文|\s){0,4}(?:多少个?|几个|(?<=[共总有了设列])几)\s*[?？。]?$|"
    r"(?:配|附|插)了?(?:多少|几)(?:张|幅|个)(?P<figure_added>图)(?![书谱纸形案像标表片])|(?:多少|几)(?:张|幅|个)(?P<figure_of>(?:趋势|变化|统计|折线|柱状)图)|"
    r"(?P<figure_behind>(?:趋势|变化|统计|折线|柱状|插)图)(?:[一共总有了设列]|全文|\s){0,4}(?:多少|几)(?:张|幅|个)?"
)
_ALL_OF_KIND_IN_ENGLISH = re.compile(
    r"\bhow many (?:text )?(?:(?P<box>boxes)|tables|(?P<figure>figures|charts|diagrams))\b(?:\s*\([^)]*\))?\s*"
    r"(?:\W*$|in the (?:plan|document)|"
    r"(?:are|is|does|do)\b[^?]{0,16}\b(?:plan|document|text)\b(?: have| contain| include)?\W*$)",
    re.IGNORECASE,
)
_PARTS_IN_ENGLISH = re.compile(
    r"\b(?:how many|what|which)\b.*\b(?:parts|chapters)\b.*\b(?:plan|document|divided|structured)\b|"
    r"\b(?:plan|document)\b.*\b(?:divided|structured)\b",
    re.IGNORECASE,
)


def _listed_section(
    question: Question, documents: Sequence[Document]
) -> tuple[Document, Section] | None:
    """The section with children that the question names.

    By its number, by its whole title, or by words that all stand in its title. Asked for a 专栏, only
    those are looked at, and a part of the title is enough.
    """
    asked = bare(question.understood)
    boxes = "专栏" in asked
    rest = _OUTLINE.sub("", asked.replace("建设", ""))
    subject = re.sub(r"(?:发展|工作|方面|任务)$", "", rest)
    best: tuple[float, Document, Section] | None = None
    for document in documents:
        for section in document.sections:
            if not section.child_ids or section.kind in {"table", "row"} or not section.title:
                continue
            if boxes and section.kind != "box":
                continue
            share = name_share(section.title, asked)
            if section.kind == "box" and _names_box(document, section, asked):
                share = 2.0
            if _is_subject(subject, section.title):
                share += WHOLE_TITLE + (section.kind == "heading")
            if share >= (PART_OF_TITLE if boxes else WHOLE_TITLE):
                found = (share + len(section.title) / 1000, document, section)
                best = max(best or found, found, key=lambda item: item[0])
    if best is None and _BELOW.search(question.understood):
        return called_section(asked, documents)
    return (best[1], best[2]) if best else None


def _is_subject(subject: str, title: str) -> bool:
    """Whether the words that are left of a question for an outline are words of a title."""
    characters = set(bare(title))
    return (
        len(subject) >= MIN_SUBJECT
        and set(subject) <= characters
        and (name_share(subject, title) >= SUBJECT_IN_TITLE)
    )


def _names_box(document: Document, section: Section, asked: str) -> bool:
    """Whether a box is named by its number, or by what it is about: 讲教师队伍的那个专栏."""
    about = _ABOUT_BOX.search(asked)
    titles = (step.title for step in document.path(section.section_id))
    what = (about["what"] or about["own"]) if about else ""
    if what and any(what in bare(title) for title in titles):
        return True
    return re.search(rf"{re.escape(bare(section.label))}(?!\d)", asked) is not None


# What a box lists: 专栏1的四个项目分别叫什么.
_BOX_ITEMS = re.compile(
    r"专栏[^?]{0,16}?(?:几|哪几?|多少|什么|哪些)(?:个|大|类|项)?(?:重点)?(?:项目|工程|项)(?:工程|任务|内容)?(?=[?,。]|$)|"
    r"专栏[^?]{0,12}?(?:[一二两三四五六七八九十\d]+[个项])?(?:项目|工程)\s*的?(?:分别|都|各)?(?:叫|是|有|名)"
)


_ABOUT_BOX = re.compile(
    r"(?:讲|关于|说|有关|涉及)(?P<what>[^的]{2,12})的?(?:那一?个|这个)?专栏|^(?P<own>[^的,。?]{2,12})的?(?:那一?个|这个)专栏"
)


def asks_headings(question: Question, documents: Sequence[Document]) -> bool:
    """Whether a question asks for headings in so many words: 分哪几个小标题, 规划分几部分."""
    return bool(
        _HEADINGS.search(question.understood)
        or _SECTIONS.search(question.understood)
        or _BOX_ITEMS.search(question.understood)
        or (_BELOW.search(question.understood) and _listed_section(question, documents))
        or _draft_counted(question, documents)
        or numbered_chapter(question, documents)
        or _whole_outline(question, documents)
    )


def _whole_outline(question: Question, documents: Sequence[Document]) -> Document | None:
    """The document whose parts are asked for: 规划分成哪几部分."""
    asked = bare(_ONE_OF_THEM.sub("", PREFACE.sub("", asking_part(question.understood))))
    if len(documents) == 1 and _PARTS_IN_ENGLISH.search(question.standalone):
        return documents[0]
    whole = len(documents) == 1 and _PARTS.search(asked)
    return documents[0] if whole and not _OUTLINE.sub("", _WHOLE.sub("", asked)) else None


def draft_list(question: Question, documents: Sequence[Document]) -> Draft | None:
    """The children of the section that the question names, complete and counted."""
    if counted := _draft_counted(question, documents):
        return counted
    nth = numbered_chapter(question, documents)
    if (whole := _whole_outline(question, documents)) and not nth:
        return outline_of_whole(whole)
    found = _listed_section(question, documents) or nth
    if found is None and (points := draft_points(question, documents)):
        return points
    if found is None:
        asked = question.understood
        counts = len(documents) == 1 and _SECTIONS.search(asked) and not calls_section(asked)
        return _section_count(documents[0]) if counts else None
    return outline_of(*found)


def _draft_counted(question: Question, documents: Sequence[Document]) -> Draft | None:
    """Which chapter has most sections; how many boxes or tables the document has."""
    if len(documents) != 1:
        return None
    document = documents[0]
    if most := _MOST.search(question.understood):
        counts = [(len(_headings_below(document, c)), c) for c in chapters_of(document)]
        choose = max if most["way"] == "多" else min
        count, chapter = choose(counts, key=lambda counted: counted[0])
        lead = Statement(
            text=f"{most['lower']}最{most['way']}的是{chapter.title},共{count}{most['lower']}。",
            places=(heading_place(document, chapter),),
            kind="computed",
            derived=frozenset({str(count)}),
        )
        return Draft(statements=(lead,))
    kinds = _ALL_OF_KIND.search(question.understood) or _ALL_OF_KIND_IN_ENGLISH.search(
        question.standalone
    )
    # The groups of the patterns begin with the kind that they name; English names tables by no group.
    kind = (kinds.lastgroup or "table").partition("_")[0] if kinds else ""
    if not kinds or not any(s.kind == kind for s in document.sections):
        return None
    return outline_of_kind(document, kind)


def _headings_below(document: Document, chapter: Section) -> list[Section]:
    return [s for s in document.children(chapter.section_id) if s.kind == "heading"]


def _section_count(document: Document) -> Draft:
    """How many sections the chapters have together, and each."""
    chapters = chapters_of(document)
    counted = [(chapter, len(_headings_below(document, chapter))) for chapter in chapters]
    total = sum(count for _, count in counted)
    each = "；".join(f"{chapter.title}{count}节" for chapter, count in counted)
    lead = Statement(
        text=f"正文{len(chapters)}章共{total}节:{each}。",
        places=tuple(heading_place(document, chapter) for chapter in chapters),
        kind="computed",
        derived=frozenset({str(len(chapters)), str(total), *(str(n) for _, n in counted)}),
    )
    return Draft(statements=(lead,), quotes=())
