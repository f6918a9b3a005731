"""A question that takes for granted what the plan says otherwise: another number, direction or year.

It is answered with what the plan does say, whatever else it asks: 为什么要新增300对 where 30 are to be.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from assistant.amounts import BOUNDS
from assistant.corrected import YEAR, clause_pairs, corrected
from assistant.counted import counted, likeness, near
from assistant.draft import Draft, Statement
from assistant.evidence import Evidence
from assistant.facts import in_words, row_places, row_record
from assistant.naming import name_share
from assistant.operations import plain
from assistant.other_times import other_half, other_year
from assistant.question import Question
from assistant.refuse_place import known_places
from assistant.trends import other_trend
from corpus.fold import fold
from corpus.quantities import Quantity, find_quantities
from corpus.types import Span

# What the best sentences say counts; a number that any of the others says too is not wrong.
SENTENCES = 2
# Two numbers count the same when the words by them are so alike (of 645 questions with a quantity).
SAME = 0.4
_NAMES_ASKED = re.compile(r"(?:叫|是|有|指)(?:些)?(?:什么|哪|啥)|分别|名称|名字|名单")
# A number that counts the question's thing, if hardly by the same words.
LIKE_AT_ALL = 0.2
# Or when the clause of one holds so much of the other's.
SAME_CLAUSE = 0.6
# So much of a row's name a question must say.
NAMED = 0.6
# Where people are sent, or with whom something is done, and what.
_DOING_THERE = re.compile(
    r"(?:到|去|赴|往|跟|和|与|同|向)(?P<places>(?:[\u3400-\u9fff]{2,3}?(?:[省市州]|[、,和与及])?){1,4}?)(?:去|来|的|开展|搞|进行|参加|接受)*"
    r"(?P<what>跟岗|挂职|培训|研修|考察|交流|合作|结对|共建|支教|学习)"
)
# What may be told of the same thing otherwise: the end of a rise, the scope of a standing, the site of an owner.
_PARTLY_SAME = (
    re.compile(
        r"[从由](?P<same>\d+(?:\.\d+)?(?:%|万人|人|年|所|个|名))[^\d,，。?]{0,6}[到至为](?P<other>\d+(?:\.\d+)?(?:%|万人|人|年|所|个|名))"
    ),
    re.compile(r"(?P<other>全国|全省|全市|全区|全县|国内|国际|世界)(?P<same>领先|前列|一流)"),
    re.compile(r"(?P<same>[\u3400-\u9fff]{4})(?P<other>[\u3400-\u9fff]{2}(?:校区|产业园))"),
)
# So much of the question that sentence, or its clause, must hold.
SAME_DOING = 0.4

_PERSONS = frozenset({"名", "人", "位"})
# A number that is only compared with, or that chooses among things, is not said to be the plan's.
_COMPARED = re.compile(
    r"(?:超过|超|多于|少于|低于|高于|大于|小于|不到|不足|过了?|破|离|距离?|差|比)[^\d,。?]{0,2}$|(?:哪|前|后|第|任选|其中)$"
)
_COMPARES = re.compile(r"^(?:以上|以下|以内)?[^,。?]{0,3}(?:的有|的是|哪|几|多少)|^(?:多|几|左右)")
# A value without its unit: 从93.86降到90, 要减到8.76万了.
_BARE = re.compile(r"[到至为成](?!(?:19|20)\d\d)(\d{1,5}(?:\.\d+)?)万?(?=[了吗吧,，。?的还]|$)")
_UP = "提高|增加|上升|增长|上涨|提升|升高|新增|扩大|延长|涨|升|增"
_DOWN = "降低|下降|减少|缩减|压减|缩短|压缩|减|降|缩"
_MOVED = re.compile(rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN}))(?:了|到|至|约|大约|近|不少于|至少)?$")


def draft_corrected(question: Question, evidence: Sequence[Evidence]) -> Draft | None:
    """What the plan says instead of what the question takes for granted; None where nothing is wrong in it.

    Only of what calls itself an official document.
    """
    if not evidence or not evidence[0].document.metadata.kind:
        return None
    for correct in (
        _other_number,
        _other_direction,
        _other_of_row,
        other_trend,
        other_year,
        other_half,
        _other_beside_same,
        _other_places,
    ):
        if draft := correct(question, evidence):
            return draft
    return None


def _claimed(asked: str) -> list[Quantity]:
    """The quantities that a question says of something, not those it compares with."""
    return [
        quantity
        for quantity in find_quantities(asked)
        if not YEAR.match(asked[quantity.span.start :])
        and not _COMPARED.search(asked[: quantity.span.start])
        and not _COMPARES.search(asked[quantity.span.end :])
    ]


def _values(quantity: Quantity) -> set[tuple[Decimal, str]]:
    ends = {quantity.amount, quantity.high or quantity.amount}
    return {(end, quantity.bare_unit) for end in ends}


def _units_meant(quantity: Quantity) -> frozenset[str]:
    """The units that a quantity's may stand for: who says 个 of persons means 名."""
    unit = quantity.bare_unit
    return _PERSONS | {unit} if unit in {"个", *_PERSONS} else frozenset({unit})


