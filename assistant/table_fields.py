"""What is asked of a table besides its values: an indicator's unit, category and kind; a table's number and title."""

import re
from collections.abc import Sequence

from assistant.draft import Draft, Statement
from assistant.facts import row_places
from assistant.headings import heading_place
from assistant.naming import name_share
from assistant.question import Question
from corpus.fold import bare
from corpus.targets import targets_of
from corpus.types import Document, Target

# So much of an indicator's name must be said.
NAMED = 0.9
_FIELDS = (
    (
        "单位",
        re.compile(
            r"(?:计量)?单位(?:是|为|用|写)?(?:什么|哪|啥)|什么(?:计量)?单位|[\s,]单位(?=\s|$)"
        ),
    ),
    (
        "分类",
        re.compile(
            r"(?:哪|什么)一?个?(?:大)?(?:类|分类|类别|一栏|板块)(?:下|里|中|$|[?。])|哪个大类|(?:分类|类别)(?:是|为)(?:什么|哪)"
        ),
    ),
    ("属性", re.compile(r"属性|预期性.{0,4}还是.{0,4}约束性|约束性.{0,4}还是.{0,4}预期性")),
)
_OF_TABLE = re.compile(
    r"表[^,。?]{0,8}?(?:编号|表号|表名|标题|叫什么|名称|第几号)|(?:编号|表名|名称|标题)[^,。?]{0,4}(?:那|这)张表"
)
_VALUE = re.compile(r"多少|几(?!类|号|项|个指标)|目标|增|降|提高")


def draft_table_field(question: Question, documents: Sequence[Document]) -> Draft | None:
    """The fields asked for of the one indicator that is named, or a table's number and title."""
    asked = question.understood
    wanted = [name for name, asks in _FIELDS if asks.search(asked)]
    if wanted and not _VALUE.search(asked):
        rows = [
            (name_share(target.name, asked), -len(target.name), document, target)
            for document in documents
            for target in targets_of(document)
            if document.table(target.section_id) and _is_named(target, asked)
        ]
        if rows:
            *_, document, target = max(rows, key=lambda row: row[:2])
            return _fields(document, target, wanted)
    tables = [(d, s) for d in documents for s in d.sections if s.kind == "table"]
    if not _OF_TABLE.search(asked) or len(tables) != 1:
        return None
    document, section = tables[0]
    counted = len(section.child_ids)
    lead = Statement(
        text=f"{section.label} {section.title},共{counted}项。",
        places=(heading_place(document, section),),
        kind="computed",
        derived=frozenset({str(counted)}),
    )
    return Draft(statements=(lead,))


def _is_named(target: Target, asked: str) -> bool:
    names = (target.name, target.indicator) if not target.parent else (target.name,)
    said = bare(asked)
    return max(name_share(name, said) for name in names) >= NAMED


def _fields(document: Document, target: Target, wanted: Sequence[str]) -> Draft:
    values = {"单位": target.unit, "分类": target.category, "属性": target.nature}
    said = [f"{name}为{values[name]}" for name in wanted if values[name]]
    lead = Statement(
        text=f"{target.name}:{','.join(said)}。",
        places=row_places(document, target),
        kind="computed",
    )
    return Draft(statements=(lead,), quotes=lead.places)
