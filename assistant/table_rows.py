"""Which rows of a table a question speaks of: those it lists, those of a category, or all."""

import re
from collections.abc import Sequence

from assistant.operands import Operands, people_of
from assistant.phrases import core
from corpus.types import Target

# So like a name words are at least that stand beside others which name rows of one category.
HARDLY = 0.15
_LISTED = re.compile(r"[、,]|和|与|及|跟")
_COUNTED = re.compile(r"[两二三四五]个(?P<what>[^,，。、]{2,12}?)的?指标")
_NO_PART = frozenset({"", "这", "那", "各", "都", "分别", "各自"})
_MERELY_ROWS = re.compile(r"指标|[的在类\s]")
_PERSONS = re.compile(r"[拨群]孩子|[拨群]学生|人数|数人头|[哪这]一?拨")
_FIVE_YEARS = re.compile(
    r"(?:这|未来)?(?:五|(?<!\d)5)年(?:间|下来|来|内|里头?|之间)?,?|到底|究竟|(?:相|来|对)?比(?=,|哪|$)"
)
_PREFACE = re.compile(
    r"^(?:对比|比较|比一比|拿)[^,]{0,4}20\d\d年?[和跟与、]20\d\d年?(?:这?两列|这?两年)?的?(?:数|数据)?(?:来看|看)?(?:,|$)|^.*(?:算一算|算一下|算算|看看|看一下|比一比|比一下|请问|告诉我|想知道|想问)[,:]?"
)
# From here on a limit is said: 2025年过了90%的有几个.
_LIMITED = re.compile(
    r"[,，]?(?:(?:19|20)\d\d年)?的?(?:超过|高于|大于|多于|不低于|达到|低于|少于|不到|小于|不足|过)了?\s*\d(?!\d{3}年).*$"
)
_SCOPE_ENDS = re.compile(r"[三四五几两二][个拨类种]|[三四五几两二]项|里|中(?=[,哪])|,?(?:哪|谁)")


def _stem(category: str) -> str:
    """What people say of a category: 学前 of 学前教育."""
    return re.sub(r"(?:阶段)?教育$", "", category) or category


def table_rows(operands: Operands) -> list[Target]:
    """All rows of the tables of the first document that has any."""
    rows = [
        target
        for target in operands.records
        if operands.documents[target.document_id].table(target.section_id)
    ]
    first = rows[0].document_id if rows else ""
    return [row for row in rows if row.document_id == first]


def _beside(
    operands: Operands, rows: Sequence[Target], found: Sequence[Target], words: str
) -> list[Target]:
    """The row of the category of others, of their unit, that is likest to words that hardly name it."""
    first = found[0]
    among = [
        row
        for row in rows
        if row not in found and (row.category, row.unit) == (first.category, first.unit)
    ]
    return operands.named(words, among, least=HARDLY)[:1] if words else []


def rows_asked(operands: Operands, text: str) -> list[Target]:
    """The rows that a question speaks of: those it lists, those of a category, or all."""
    rows = table_rows(operands)
    if _PERSONS.search(text):
        rows = [row for row in rows if row.unit.endswith("人")] or rows
    if counted := _COUNTED.search(text):
        held = [row for row in rows if counted["what"] in row.name]
        if len(held) > 1:
            return held
    told = _LIMITED.sub("", _FIVE_YEARS.sub("", text))
    head = _PREFACE.sub("", _SCOPE_ENDS.split(told)[0])
    cores = [core(part).strip() for part in _LISTED.split(head) if part.strip()]
    parts = [part for part in cores if part not in _NO_PART or len(cores) == 1]
    categories = {row.category for row in rows if row.category and _stem(row.category) in text}
    of_categories = all(_MERELY_ROWS.sub("", p) in "".join(categories) for p in parts)
    if not categories:
        categories = {row.category for row in rows if row.category in operands.question.query.added}
    if len(parts) > 1 and all(parts) and not of_categories:
        named = [
            operands.named(p, rows)
            or operands.named(p, rows, context=core(head))
            or operands.named(p, rows, context=people_of(p))
            for p in parts
        ]
        found = list(dict.fromkeys(found[0] for found in named if found))
        if len(found) == len(parts) - 1 > 1:
            found += _beside(
                operands,
                rows,
                found,
                next((p for p, n in zip(parts, named, strict=True) if not n), ""),
            )
        return found if len(found) == len(parts) else []
    return [row for row in rows if row.category in categories] if categories else rows
