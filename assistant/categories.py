"""The indicators of a table that stand under a category: 学前教育类有哪些指标."""

import re
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


def draft_category(question: Question, documents: Sequence[Document]) -> Draft | None:
    """The rows of a table that stand under a category which the question names: 学前教育类有哪些指标."""
    asked = bare(question.understood)
    if (
        "指标" not in asked
        or _CONDITION.search(asked)
        or not re.search(r"类|下面|底下|这一栏|那几行", asked)
    ):
        return None
    rows = [
        (document, target)
        for document in documents
        for target in targets_of(document)
        if target.category and document.table(target.section_id) and target.category in asked
    ]
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
