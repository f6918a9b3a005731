"""Which indicators of a table fit a condition, and which of them comes first."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from operator import ge, gt, lt

from assistant.draft import Draft
from assistant.evidence import Evidence
from assistant.operands import Operands
from assistant.operations import difference, plain
from assistant.question import Question
from assistant.row_order import MOST, NTH, first_of, moves_of, rows_draft, rows_statement
from assistant.table_rows import rows_asked, table_rows
from corpus.types import Document, Target

_WHICH = re.compile(r"哪|谁|有没有|有无|几(?:项|个)|多少(?:项|个)|是否有|都是")
_INDICATORS = re.compile(
    r"指标|[几哪]一?项|比率|哪(?:一)?[个拨类种项](?=[^,]*(?:最|更)|[多少大小高低快慢])|(?:的是|是)哪(?:一)?[个项]|(?:谁|哪(?:一)?[个边])[^,]{0,8}[得的]?更?[多少大小高低快慢凶猛](?!少)"
)
_NATURE = re.compile(r"约束性|预期性")
_OTHER_WAY = re.compile(r"还是(?!说|全|都)")
_FALLS = re.compile(
    r"(?:低于|少于|小于|不如)(?:20\d\d|现状)|比20\d\d年?的?(?:还|更|要|反而|都|倒)*(?:低|少|小|下降|减少)|下降|减少|降低|反而|往下[掉走降滑]|下滑"
)
_STAYS = re.compile(r"一样|相同|持平|不变|没有?[变动]|没有?(?:提高|增加|增长)|相等|原地")
# 排除没变的那项,提高最少的是哪一项.
_BUT_THOSE_THAT_STAY = re.compile(
    r"(?:排除|剔除|除[开去了]|不算|不含|去掉|刨[开去])[^,。?]{0,8}(?:没有?变|不变|不动|没动|持平|一样|相同)"
)
_RISES = re.compile(r"(?:高于|多于)(?:20\d\d|现状)")
_LIMIT = re.compile(
    r"(上(?=\d)|超过|高于|大于|多于|不低于|达到|低于|少于|不到|小于|不足|过)了?\s*(?!(?:19|20)\d\d年)(\d+(?:\.\d+)?)\s*(%|万人|人|年(?!\d))"
)
_LIMIT_BEHIND = re.compile(r"(?<!\d)(\d+(?:\.\d+)?)(%|万人|人|年)(及?以上|以下|以内)")
# 以万人计的, 用百分比表示的, 单位是年的.
_IN_UNIT = re.compile(
    r"(?:以|用|按|单位(?:是|为|写的?是?|标的?是?)?)“?(?P<unit>万人|百分比|百分数|百分率|%|年|人)”?(?:来)?(?:计(?!划)|为单位|表示|作单位|做单位|的(?:指标|有|是)|单位)"
)
_UNITS = {"百分比": "%", "百分数": "%", "百分率": "%"}
_PASSES: dict[str, Callable[[Decimal, Decimal], bool]] = {
    **dict.fromkeys(["达到", "不低于"], ge),
    **dict.fromkeys(["超过", "高于", "大于", "多于", "过"], gt),
}
# A limit of how much something changes is none of its value.
_CHANGE_LIMITED = re.compile(
    r"(?:提高|增加|增长|上升|提升|下降|减少|涨|降)(?:的?幅度?|了|率)?(?:要|会|能)?(?:超过|高于|大于|多于|低于|不到|小于|不足|达到)\s*\d"
)
# Of so few rows it is said by how much they differ.
FEW = 3
_DIGITS = "一二三四五六七八九"
_TENTHS = re.compile(rf"([{_DIGITS}])成(?![为立果员绩功长本])")


def draft_ranking(
    question: Question, evidence: Sequence[Evidence], documents: Mapping[str, Document]
) -> Draft | None:
    """The indicators that a question asks after by a condition or by their order, else None."""
    text = _TENTHS.sub(lambda tenths: f"{_DIGITS.index(tenths[1]) + 1}0%", question.understood)
    if not (_WHICH.search(text) and _INDICATORS.search(text)):
        return None
    operands = Operands(evidence, documents, question)
    rows = rows_asked(operands, text)
    if not rows and _NATURE.search(text):
        rows = table_rows(operands)
    return _of_rows(operands, rows, text) if len(rows) > 1 else None


def _of_rows(operands: Operands, rows: Sequence[Target], text: str) -> Draft | None:
    """The rows that fit what a question says, or the first of them."""
    if unit := _IN_UNIT.search(text):
        counted = _UNITS.get(unit["unit"], unit["unit"])
        if not (MOST.search(text) or NTH.search(text)):
            return _counted_in(operands, rows, counted)
        rows = [row for row in rows if row.unit == counted] or rows
    if _NATURE.search(text) and not _OTHER_WAY.search(text):
        return _of_nature(operands, rows, _NATURE.findall(text)[0])
    if _CHANGE_LIMITED.search(text):
        return None
    if limit := _limit(text):
        return _beyond(operands, rows, *limit)
    if MOST.search(text) or NTH.search(text):
        if _BUT_THOSE_THAT_STAY.search(text):
            moved = {row.section_id for row, before, after in moves_of(rows) if before != after}
            rows = [row for row in rows if row.section_id in moved]
        return first_of(operands, rows, text)
    return _changed(operands, rows, text)


def _of_nature(operands: Operands, rows: Sequence[Target], nature: str) -> Draft | None:
    known = [row for row in rows if row.nature]
    fit = [row for row in known if row.nature == nature]
    count, total = str(len(fit)), str(len(known))
    if not known:
        return None
    if not fit:
        text = f"没有{nature}指标:这{total}项都是{known[0].nature}指标。"
    elif len(fit) == len(known):
        text = f"这{total}项都是{nature}指标。"
    else:
        names = "、".join(row.name for row in fit)
        text = f"{nature}指标有{count}项:{names}。"
    return rows_draft(rows_statement(operands, text, fit or known, count, total))


def _counted_in(operands: Operands, rows: Sequence[Target], unit: str) -> Draft | None:
    """The rows counted in a unit."""
    fit = [row for row in rows if row.unit == unit]
    if not fit:
        return None
    names = "、".join(row.name for row in fit)
    text = f"以{unit}计的有{len(fit)}项:{names}。"
    return rows_draft(rows_statement(operands, text, fit, str(len(fit))))


def _limit(text: str) -> tuple[str, Decimal, str] | None:
    """(word, number, unit) of the limit that a question says before or behind its number."""
    if limit := _LIMIT.search(text):
        return ("达到" if limit[1] == "上" else limit[1]), Decimal(limit[2]), limit[3]
    if limit := _LIMIT_BEHIND.search(text):
        return ("不低于" if "上" in limit[3] else "低于"), Decimal(limit[1]), limit[2]
    return None


def _beyond(
    operands: Operands, rows: Sequence[Target], word: str, limit: Decimal, unit: str
) -> Draft | None:
    """The rows whose target (or 2020 value, where that year alone is asked for) passes a limit."""
    figures = [operands.figure(row, operands.question.only_year) for row in rows]
    counted = [figure for figure in figures if figure and figure.target.unit == unit]
    passes: Callable[[Decimal, Decimal], bool] = _PASSES.get(word, lt)
    fit = [figure for figure in counted if passes(figure.value, limit)]
    if not counted:
        return None
    asked = f"{word}{plain(limit)}{unit}"
    when = counted[0].when
    if not fit:
        names = [figure.target for figure in counted]
        text = f"{when}没有{asked}的指标。"
        return rows_draft(rows_statement(operands, text, names, plain(limit)))
    listed = "、".join(f"{figure.target.name}({figure.text})" for figure in fit)
    text = f"{when}{asked}的有{len(fit)}项:{listed}。"
    return rows_draft(
        rows_statement(operands, text, [f.target for f in fit], plain(limit), str(len(fit)))
    )


def _changed(operands: Operands, rows: Sequence[Target], text: str) -> Draft | None:
    """The rows whose target lies below, at or above the value before."""
    if _STAYS.search(text):
        sign, word = 0, "与{}年相同"
    elif _FALLS.search(text):
        sign, word = -1, "低于{}年"
    elif _RISES.search(text):
        sign, word = 1, "高于{}年"
    else:
        return None
    moves = moves_of(rows)
    if not moves:
        return None
    fit = [(row, a, b) for row, a, b in moves if (b > a) - (b < a) == sign]
    lead = f"{moves[0][0].target_year}年目标{word.format(moves[0][0].baseline_year)}的"
    if not fit:
        text = f"这{len(moves)}项指标里,没有{lead}。"
        rows = [row for row, *_ in moves]
        return rows_draft(rows_statement(operands, text, rows, str(len(moves))))
    gaps = [difference(b, a, row.unit) for row, a, b in fit]
    few = len(fit) <= FEW and sign
    listed = "、".join(
        f"{row.name}({plain(a)}{row.unit}→{plain(b)}{row.unit}"
        f"{f',相差{gap.shown}' + ('个百分点' if row.unit == '%' else row.unit) if few else ''})"
        for (row, a, b), gap in zip(fit, gaps, strict=True)
    )
    count = str(len(fit))
    derived = [count, *(number for gap in gaps for number in gap.derived)]
    return rows_draft(
        rows_statement(
            operands, f"{lead}有{count}项:{listed}。", [row for row, *_ in fit], *derived
        )
    )
