"""The indicators of a table that stand under a category: 学前教育类有哪些指标."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from assistant.draft import Draft, Statement
from assistant.headings import heading_place
from assistant.question import Question
from corpus.fold import bare
from corpus.targets import targets_of
from corpus.types import Document, Target

# What chooses among the rows is no question for all of them.
_CONDITION = re.compile(
    r"比(?:19|20)\d\d|[低高多少大小]于|超过|过了|不到|最|更|下降|有没有|提[高升]|增[长加]"
)


# Indicators that an evaluation goes by are not the plan's own.
_OTHER_INDICATORS = re.compile(r"评估|评价|监测|督导|质量|考核|均衡")
# All indicators, counted or listed: 主要指标一共有几个; their categories: 指标分成哪几类.
_ALL = re.compile(r"(?:多少|几)(?:个|项|条)|哪(?:些|几(?:个|项|条))")
_NATURES = re.compile(
    r"属性(?:那|这)?一?[栏列][^。?]*(?:什么|哪)|指标[^,。?]{0,4}属性(?:都|各)?(?:是|有)(?:什么|哪)"
)
_CATEGORIES = re.compile(
    r"(?:哪|多少)[几些个]*(?:大)?类|(?<![这那])几(?:个|大)*类|类别?(?:有|是)哪些"
)
_MERELY_ALL = re.compile(
    r"(?:主要|核心|发展|教育|目标|规划)*指标(?:体系)?|表(?:格|2-\d)?|规划|文件|目标|分类|类别|左边|右边|最后|末尾|其中|分项|也|算|类|一|那|这|该|张|栏|列|(?:多少|几|哪[几些]?)(?:个|项|条|大)*类?(?!所|个)|第[一二]|一共|总共|合计|共|"
    r"里面?|头|中|上|总的|全部|所有|都|是|有|设|列出|列|定|提出|写|了|的|把|归|成|为|分|各自|分别|叫|什么|名称|名字|吗|呢|嘛|哦|请问|[^\u3400-\u9fff]"
)


def _asks_all(asked: str) -> bool:
    """Whether a question says nothing but that it asks for the indicators."""
    return "指标" in asked and not _MERELY_ALL.sub("", asked)


def _rows(documents: Sequence[Document]) -> list[tuple[Document, Target]]:
    """The rows of the tables of indicators, with their documents."""
    return [
        (document, target)
        for document in documents
        for target in targets_of(document)
        if document.table(target.section_id)
    ]


def _natures(document: Document, rows: Sequence[tuple[Document, Target]]) -> Draft | None:
    """What stands in the column of the indicators' nature, each with how many rows have it."""
    counts = Counter(target.nature for _, target in rows if target.nature)
    if not counts:
        return None
    said = "、".join(f"{nature}{count}项" for nature, count in counts.items())
    grid = document.table(rows[0][1].section_id)
    places = (heading_place(document, document.section(grid.section_id if grid else "")),)
    numbers = frozenset(map(str, counts.values()))
    lead = Statement(text=f"属性:{said}。", places=places, kind="computed", derived=numbers)
    return Draft(statements=(lead,), quotes=places)


def draft_indicators(question: Question, documents: Sequence[Document]) -> Draft | None:
    """How many indicators the only document's table has, and which; or the categories they stand under."""
    asked = bare(question.understood)
    rows = _rows(documents) if len(documents) == 1 else []
    if not rows:
        return None
    if _NATURES.search(asked):
        return _natures(documents[0], rows)
    if not _asks_all(asked):
        return None
    document = documents[0]
    grid = document.table(rows[0][1].section_id)
    table = document.section(grid.section_id if grid else "")
    places = (heading_place(document, table),)
    if _CATEGORIES.search(asked):
        categories = list(dict.fromkeys(target.category for _, target in rows if target.category))
        text = f"指标分{len(categories)}类:{'、'.join(categories)}。"
        lead = Statement(
            text=text, places=places, kind="computed", derived=frozenset({str(len(categories))})
        )
        return Draft(statements=(lead,), quotes=places) if len(categories) > 1 else None
    if not _ALL.search(asked):
        return None
    items = tuple(_item(document, target) for _, target in rows)
    lead = Statement(
        text=f"{table.title or table.label}共{len(rows)}项。",
        places=places,
        kind="computed",
        derived=frozenset({str(len(rows))}),
    )
    return Draft(statements=(lead, *items), quotes=())


def draft_category(question: Question, documents: Sequence[Document]) -> Draft | None:
    """The rows of a table that stand under a category which the question names: 学前教育类有哪些指标."""
    asked = bare(question.understood)
    if (
        "指标" not in asked
        or _CONDITION.search(asked)
        or _OTHER_INDICATORS.search(asked)
        or not re.search(r"类|下面|底下|这一栏|那几行|哪[些几]个?项?指标|指标有哪", asked)
    ):
        return None
    rows = [row for row in _rows(documents) if row[1].category and row[1].category in asked]
    if not rows:
        return None
    valued = re.search(r"多少|几(?![个项条类])|目标值", asked) is not None
    items = tuple(_item(document, target) for document, target in rows)
    shown = [
        item.text if valued else _name(target)
        for item, (_, target) in zip(items, rows, strict=True)
    ]
    places = [item.places if valued else item.places[:1] for item in items]
    lead = Statement(
        text=f"{rows[0][1].category}类共{len(rows)}项指标:{'；'.join(shown)}。",
        places=tuple(dict.fromkeys(place for each in places for place in each)),
        kind="computed",
        derived=frozenset({str(len(rows))}),
    )
    return Draft(statements=(lead, *items), quotes=())


def _name(target: Target) -> str:
    return target.name.removeprefix(target.category)


def _item(document: Document, target: Target) -> Statement:
    """The row with what it aims at, at its place and its table's header."""
    place = heading_place(document, document.section(target.section_id))
    table = document.table(target.section_id)
    if table is None or target.target is None:
        return Statement(text=_name(target), places=(place,))
    header = replace(place, section_id=table.section_id, span=table.header, context=table.header)
    text = f"{_name(target)}:{target.target_year}年目标{target.target}{target.unit}"
    return Statement(text=text, places=(place, header))
