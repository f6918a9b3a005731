"""What is told under one name of each of several things: the 总投资 of the works of a box, the classes of schools.

Summed over all of them, over those that a question names, or whose is the most.
"""

import re
from collections import defaultdict
from collections.abc import Sequence

from assistant import operations
from assistant.changes import draft_of
from assistant.draft import Draft
from assistant.naming import name_share
from assistant.operands import Operands
from assistant.summands import listed
from assistant.sums import total_of
from corpus.fold import bare
from corpus.numerals import parse_numeral
from corpus.types import Document, Section, Target
from index.query import fits_unit

# So much of what is told of each, and of the name of what holds them, a question must say.
TOLD, HELD = 0.5, 0.5
# So much of a part's words must stand in the title of one of the things.
PART_IN_TITLE = 0.4
_SUM = re.compile(
    r"加(?:到|在)?一?起|加起来|加拢|合(?:到|在)?一?起|合计|合起来|拢共|总共|一共|总和|之和|总额|共计|统共"
)
_MOST = re.compile(
    r"(?:哪|谁|什么)[^,。?]{0,10}最(?P<way>多|大|高|少|小|低)|最(?P<before>多|大|高|少|小|低)的?是?(?:哪|谁)"
)
_COUNTED = re.compile(
    r"(\d+|[两二三四五六七八九十])(?:个|项|大|所|类)*(?:重点|重大)?(?:工程|项目|行动|计划|建设)"
)
# What stands behind the last of the things that are listed: 甲、乙|三个项目的投资.
_BEHIND = re.compile(r"(?:这|那)?[两二三四五六七八九十\d]+(?:个|项|大|所).*$")
_MONEY = re.compile(r"投(?:资|入|多少)|花|钱|资金")


class _Group:
    """The records of one name and unit, one for each thing below a section."""

    def __init__(self, document: Document, holder: Section, records: Sequence[Target]) -> None:
        self.document, self.holder, self.records = document, holder, records

    def title(self, record: Target) -> str:
        """What the thing is called that a record is told of."""
        return self.document.section(record.section_id).title


def _groups(operands: Operands) -> list[_Group]:
    """The groups of two things and more."""
    found: dict[tuple[str, str, str, str], list[Target]] = defaultdict(list)
    for record in operands.records:
        document = operands.documents[record.document_id]
        path = document.path(record.section_id)
        if len(path) < 2 or document.table(record.section_id) or not path[-1].title:
            continue
        key = (record.document_id, path[-2].section_id, record.indicator, record.unit)
        if all(record.section_id != other.section_id for other in found[key]):
            found[key].append(record)
    return [
        _Group(operands.documents[name], operands.documents[name].section(holder), records)
        for (name, holder, *_), records in found.items()
        if len(records) > 1
    ]


def draft_of_each(operands: Operands) -> Draft | None:
    """The sum, or the most, of what is told of each; None where neither is asked for or nothing is told so."""
    asked = operands.question.understood
    most, sums = _MOST.search(asked), _SUM.search(asked)
    if not (most or sums):
        return None
    for group in _groups(operands):
        if not _is_told(group, operands):
            continue
        chosen = _named_things(group, asked) or (group.records if _is_held(group, asked) else ())
        if len(chosen) < 2:
            continue
        figures = [figure for record in chosen if (figure := operands.figure(record))]
        if len(figures) < len(chosen):
            continue
        if sums and not most:
            return total_of(figures)
        way = (most["way"] or most["before"]) if most else ""
        choose = max if way in "多大高" else min
        best = choose(figures, key=lambda figure: figure.amount)
        return _whose_most(group, best.target, way, len(figures), operands)
    return None


def _whose_most(
    group: _Group, record: Target, way: str, count: int, operands: Operands
) -> Draft | None:
    """The thing of which most, or least, is told."""
    figure = operands.figure(record)
    if figure is None:
        return None
    name = record.name or "数量"
    text = f"{name}最{way}的是{group.title(record)},{figure.text}(共{count}项)。"
    return draft_of(text, operations.total([figure.value]), figure, years=count)


def _is_told(group: _Group, operands: Operands) -> bool:
    """Whether a question asks for what the records tell."""
    question, record = operands.question, group.records[0]
    if not fits_unit(question.unit, record.unit):
        return False
    if record.unit.endswith("元") and _MONEY.search(question.understood):
        return True
    return bool(record.indicator) and name_share(record.indicator, question.expanded) >= TOLD


def _is_held(group: _Group, asked: str) -> bool:
    """Whether a question names what holds the things: by its label, its title, or as so many works."""
    label = bare(group.holder.label)
    if label and re.search(rf"{re.escape(label)}(?!\d)", bare(asked)):
        return True
    if group.holder.title and name_share(group.holder.title, asked) >= HELD:
        return True
    counted = _COUNTED.search(asked)
    number = counted and (int(counted[1]) if counted[1].isdigit() else parse_numeral(counted[1]))
    children = group.document.children(group.holder.section_id)
    return bool(number) and number == len(children) == len(group.records)


def _named_things(group: _Group, asked: str) -> list[Target]:
    """The records of the things that a sum lists, each part one of its own."""
    parts = listed(asked)
    chosen: list[Target] = []
    for part in parts:
        words = _BEHIND.sub("", _SUM.split(part)[0])
        share, record = max(
            ((_share_in(words, group.title(record)), record) for record in group.records),
            key=lambda pair: pair[0],
        )
        if share < PART_IN_TITLE or record in chosen:
            return []
        chosen.append(record)
    return chosen


def _share_in(words: str, title: str) -> float:
    """The share of a title's character pairs that words hold, or of the words' that the title does."""
    return max(name_share(title, words), name_share(words, title))
