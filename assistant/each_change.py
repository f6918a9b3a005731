"""How each of two records changes, side by side: 甲和乙五年各提高多少."""

import re
from collections.abc import Sequence

from assistant.amounts import Figure
from assistant.changes import asks_before, change_of, moving
from assistant.clause import TIME
from assistant.draft import Draft, Statement
from assistant.level_names import named_levels
from assistant.operands import Operands
from assistant.phrases import asked_unit

_EACH = re.compile(
    r"^(?P<a>[^,。?]{2,24}?)(?:和|与|跟|、)(?P<b>[^,。?]{2,24}?)[,]?(?:(?:这|十四五|规划期?)?(?:五年|期间)?(?:里|内|间)?)"
    r"(?:各|分别)(?:自)?(?:要|会|能|将)?(?:提高|增加|提升|增长|上升|上涨|涨|下降|减少|降低|多)(?:了|出)?"
    r"(?:百分之)?(?:多少|几)个?(?:百分点|百分|%|[万亿]?[人年名]?|点)?(?:学生|人数)?[哦嘛呢啊呀]*[?。]?$"
)
# More things than two.
_MORE = re.compile(r"[、和与跟]")
_PUPILS = re.compile(r"在校|在园|学生|人数|[的生数人]|这?两个?(?:学段|阶段|段)")


def draft_each_change(operands: Operands) -> Draft | None:
    """The changes of both records that a question names; None where it asks for one, or names but one."""
    text = operands.question.understood
    match = _EACH.search(text)
    if not match or asks_before(operands):
        return None
    phrases = match["a"], match["b"]
    if any(_MORE.search(phrase) for phrase in phrases) or not TIME.sub("", match["a"]).strip():
        return None
    pairs = [
        _of_level(operands, phrase) or moving(operands, asked_unit(text), phrase)
        for phrase in phrases
    ]
    found = [pair for pair in pairs if pair]
    if len(found) < len(pairs) or found[0][1].target is found[1][1].target:
        return None
    return _side_by_side(operands, "growth" if "百分之" in text else "change", found)


def _of_level(operands: Operands, phrase: str) -> tuple[Figure, Figure] | None:
    """Then and aimed of the persons at the one level of school that a phrase names, and nothing else."""
    named = named_levels(operands, phrase)
    rest = _PUPILS.sub("", phrase.replace(named[0].word, "", 1)) if len(named) == 1 else phrase
    return operands.both(named[0].target) if not rest else None


def _side_by_side(operands: Operands, asked: str, pairs: Sequence[tuple[Figure, Figure]]) -> Draft:
    """How the first figure of each pair goes to its second, in one line."""
    drafts = [change_of(operands, asked, *pair) for pair in pairs]
    statements = [draft.statements[0] for draft in drafts]
    said = ";".join(statement.text.rstrip("。") for statement in statements)
    places = tuple(dict.fromkeys(place for statement in statements for place in statement.places))
    derived = frozenset[str]().union(*(statement.derived for statement in statements))
    both = Statement(text=f"{said}。", places=places, kind="computed", derived=derived)
    return Draft(statements=(both,), quotes=places)
