"""Several figures that one question asks for, each by its own words: 甲和乙分别是多少, 几个甲、多少间乙."""

import re
from collections.abc import Mapping, Sequence

from assistant.amounts import Figure, places_of
from assistant.clause import PREFACE
from assistant.draft import Draft, Statement
from assistant.evidence import Evidence
from assistant.extract import MAX_FIRST_LINE
from assistant.figures import Figure as RankedFigure
from assistant.level_names import named_levels
from assistant.mentions import found_figures, year_of
from assistant.operands import Operands
from assistant.operations import plain
from assistant.phrases import asked_unit, core
from assistant.question import Question
from corpus.types import Document
from index.lexicon import translated
from index.query import fits_unit

_EACH = re.compile(r"分别|各自|依次|各(?=[是为有要定建到占多几])|(?<=[,，])(?:各|都)")
_PARTED = re.compile(r"[、,，;；?？]|以及|和|与|及|跟|还有")
_BRACKETS = re.compile(r"[(（](?P<inside>[^()（）]+)[)）]")
_HOW_MANY = re.compile(r"(?=\bhow many\b)", re.IGNORECASE)
# What asks for no figure: 各自怎么结对.
_NO_FIGURE = re.compile(r"怎么|怎样|如何|哪|什么|为何")
_ODD = re.compile(r"\d+[余多][\u3400-\u9fff]")
_STAFF = re.compile(r"老师|教师|校长|园长|干部|职工|家长")
# Units of so many things that a unit alone names nothing.
_ANY_THING = frozenset({"人", "万人", "名", "个", "所", "%", "元", "万元", "亿元"})
_COUNT = re.compile(r"多少|多大(?!年)|几(?=[百千万亿个名所间项套门对家座张种类级岁天元倍台本位成])")


def parts_of(text: str) -> tuple[str, ...]:
    """The words of each figure that a question asks for; empty where it asks for one.

    >>> parts_of("甲校数和乙生数分别是多少")
    ('甲校数', '乙生数')
    >>> parts_of("要建几个图书馆、多少间实验室")
    ('要建几个图书馆', '多少间实验室')
    >>> parts_of("甲校和乙校各自怎么结对")
    ()
    """
    if each := _EACH.search(text):
        rest = text[each.end() :]
        if _NO_FIGURE.search(rest) and not re.search(r"多少|几|目标", rest):
            return ()
        head = text[: each.start()].rstrip("呢,，")
        inside = _BRACKETS.search(head)
        listed = inside["inside"] if inside else PREFACE.sub("", head)
        return _worded(_PARTED.split(listed))
    if len(_COUNT.findall(text)) > 1:
        parts = _PARTED.split(text.rstrip("?？。"))
        if not _COUNT.search(parts[0]):  # 某工程里,要建多少甲、多少乙
            parts = parts[1:]
        if all(_COUNT.search(part) for part in parts):
            return _worded(parts)
    return ()


def parts_of_english(text: str) -> tuple[str, ...]:
    """The same for an English question, each part in the terms of plans.

    >>> parts_of_english("How many kindergartens and how many teachers?")
    ('多少 幼儿园 学前教育', '多少 教师')
    """
    asked = [part for part in _HOW_MANY.split(text) if _HOW_MANY.match(part)]
    return _worded([translated(part) for part in asked])


def _worded(parts: Sequence[str]) -> tuple[str, ...]:
    worded = tuple(part for part in parts if core(part).strip())
    return worded if len(worded) > 1 and len(worded) == len(parts) else ()


def draft_several(
    question: Question,
    evidence: Sequence[Evidence],
    documents: Mapping[str, Document],
    ranked: Sequence[tuple[float, RankedFigure]] = (),
) -> Draft | None:
    """The figures in one line, in the order of the question; None unless every part names its own.

    `ranked` are the figures that may be meant: a part that names none means the only one of its unit.
    """
    text = question.understood
    parts = parts_of_english(question.standalone) if question.query.english else parts_of(text)
    if not parts or not evidence:
        return None
    figures = _of_parts(Operands(evidence, documents, question), parts, ranked)
    if not figures:
        return None
    when = figures[0].when if len({figure.when for figure in figures}) == 1 else ""
    said = [f"{'' if when else figure.when}{_said(figure)}" for figure in figures]
    line = f"{when}{':' if when else ''}{'；'.join(said)}。"
    if len(line) > MAX_FIRST_LINE:
        return None
    places = tuple(
        dict.fromkeys(place for f in figures for place in places_of(f.document, f.target))
    )
    return Draft(statements=(Statement(text=line, places=places),), quotes=places)


def _of_parts(
    operands: Operands, parts: Sequence[str], ranked: Sequence[tuple[float, RankedFigure]]
) -> list[Figure]:
    """The figure of each part; none where one of them has none."""
    question = operands.question
    figures: list[Figure] = []
    for part in parts:
        # A part that asks for its own number has its own unit, or none.
        unit = asked_unit(part)
        shared = "" if _COUNT.search(part) else asked_unit(question.understood)
        among = operands.of_unit(unit or shared)
        among = [t for t in among if all(t is not figure.target for figure in figures)]
        if question.query.english and figures:
            # Translated words lead far away; what is asked in one breath stands in one section.
            section = figures[0].target.section_id
            among = [t for t in among if t.section_id == section and t.unit != "%"]
        context = "" if part is parts[-1] else parts[-1]
        found = (
            found_figures(operands, part, among)
            or found_figures(operands, part, among, context)
            or _only_one(operands, ranked, unit, figures)
            or _of_level(operands, part)
        )
        if not found:
            return []
        figures.append(found[0])
    return figures


def _only_one(
    operands: Operands,
    ranked: Sequence[tuple[float, RankedFigure]],
    unit: str,
    before: Sequence[Figure],
) -> list[Figure]:
    """The one figure of a unit that may be meant beside those found before; none where there are several."""
    if unit in _ANY_THING:
        return []
    taken = {figure.target.span for figure in before}
    meant = [figure.record for _, figure in ranked if unit and figure.record.unit == unit]
    if any(record.span in taken for record in meant):
        return []
    alone = meant[0] if len({record.span for record in meant}) == 1 else None
    found = operands.figure(alone) if alone else None
    return [found] if found else []


def _of_level(operands: Operands, part: str) -> list[Figure]:
    """The pupils of the one level of school that a part asks the number of: 普高多少人."""
    unit = asked_unit(part)
    if not unit or not fits_unit(unit, "人") or _STAFF.search(operands.question.understood):
        return []
    levels = named_levels(operands, part)
    year = year_of(part, operands.question)
    found = operands.figure(levels[0].target, year) if len(levels) == 1 else None
    return [found] if found else []


def _said(figure: Figure) -> str:
    before, behind = figure.bounded
    high = figure.target.target_high
    text = f"{plain(figure.value)}—{plain(high)}{figure.target.unit}" if high else figure.text
    written = figure.document.quote(figure.target.span)
    if odd := _ODD.search(written):  # 300余个 is said as it stands
        return f"{figure.target.name}{odd[0]}"
    return f"{figure.target.name}{before}{text}{behind}"
