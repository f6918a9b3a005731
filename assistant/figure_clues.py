"""What a question says of the figure it wants in so many words: what is counted, its bound, what is not meant.

Too rare among the questions of dev for weights to be fitted; each is worth more than all that speaks for
another figure of the same sentence. On dev and fit no right first figure is lost by them.
"""

import re

from assistant.evidence import Evidence
from assistant.naming import SCHOOLS, name_share
from assistant.question import Question
from corpus.fold import fold
from corpus.quantities import ANY_UNIT, find_quantities
from corpus.targets import targets_of
from corpus.text_targets import is_origin
from corpus.types import Span, Target

# What each is worth, in the scores of `figures`.
COUNTED, BOUND, ELSEWHERE, ORIGIN, EXCLUDED = 4.0, 1.5, -3.0, -1.5, -4.0
TOTAL, OTHER_LEVEL, EXTREME, MOVED, NAMED, PART = 2.0, -2.0, 1.5, 2.0, 1.0, 2.0
# So many characters at a name's end are no chance.
NAMED_RUN = 4

_COUNTED = re.compile(rf"(?:多少|几)\s*(?:{ANY_UNIT})的?(?P<thing>[\u3400-\u9fff]{{2,8}})")
_PARTICLES = re.compile(r"[哦嘛呢啊呀吗喃哟了的]+$")
# 实验室里,中小学和幼儿园有多少间.
_OF_PART = re.compile(
    rf"(?:里面?|当中|其中|[中头,])那?(?P<part>[^,。?里中]{{2,12}}?)(?:里面?|头|中)?的?(?:有|共有|是|占)?了?(?:多少|几)\s*(?:{ANY_UNIT})"
)
_LEAST = re.compile(r"至少|不低于|不少于|以上|最少|起码|下限")
_ABOUT = re.compile(r"左右|大约|大概|约")
_MOST = re.compile(r"最多|不超过|以内|以下|上限|至多|封顶")
_BOUNDS = {"不低于": _LEAST, "以上": _LEAST, "约": _ABOUT, "左右": _ABOUT, "以内": _MOST}
# 义务教育在校学生里,初中多少人: the row of the part is meant.
_PART_OF_ROW = re.compile(
    r"(?:里面?|里头|当中|其中|之中|(?<![初高])中(?![学职等考心小专]))[,]?那?(?P<part>[^,。?]{2,20})"
)
# All of something, not one kind of it.
_ALL_ASKED = re.compile(r"一共|总共|全[区县市]|总数|合计|拢共|共有")
_ALL_SAID = re.compile(r"共有|总计|合计|各级各类|共计|总数")
_HIGHEST, _LOWEST = re.compile(r"最高|最多"), re.compile(r"最低|最少|起步")
# By how much something goes down or up: 材料少了多少, of 审批材料减少30%以上.
_MOVES = tuple(
    (re.compile(rf"(?:{asked})了?(?:多少|几|百分)"), re.compile(said))
    for asked, said in (
        (
            "减少|缩短|缩减|压缩|精简|下降|降低|降|(?<![至最])少|短",
            "减少|缩短|缩减|压缩|精简|下降|降低|压减",
        ),
        ("增加|增长|上升|提高|涨", "增加|增长|上升|提高|提升"),
    )
)
_EXCLUDED = re.compile(
    r"(?:不是(?:只|光)?(?:算|指|说)?|不算|不含|不包括|除了|除开)(?P<what>[\u3400-\u9fff]{2,10}?)(?:的?那[个项]|以?外|之外|[,。)])|"
    r"(?P<aside>[\u3400-\u9fff]{2,8})(?:不算|除外|不计(?!划))"
)
# So much of what is excluded a figure's words must say.
EXCLUDED_SHARE = 0.8