def _other_number(question: Question, evidence: Sequence[Evidence]) -> Draft | None:
    """Another number of the same thing, where none of the sentences has the question's."""
    asked = question.understood
    claims = [claimed for claimed in _claimed(asked) if claimed.value != 1]
    if not claims:
        return None
    known = [
        (_values(quantity), own, rank)
        for rank, item in enumerate(evidence)
        for quantity, own in counted(fold(item.text))
    ]
    for claimed in claims:
        said_of = {(end, unit) for end, _ in _values(claimed) for unit in _units_meant(claimed)}
        words = near(asked, claimed.span)
        # The same number of something else, farther down, is no proof of it; how many are asked for by
        # their names may be the reader's own count.
        least = 0.0 if _NAMES_ASKED.search(asked) else LIKE_AT_ALL
        if any(
            said_of & values and (not rank or likeness(words, own) >= least)
            for values, own, rank in known
        ):
            continue
        clause = clause_pairs(asked, claimed.span)
        rivals = [
            (alike, shared, -rank, -other.span.start, other, item)
            for rank, item in enumerate(evidence[:SENTENCES])
            for other, own in counted(fold(item.text))
            if other.bare_unit in _units_meant(claimed)
            for alike in (likeness(words, own),)
            for shared in (len(clause & clause_pairs(fold(item.text), other.span)) / len(clause),)
        ]
        same = [rival for rival in rivals if rival[0] >= SAME or rival[1] >= SAME_CLAUSE]
        best = max(same, key=lambda rival: (rival[0] + rival[1], *rival[2:4]), default=None)
        if best:
            *_, other, item = best
            said = asked[claimed.span.start : claimed.span.end]
            before, after = BOUNDS.get(other.bound, ("", ""))
            value = item.text[other.span.start : other.span.end]
            after = "" if re.search("[余多]", value) else after
            lead = f"规划写的是{before}{value}{after},不是{said}"
            return corrected(item, other.span, lead, said)
    return None


def _moved(text: str, quantity: Quantity) -> re.Match[str] | None:
    return _MOVED.search(text[: quantity.span.start])


def _other_direction(question: Question, evidence: Sequence[Evidence]) -> Draft | None:
    """The same number going the other way: 提高1岁 where it is 降低1岁."""
    asked = question.understood
    for claimed in _claimed(asked):
        said = _moved(asked, claimed)
        if not said:
            continue
        for item in evidence[:SENTENCES]:
            for other in find_quantities(item.text):
                written = _moved(fold(item.text), other)
                if (
                    written
                    and _values(other) == _values(claimed)
                    and bool(written["up"]) != bool(said["up"])
                    and written[0] not in asked
                ):
                    value = item.text[other.span.start : other.span.end]
                    lead = f"规划写的是{written[0]}{value},不是{said[0]}"
                    return corrected(item, other.span, lead)
    return None


def _other_of_row(question: Question, evidence: Sequence[Evidence]) -> Draft | None:
    """A table's row that the question names, with another value of the year it says."""
    asked = question.understood
    target = row_record(evidence[0])
    if target is None or name_share(target.indicator, question.expanded) < NAMED:
        return None
    values = {target.baseline_year: target.baseline, target.target_year: target.target}
    claims = [(c.value, c.span) for c in _claimed(asked) if c.unit == target.unit]
    claims += [(Decimal(m[1]), Span(*m.span(1))) for m in _BARE.finditer(asked)]
    for claimed, span in claims:
        years = [int(year) for year in YEAR.findall(asked[: span.start])] or question.years
        value = values.get(years[-1]) if years else target.target
        if value is None or claimed in values.values():
            continue
        said = asked[span.start : span.end]
        places = row_places(evidence[0].document, target)
        text = f"规划写的是{plain(value)}{target.unit},不是{said}:{in_words(target, years[-1:])}"
        lead = Statement(
            text=text, places=places, kind="computed", derived=frozenset({plain(claimed)})
        )
        return Draft(statements=(lead,), quotes=places)
    return None


def _other_beside_same(question: Question, evidence: Sequence[Evidence]) -> Draft | None:
    """Something else beside the same: 烟台市教育局 where it is 济宁市教育局, 从92%到90% where it is to 93%."""
    for pattern in (*_PARTLY_SAME, _offices()):
        for said in pattern.finditer(question.understood):
            for item in evidence[:SENTENCES]:
                for written in pattern.finditer(fold(item.text)):
                    if written["same"] == said["same"] and not _may_be(said, written, item):
                        lead = f"规划写的是{written[0]},不是{said[0]}"
                        claimed = re.match(r"[\d.]*", said["other"])
                        number = claimed[0] if claimed else ""
                        return corrected(item, Span(*written.span()), lead, number)
    return None


def _may_be(said: re.Match[str], written: re.Match[str], item: Evidence) -> bool:
    """Whether what differs does so rightly: it is the same, or both are places that the document knows."""
    if said["other"] == written["other"]:
        return True
    places = said.re is _offices()
    own = written["other"] in item.document.metadata.region
    return places and (own or said["other"] in item.document.text)


@cache
def _offices() -> re.Pattern[str]:
    """The office of a place."""
    return re.compile(
        rf"(?P<other>{'|'.join(known_places())})[省市州区县]?(?P<same>教育局|教育委员会|教委|教育厅|人民政府|政府)"
    )


def _other_places(question: Question, evidence: Sequence[Evidence]) -> Draft | None:
    """Other places of the same doing: 到北京跟岗 where people are sent to 上海、江苏 for that."""
    asked, best = question.understood, evidence[0]
    doing = _DOING_THERE.search(asked)
    if not doing or best.coverage < SAME_DOING or doing["what"] not in best.text:
        return None
    said = [name for name in known_places() if name in doing["places"]]
    offered = "".join(item.text for item in evidence[:SENTENCES])
    found = [m for name in known_places() for m in re.finditer(name, best.text)]
    if not said or not found or any(name in offered for name in said):
        return None
    found.sort(key=lambda match: match.start())
    names = "、".join(dict.fromkeys(match[0] for match in found))
    lead = f"规划写的是{names},不是{'、'.join(said)}"
    return corrected(best, Span(found[0].start(), found[-1].end()), lead)
