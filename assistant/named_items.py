"""How many things a sentence names: 点名新建的小学有几所, of 拟新建甲小学、乙小学、丙小学等."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.draft import Draft, Statement
from assistant.evidence import Evidence
from assistant.extract import place_of
from assistant.naming import SCHOOLS
from assistant.question import Question
from corpus.fold import fold

# Of so many of the best sentences.
SENTENCES = 3
# A longer stretch is no name.
LONGEST = 16
_CUE = re.compile(
    r"点了?名|\bcounting\b.*\b(?:named|mentioned|listed)\b|\b(?:are|is) (?:named|mentioned|listed) (?:in|by)\b",
    re.I,
)
_HOW_MANY = re.compile(
    r"(?<!哪)(?:多少|几)\s*(?P<measure>[个所家地种类项条门座国样])(?P<thing>[\u3400-\u9fff]{2,4})?|\bhow many\b",
    re.I,
)
_EACH = re.compile(r"(?P<one>[\u3400-\u9fff]{2,6}?)(?:和|与|跟)(?P<other>[\u3400-\u9fff]{2,8}?)各")
_CLAUSE = re.compile(r"[,，;；。:：]")
_ASIDE = re.compile(r"[(（][^()（）]*[)）]")
_LAST = re.compile(r"[和及与](?=[^和及与]*$)")
# Words behind the last thing: 等省市, 等学校改扩建工程.
_AND_SO_ON = re.compile(r"等(?!级|次|教|高).*$")
# What is done, before the first thing: 拟新建, 改扩建, 实施.
_DOING = re.compile(
    r"^.*?(?:拟|计划)?(?:新建|改扩建|扩建|改建|复建|迁建|建设|实施|推进|支持|加强与|包括|涵盖|培育|打造|开展)(?=[^、])"
)
_NUMBER = re.compile(r"\d")
_ASKING = re.compile(r"[哪几多少有的了是共总一都在里]")


def draft_named_count(question: Question, evidence: Sequence[Evidence]) -> Draft | None:
    """The number of things that the clause asked for names, each named; None where no count of names is asked for."""
    asked = question.understood
    many = _HOW_MANY.search(asked) or _HOW_MANY.search(question.standalone)
    if not many or not _CUE.search(f"{asked} {question.standalone}"):
        return None
    each = _EACH.search(asked)
    wanted = (each["one"], each["other"]) if each else (asked,)
    for item in evidence[:SENTENCES]:
        found = [one for part in wanted if (one := _clause_of(part, asked, item))]
        if len({clause for _, clause, _ in found}) == len(wanted):
            return _draft(item, [names for *_, names in found], many["measure"] or "个")
    return None


def _draft(item: Evidence, named: Sequence[list[str]], measure: str) -> Draft:
    place = place_of(item)
    said = ";".join(f"{len(names)}{measure}({'、'.join(names)})" for names in named)
    more = ",后面还有“等”字" if "等" in item.text else ""
    statement = Statement(
        text=f"规划点名的有{said}{more}。",
        places=(place,),
        kind="computed",
        derived=frozenset(str(len(names)) for names in named),
    )
    return Draft(statements=(statement,), quotes=(place,))


def _lists(item: Evidence, asked: str) -> Iterator[tuple[str, list[str]]]:
    """(clause, the things it names) of the clauses that name two things or more, of the schools asked for."""
    schools = set(SCHOOLS.findall(asked))
    for clause in _CLAUSE.split(_ASIDE.sub("", fold(item.text))):
        names = _AND_SO_ON.sub("", clause).split("、")
        if len(names) == 1:
            continue
        names = [*names[:-1], *_LAST.split(names[-1])]
        names[0] = _DOING.sub("", names[0])
        alike = not schools or any(school in name for school in schools for name in names)
        if alike and all(0 < len(name) <= LONGEST and not _NUMBER.search(name) for name in names):
            yield clause, names


def _pairs(text: str) -> set[tuple[str, str]]:
    return set(pairwise(_ASKING.sub("", text)))


def _clause_of(part: str, asked: str, item: Evidence) -> tuple[int, str, list[str]] | None:
    """(how much it shares, the clause, its names) of the clause that shares most with a part of the question.

    None where none shares anything with the part.
    """
    scored = [
        (own + len(_pairs(asked) & _pairs(clause)), clause, names)
        for clause, names in _lists(item, asked)
        if (own := len(_pairs(part) & _pairs(clause)))
    ]
    return max(scored, key=lambda one: one[0], default=None)
