"""What a share and a count give together: a part of a whole, the whole of a part, so much for each one.

Every question here names two figures of different units, or the changes of two.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from assistant import operations
from assistant.amounts import Figure
from assistant.changes import LEAST_OF_QUESTION, draft_of
from assistant.draft import Draft
from assistant.naming import name_share
from assistant.operands import Operands
from assistant.phrases import core
from corpus.fold import fold
from corpus.quantities import find_quantities
from corpus.types import Target

_SHARE_OF_CHANGE = re.compile(
    r"(?P<whole>[^,。?]{0,40}?(?:新增|增加|多出来?)的?[^,。?]{0,12}?)[,的]*(?:里面?|当中|中|里头)?[,有]*"
    r"(?:(?:百分之多少|百分之几|几成|多大比例)的?(?:是|来自|属于)(?P<part>[^,。?]+)|"
    r"(?P<own>[^,。?]{2,12}?)(?:大约|大概|会|要|能)*占(?:了|到)?(?:百分之|多少|几成|多大))"
)
_RECKONED = r"倒推|反推|推算|估算|折算|折成|换算|计算|测算|来算|算下来|算一算|算"
_REVERSED = re.compile(r"倒推|反推|反过来")
# 毛入园率, 毛入学率: how many of an age go.
_ENROLMENT = re.compile(r"毛?入[园学]率$")
_OF_BOTH = re.compile(
    rf"(?:按照?|照|根据|依|用|拿)(?P<a>[^。?]+?)(?:和|与|以及|乘以?|、|跟)(?P<b>[^。?]+?)(?:{_RECKONED})"
)
_WHOLE = re.compile(
    r"(?P<part>[^。?]{2,40}?)占(?:了|到)?[^,。?]{0,24}?(?P<share>\d+(?:\.\d+)?)%.*(?:倒推|反推|推算|反过来|算|推)[^。?]*多少|"
    r"(?P<own>[^。?]{2,40}?)占(?:了|到)?[^,。?]{0,24}?(?P<told>\d+(?:\.\d+)?)%[,?]?(?:那|那么)?(?:全[区县市]|所有|整个)?[^,。?]{0,8}(?:一共|总共|合计|拢共|共)(?:该|应该?|会)?(?:是|有)多少"
)
# The share is told, not said: 按甲的所数和它占的比例倒推.
_BACKWARDS = re.compile(
    r"(?:按照?|照|根据|依|用|拿|由|从)(?P<part>[^。?]{2,30}?)(?:和|与|以及|、|跟|,)(?:它|其|他们?|这些?)?(?:们)?(?:所)?占[^。?]{0,16}(?:倒推|反推|反过来(?:推|算))|"
    r"(?P<told>[^。?]{4,40}?)(?:并|也|还|又)?(?:给出|写|说|标)(?:了|明)?(?:它|其)?占的?(?:百分比|比例|比重)[^。?]*(?:倒推|反推|反过来(?:推|算))"
)
_EACH = re.compile(
    r"(?:平摊|均摊|平均|分摊|摊)(?:下来|到|给)?[,]?(?:大概|大约)?[修建办搞]?(?:每|一)(?:个|所|名|位|间|项|对|家|套)(?P<one>[^,。?\d]{0,8}?),?"
    r"(?:大概|大约|约|能|要|会|有|是|可以|摊|分|花|得|拿|用|配|到账|拿到|得到)*(?:多少|几)(?:[百千]?万|亿)?(?:块|元|钱)|"
    r"平均每(?:个|所|名|位|间|项|对|家|套)(?P<last>[^,。?\d\s]{1,8})\s*的?(?:资金|经费|金额|钱)(?:\s*[百千]?[万亿]?元)?$"
)


# How many persons a share comes to: 按规划推算,公办园里大概有多少孩子.
_RECKONS = re.compile(rf"{_RECKONED}|大概|大约|差不多|[一相]乘")
_PERSONS_ASKED = re.compile(
    r"(?:多少|几)(?:[百千]?万)?(?:个|名|人)?(?:孩子|学生|幼儿|娃儿?|人|在)|人数|(?:孩子|学生|幼儿(?!园)|娃儿?)[^,。?]{0,8}(?:多少|几)(?:[百千]?万|个|名|人)"
)
_SHARE_NAME = re.compile(r"(?:占比|比例|比重)$")
_COUNT_NAME = re.compile(r"(?:总数|人数|规模|数)$")
WHOLE_COUNT_NAME = 0.9
# What joins a share to the count before it, in one sentence of at most so many characters.
SENTENCE = 200
_OF_WHICH = re.compile(r"(?P<count>[^。；;]+)其中[^。；;]{0,20}$")
# So much of what tells the part from the whole a question must say.
TOLD = 0.6


def _asks_persons_of_share(text: str) -> bool:
    return bool(_RECKONS.search(text) and _PERSONS_ASKED.search(text)) and "%" not in text


def asks_proportion(text: str) -> bool:
    """Whether a question asks for one of these."""
    patterns = (_SHARE_OF_CHANGE, _EACH, _WHOLE, _BACKWARDS, _OF_BOTH)
    return any(asks.search(text) for asks in patterns) or _asks_persons_of_share(text)


def draft_proportion(operands: Operands) -> Draft | None:
    """The answer to a question that asks for one of these, else None."""
    text = operands.question.understood
    if match := _SHARE_OF_CHANGE.search(text):
        return share_of_change(operands, match["whole"], match["part"] or match["own"])
    if match := _EACH.search(text):
        return _for_each(operands, text[: match.start()], match["one"] or match["last"] or "")
    reversed_ = _REVERSED.search(text) or _WHOLE.search(text)
    return _backwards(operands, text) if reversed_ else _reckoned_by(operands, text)


def _backwards(operands: Operands, text: str) -> Draft | None:
    """The whole of a part and its share."""
    if match := _WHOLE.search(text):
        share = Decimal(match["share"] or match["told"])
        return _whole_of(operands, match["part"] or match["own"], share)
    if match := _BACKWARDS.search(text):
        return _whole_of(operands, match["part"] or match["told"], None)
    return _whole_by_rate(operands, text) if _OF_BOTH.search(text) else None


def _reckoned_by(operands: Operands, text: str) -> Draft | None:
    """The part of a whole by its share."""
    match = _OF_BOTH.search(text)
    if match and (draft := _part_of(operands, match["a"], match["b"])):
        return draft
    return _persons_of_share(operands) if _asks_persons_of_share(text) else None


def _persons_of_share(operands: Operands) -> Draft | None:
    """The count of which a share in the same part of a table is told, by that share."""
    question = operands.question
    asked = question.expanded  # 公办园 for 公办幼儿园 too
    whole_question = fold(question.standalone)
    for share in operands.of_unit("%"):
        named = _SHARE_NAME.sub("", share.indicator)
        for count in _counts(operands):
            of = _COUNT_NAME.sub("", count.indicator)
            part = named.removesuffix(of)
            if (
                not share.category
                or share.category != count.category
                or not of
                or part in {named, ""}
                or (name_share(part, asked) < TOLD and part[:2] not in asked)
            ):
                continue
            year = question.only_year
            whole, own = operands.figure(count, year), operands.figure(share, year)
            if whole and own and whole.year == own.year:
                return _reckoned(whole, own, rest=_outside(part, whole_question))
    return _persons_of_share_beside(operands, asked)


def _persons_of_share_beside(operands: Operands, asked: str) -> Draft | None:
    """The same of a share that a sentence tells of a count before it: 学生达11.3万人,其中区外学生占比93%."""
    year = operands.question.only_year
    for share in operands.of_unit("%"):
        part = _SHARE_NAME.sub("", share.indicator)
        named = part != share.indicator and name_share(part, asked) >= TOLD
        own = operands.figure(share, year) if named and not share.category else None
        before = operands.documents[share.document_id].text[: share.span.start]
        told = _OF_WHICH.search(before[-SENTENCE:]) if own and own.aimed else None
        said = {(q.value, q.unit) for q in find_quantities(told["count"])[-1:]} if told else set()
        for count in _counts(operands) if said else ():
            whole = operands.figure(count, year)
            if own and whole and (whole.value, count.unit) in said:
                return _reckoned(whole, own)
    return None


def _outside(part: str, asked: str) -> bool:
    """Whether those outside a part are asked for: 不在公办园."""
    return (
        re.search(rf"(?:不|没有?|未)(?:在|是|上|读|进|属于)?{re.escape(part[:2])}", asked)
        is not None
    )


def _reckoned(count: Figure, share: Figure, *, rest: bool = False) -> Draft:
    """The part that a share makes of a count, or the `rest` of it."""
    unit = count.target.unit
    by = f"{share.when}{share.target.name}{share.text}"
    if rest:
        result = operations.rest_of(count.value, share.value, unit)
        text = f"{count.target.name}按{by}推算,其余{result.shown}{unit}({result.formula})。"
    else:
        result = operations.part(count.value, share.value, unit)
        text = f"{count.target.name}按{by}推算,{result.shown}{unit}({result.formula})。"
    return draft_of(text, result, count, share)


def _figure(
    operands: Operands, phrase: str, among: Sequence[Target], around: str = ""
) -> Figure | None:
    """The figure that a phrase names best, in the one year that the question names."""
    question = operands.question
    past = question.query.past or bool(question.query.period_ends)
    named = operands.named(core(phrase), among, context=core(around))
    found = (operands.figure(target, question.only_year, past=past) for target in named)
    return next((figure for figure in found if figure), None)


def _counts(operands: Operands) -> list[Target]:
    return [target for target in operands.records if target.unit != "%"]


def share_of_change(operands: Operands, whole: str, part: str) -> Draft | None:
    """What share of one count's change is another's: `新增的学生有百分之多少是小学生`."""
    moving = [t for t in _counts(operands) if operands.both(t)]
    wholes = operands.named(core(whole), moving, least=LEAST_OF_QUESTION / 2)
    parts = operands.named(core(part), moving, context=core(whole))
    pairs = ((a, b) for a in wholes[:1] for b in parts if b is not a and b.unit == a.unit)
    for one, other in pairs:
        of_whole, of_part = operands.both(one), operands.both(other)
        return share_of_pairs(operands, of_part, of_whole) if of_whole and of_part else None
    return None


def share_of_pairs(
    operands: Operands, part: tuple[Figure, Figure], whole: tuple[Figure, Figure]
) -> Draft | None:
    """What share of the change from the first to the second figure of a whole that of its part is."""
    if whole[0].value == whole[1].value:
        return None
    changes = [after.value - before.value for before, after in (part, whole)]
    result = operations.ratio(changes[0], changes[1], percent=True)
    formula = "÷".join(f"({after.text}−{before.text})" for before, after in (part, whole))
    names = part[0].target.name, whole[0].target.name
    text = f"{names[0]}的增量占{names[1]}增量的{result.shown}%({formula})。"
    return draft_of(text, result, *reversed(part), *reversed(whole))


def _part_of(operands: Operands, first: str, second: str) -> Draft | None:
    """A count times a share of it: `按在园幼儿数和公办占比推算`."""
    shares = operands.of_unit("%")
    for one, other in ((first, second), (second, first)):
        count = _figure(operands, one, _counts(operands), other)
        if count is None:
            continue
        named = operands.named(core(other), shares, context=core(one))
        found = (operands.figure(target, count.year) for target in named)
        share = next((each for each in found if each and each.year == count.year), None)
        if share:
            return _reckoned(count, share)
    return None


def _whole_by_rate(operands: Operands, text: str) -> Draft | None:
    """All who are of the age of a level, by its persons and the rate of those of that age who go: `用毛入园率倒推`.

    Only a rate of enrolment says that; any other share is of something else.
    """
    rates = [t for t in operands.of_unit("%") if _ENROLMENT.search(t.indicator)]
    rate = _figure(operands, text, rates)
    level = rate.target.category if rate else ""
    counts = (
        operands.figure(t, rate.year if rate else None)
        for t in _counts(operands)
        if level and t.category == level and not t.parent_id and t.unit.endswith("人")
    )
    count = next((f for f in counts if f and rate and f.year == rate.year), None)
    if rate is None or count is None or not rate.value:
        return None
    result = operations.whole(count.value, rate.value, count.target.unit)
    text = (
        f"由{count.when}{count.target.name}{count.text}和{rate.target.name}{rate.text}推算,"
        f"总数{result.shown}{count.target.unit}({result.formula})。"
    )
    return draft_of(text, result, count, rate)


def _whole_of(operands: Operands, part: str, said: Decimal | None) -> Draft | None:
    """The whole of which a count is a share: `85所占48.85%,倒推全区多少所`.

    `said` is the share where the question says it, else it is the one told beside the count.
    """
    counts = [t for t in operands.of_unit(operands.question.unit) if t.unit != "%"]
    count = _figure(operands, part, counts)
    if not count:
        return None
    shares = [
        t
        for t in operands.of_unit("%")
        if (said in {t.baseline, t.target} if said else _is_share_of(t, count.target))
    ]
    found = (f for t in shares for past in (False, True) if (f := operands.figure(t, past=past)))
    share = next((f for f in found if said in {None, f.value}), None)
    if not share or not share.value:
        return None
    result = operations.whole(count.value, share.value, count.target.unit)
    name, unit = count.target.name, count.target.unit
    text = f"由{name}{count.text}占{share.text}推算,总数{result.shown}{unit}({result.formula})。"
    return draft_of(text, result, count, share)


def _is_share_of(share: Target, count: Target) -> bool:
    """Whether a record says beside a count what share that is of all: 甲85所,占乙的48.85%."""
    return (
        share.section_id == count.section_id
        and "占" in share.indicator
        and name_share(count.indicator, share.indicator.partition("占")[0]) >= WHOLE_COUNT_NAME
    )


def _for_each(operands: Operands, what: str, one: str) -> Draft | None:
    """A sum of money for each of what it is spread over: `支援资金平摊下来一个项目多少钱`."""
    money = [t for t in operands.records if t.unit.endswith("元")]
    amount = _figure(operands, f"{what} 资金", money, one)
    counts = [t for t in _counts(operands) if t not in money]
    count = _figure(operands, f"{what} {one}", counts) or _figure(operands, one, counts, what)
    if not amount or not count or not count.amount:
        return None
    each = amount.amount / count.amount
    unit, scale = ("万元", 10_000) if each >= 10_000 else ("元", 1)
    result = operations.ratio(amount.amount / scale, count.amount)
    formula = f"{amount.text}÷{count.text}"
    text = f"{amount.target.name}{amount.text},平均每{count.bare_unit}{result.shown}{unit}({formula})。"
    return draft_of(text, result, amount, count)
