"""What the boxes of a plan hold together, and which sections have none: 各专栏一共几项工程, 哪几条没有专栏."""

import re
from collections.abc import Sequence

from assistant.draft import Draft, Statement
from assistant.headings import heading_place
from assistant.question import Question
from corpus.numerals import parse_numeral
from corpus.types import Document, Section

_TOGETHER = re.compile(
    r"(?:(?P<said>[二两三四五六七八九十\d]+)个|所有|全部|各个?|这些)专栏(?:里面?|中|加起来|合起来|一共|总共|合计|共|总的|列了?|有)*"
    r"[^,。?]{0,4}(?:多少|几)(?:个|项)(?:重点)?(?:工程|项目|任务)?(?:[(][^()]*[)])?(?=[,。?]|$)"
)
_WITHOUT = re.compile(
    r"(?:哪[些几]?[条节项个]|[条节项][里中])[^,。?]{0,8}(?<!有)没有?(?:配|设|列|带)?专栏|(?<!有)没有?(?:配|设|列|带)?专栏的|"
    r"(?:条条|每条|每一?[条节项个]|各[条节项])[^,。?]{0,6}(?:配|有|设|带)了?专栏"
)
# 第五个专栏叫什么名字.
_NTH = re.compile(
    r"(?:第(?P<nth>[一二三四五六七八九十\d]+)个?专栏|专栏(?P<number>[一二三四五六七八九十\d]+))(?:是讲什么的?[,，])?(?:的|是)?(?:名字)?(?:叫|名称|名字|标题|题目)[^,。?]{0,6}[?]?$"
)


def draft_boxes(question: Question, documents: Sequence[Document]) -> Draft | None:
    """The items of all boxes counted, or the sections beside them that have none; else None."""
    if len(documents) != 1:
        return None
    document = documents[0]
    boxes = [section for section in document.sections if section.kind == "box"]
    if named := _NTH.search(question.understood):
        number = named["nth"] or named["number"]
        place = int(number) if number.isdigit() else parse_numeral(number) or 0
        return _named(document, boxes[place - 1]) if 0 < place <= len(boxes) else None
    if len(boxes) > 1 and (together := _TOGETHER.search(question.understood)):
        said = together["said"] or str(len(boxes))
        number = int(said) if said.isdigit() else parse_numeral(said)
        return _counted(document, boxes) if number == len(boxes) else None
    if boxes and _WITHOUT.search(question.understood):
        return _without(document, boxes)
    return None


def _named(document: Document, box: Section) -> Draft:
    place = heading_place(document, box)
    return Draft(statements=(Statement(text=f"{box.name}。", places=(place,)),), quotes=(place,))


def _counted(document: Document, boxes: Sequence[Section]) -> Draft:
    counts = [len(document.children(box.section_id)) for box in boxes]
    lead = Statement(
        text=f"{len(boxes)}个专栏共{sum(counts)}项。",
        places=tuple(heading_place(document, box) for box in boxes),
        kind="computed",
        derived=frozenset({str(len(boxes)), str(sum(counts))}),
    )
    each = tuple(
        Statement(
            text=f"{box.name}:{count}项",
            places=(heading_place(document, box),),
            kind="computed",
            derived=frozenset({str(count)}),
        )
        for box, count in zip(boxes, counts, strict=True)
    )
    return Draft(statements=(lead, *each), quotes=())


def _without(document: Document, boxes: Sequence[Section]) -> Draft | None:
    """The headings beside those with a box that have none themselves."""
    owners = [document.path(box.section_id)[:-1] for box in boxes]
    ids = {step.section_id for path in owners for step in path}
    parents = [path[-2] for path in owners if len(path) > 1]
    beside = document.children(parents[0].section_id) if parents else []
    headings = [section for section in beside if section.kind == "heading"]
    bare = [section for section in headings if section.section_id not in ids]
    if not headings:
        return None
    if not bare:
        text = f"{parents[0].title}的{len(headings)}项都有专栏。"
    else:
        text = f"没有专栏的有{len(bare)}项:{'；'.join(section.name for section in bare)}。"
    places = tuple(heading_place(document, section) for section in bare or parents[:1])
    derived = frozenset({str(len(bare or headings))})
    lead = Statement(text=text, places=places, kind="computed", derived=derived)
    return Draft(statements=(lead,), quotes=places)