def said_of(question: Question, record: Target, words: str, evidence: Evidence) -> float:
    """What the question says for or against a figure; `words` are its own in the evidence."""
    in_table = evidence.passage.kind == "row"
    told = EXCLUDED * _is_excluded(question, words if in_table else record.name)
    if in_table:
        told += PART * _is_part_asked(question, record)
        return told + ELSEWHERE * _is_elsewhere(question, record, evidence)
    told += COUNTED * _counted(question, words) + BOUND * _says_bound(question, record)
    told += TOTAL * _is_total(question, words) + OTHER_LEVEL * _is_of_other_level(question, words)
    told += NAMED * _is_named(question, record) + MOVED * _moves_so(question, words)
    told += EXTREME * _is_extreme(question, record, evidence)
    return told + ORIGIN * _is_origin(question, record, evidence)


def _counted(question: Question, words: str) -> float:
    """The share of what a question counts, 多少个学科, that a figure's words say: 40个主要学科."""
    if asked := _COUNTED.search(question.understood):
        return name_share(_PARTICLES.sub("", asked["thing"]), words)
    part = _OF_PART.search(question.understood)
    return name_share(part["part"], words) if part else 0.0


def _is_part_asked(question: Question, record: Target) -> bool:
    """Whether a row is a part of another, and its level of school is asked for within a whole."""
    asked = _PART_OF_ROW.search(question.understood)
    if not asked or not record.parent_id:
        return False
    return bool(set(SCHOOLS.findall(asked["part"])) & set(SCHOOLS.findall(record.indicator)))


def _is_named(question: Question, record: Target) -> bool:
    """Whether a question says the end of a figure's name, which is what it counts: 助学贷款 of 生源地信用助学贷款.

    Where it says apart from that what it counts, the name only says where.
    """
    if _COUNTED.search(question.understood) or _OF_PART.search(question.understood):
        return False
    return len(record.name) >= NAMED_RUN and record.name[-NAMED_RUN:] in question.understood


def _is_total(question: Question, words: str) -> bool:
    """Whether all of something is asked for, and a figure is of all."""
    asked = question.understood
    return bool(_ALL_ASKED.search(asked) and _ALL_SAID.search(words) and not SCHOOLS.search(words))


def _is_of_other_level(question: Question, words: str) -> bool:
    """Whether a figure's words name levels of school, and none that the question names."""
    asked, own = set(SCHOOLS.findall(question.understood)), set(SCHOOLS.findall(words))
    return bool(asked and own) and not asked & own


def _moves_so(question: Question, words: str) -> bool:
    """Whether it is asked by how much something goes down or up, and a figure's words say so."""
    return any(asked.search(question.understood) and said.search(words) for asked, said in _MOVES)


def _is_extreme(question: Question, record: Target, evidence: Evidence) -> bool:
    """Whether the highest (or lowest) is asked for, and a figure is that of those in a row beside it."""
    choose = max if _HIGHEST.search(question.understood) else None
    choose = choose or (min if _LOWEST.search(question.understood) else None)
    value = record.target if record.target is not None else record.baseline
    if choose is None or value is None:
        return False
    row = [q.value for q in find_quantities(fold(evidence.text)) if q.unit == record.unit]
    return len(row) > 1 and value == choose(row)


def _says_bound(question: Question, record: Target) -> bool:
    words = _BOUNDS.get(record.bound)
    return bool(words and words.search(question.understood))


def _is_elsewhere(question: Question, record: Target, evidence: Evidence) -> bool:
    """Whether a row's category is another than one that the question names."""
    named = {
        each.category
        for each in targets_of(evidence.document)
        if each.category and each.category in question.understood
    }
    own = f"{record.category}{record.name}"
    return bool(named) and not any(category in own for category in named)


def _is_origin(question: Question, record: Target, evidence: Evidence) -> bool:
    """Whether a figure is what a rise starts from, and its year is not asked for."""
    if record.kind != "现状" or record.baseline_year in question.years:
        return False
    sentence, document = evidence.span, evidence.document
    before = document.quote(Span(sentence.start, max(sentence.start, record.span.start)))
    return is_origin(before, document.quote(Span(record.span.end, sentence.end)))


def _is_excluded(question: Question, words: str) -> bool:
    """Whether a figure is of what the question says is not meant: 骨干教师不算."""
    aside = _EXCLUDED.search(fold(question.standalone))
    what = (aside["what"] or aside["aside"]) if aside else ""
    return bool(what) and name_share(what, words) >= EXCLUDED_SHARE
