"""Whether the evidence answers a question: a probability from its strength, fitted on dev.

What no rule of `refuse` settles is left to this. `python -m evals.fit_answers` fits the weights, `python -m
evals.fit_read` those with a judge's word.
"""

import math
import re
from collections.abc import Sequence

from assistant import second_look
from assistant.asking import read_asking
from assistant.evidence import Evidence, Weigher
from assistant.figures import Figure, certainty, is_given
from assistant.naming import name_share
from assistant.question import Question
from assistant.refusals import Rule
from assistant.weights import load_weights
from corpus.fold import fold
from index.types import Hit

# Refuse below this probability. On dev it gives up few answerable questions for many unanswerable ones
# (docs/decisions/014-tuning.md shows the whole curve).
THRESHOLD = 0.65

FEATURES = (
    "hit",  # log-odds of the first hit's probability
    "sentence",  # share of the question in the best sentence with its headings
    "unknown",  # share of the question in words that the index does not have
    "missing",  # weight of the heaviest concept that none of the first sentences holds, of the heaviest
    "figure",  # a figure is asked for
    "figure_words",  # then: share of the question in the best figure's words
    "figure_precise",  # then: share of that figure's words that the question says
    "figure_name",  # then: share of its name that the question says
    "figure_certain",  # then: how surely it is that one
    "figure_given",  # then: the question says its number itself
    "no_figure",  # then: there is none that fits
    "list",  # a list is asked for
    "concepts",  # how many concepts the question has
    "second_hit",  # the second hit's probability
    "lead",  # share of the question in the sentence that would answer, with its headings
    "lead_behind",  # how much less that is than the best sentence's
    "lead_missing",  # weight of the heaviest concept that this sentence lacks, of the heaviest
    "lead_absent",  # share of the weight of all concepts that it lacks wholly
    "lead_absent_inside",  # the same, its headings left out
    "focus_missing",  # a thing is asked for by name (哪家医院), and this sentence has no word for it
    "lead_near",  # how near the vector of this sentence is to the question's
    "whether_absent",  # a yes or no is asked for: share of the concepts that this sentence lacks
    "asks_actual",  # log-odds, from 0, that what was achieved since the plan is asked for
    "asks_actual_reported",  # the same, where this sentence tells what was achieved before it
    "lists_asked",  # things asked for by a noun stand in a row before it: 上海、天津、福建等省市
    "asks_vaguely",  # log-odds, from 0, that the question does not say of what it asks
)
_FOCUS = re.compile(
    r"(?:哪|什么|几|多少)(?:些|几|个|家|所|门|位|类|种|项|条|份)*(?P<noun>[\u3400-\u9fff]{2,6})"
)
# 哪些省市, 省市有哪些.
_ASKED_NOUN = re.compile(
    r"(?:哪些|哪[几\d两二三四五六七八九十]个?|什么|(?<!哪)[几\d]个)(?P<behind>[\u3400-\u9fff]{2,4}?)(?=[?,。的是有]|$)|"
    r"(?P<before>[\u3400-\u9fff]{2})(?:都|到底|具体|分别)?(?:是|有)?(?:哪些|哪[几\d两二三四五六七八九十]个?)"
)
_WHETHER = re.compile(r"有没|有无|是不是|是否|会不会|能不能|可不可以|要不要|[吗么不没][?？。!！]*$")
# Nouns that any measure or task may be called by.
_ANYTHING = frozenset(
    "方面 内容 措施 任务 工作 要求 目标 办法 情况 时候 地方 作用 问题 部分 东西 事情 方式 方法 举措 行动 建设 项目 "
    "工程 具体 部门 单位 学校 数 人 年 百分 百分点".split()
)


def _log_odds(probability: float) -> float:
    clipped = min(max(probability, 0.001), 0.999)
    return math.log(clipped / (1 - clipped))


def _lacks_focus(question: Question, weigher: Weigher, words: frozenset[str]) -> bool:
    """Whether the question asks for a thing by name that none of these words says."""
    for match in _FOCUS.finditer(question.understood):
        named = [w for w in weigher.tokenize(match["noun"]) if len(w) > 1 and w not in _ANYTHING]
        for word in named[:1]:
            wordings = [w for c in weigher.concepts for w in c.wordings if (word,) in c.wordings]
            if word not in words and not any(set(wording) <= words for wording in wordings):
                return True
    return False


def _of_lead(
    question: Question, weigher: Weigher, lead: Evidence | None, evidence: Sequence[Evidence]
) -> tuple[float, ...]:
    """What the sentence lacks that would answer: `lead` and what follows it in FEATURES."""
    if lead is None:
        return 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0
    total = sum(concept.weight for concept in weigher.concepts) or 1.0
    words = weigher.words([lead])
    inside = frozenset(weigher.tokenize(lead.text))
    return (
        lead.coverage,
        evidence[0].coverage - lead.coverage,
        weigher.missing(words),
        sum(weigher.absent(words)) / total,
        sum(weigher.absent(inside)) / total,
        float(_lacks_focus(question, weigher, words)),
        lead.nearness,
        bool(_WHETHER.search(question.understood)) * sum(weigher.absent(words)) / total,
    )


def _lists_asked(question: Question, lead: Evidence) -> bool:
    """Whether a sentence names several of what the question asks for, before the noun that it asks by."""
    text = fold(lead.text)
    nouns = {n for m in _ASKED_NOUN.finditer(question.understood) for n in m.groups() if n}
    return any(re.search(rf"(?:、[^,。;:、]{{1,14}}){{2,}}等?{re.escape(n)}", text) for n in nouns)


def features_of(
    question: Question,
    hits: Sequence[Hit],
    evidence: Sequence[Evidence],
    weigher: Weigher,
    figures: Sequence[tuple[float, Figure]],
) -> tuple[float, ...]:
    """What speaks for an answer, in the order of FEATURES."""
    top = evidence[:3]
    asks = float(question.kind == "figure")
    best = figures[0][1] if figures and asks else None
    lead = best.evidence if best else evidence[0] if evidence else None
    words = f"{best.words} {best.record.indicator}" if best else ""
    said = frozenset(weigher.tokenize(question.expanded))
    own = {word for word in weigher.tokenize(words) if not word[0].isdigit()}
    names = (best.record.name, best.record.indicator) if best else ()
    asking = read_asking(question.understood)
    # Other texts than plans tell what is, and their readers ask briefly: 某人是哪里人.
    of_plan = lead is not None and lead.document.metadata.period_start is not None
    actual = max(0.0, asking.actual) * of_plan
    return (
        _log_odds(hits[0].score) if hits else -5.0,
        max((item.coverage for item in top), default=0.0),
        question.query.unknown,
        weigher.missing(weigher.words(top)),
        asks,
        weigher.share(words) if best else 0.0,
        len(own & said) / len(own) if own else 0.0,
        max((name_share(name, question.expanded) for name in names), default=0.0),
        certainty([score for score, _ in figures]) if best else 0.0,
        float(best is not None and is_given(question, best.record)),
        float(asks and best is None),
        float(question.kind == "list"),
        float(len(weigher.concepts)),
        hits[1].score if len(hits) > 1 else 0.0,
        *_of_lead(question, weigher, lead, evidence),
        actual,
        actual * bool(lead and lead.passage.reports),
        float(lead is not None and _lists_asked(question, lead)),
        # What the talk before completed has its subject, however it is worded.
        max(0.0, asking.vague) * (question.text == question.standalone) * of_plan,
    )


def probability(
    values: Sequence[float], said: Sequence[float] = (), rule: Rule | None = None
) -> float:
    """The probability that the evidence answers, in (0, 1).

    `said` is what a judge says (`second_look`); with it a rule that would refuse (`refuse`) is weighed too.
    """
    names = (*FEATURES, *second_look.FEATURES) if said else FEATURES
    known = load_weights()["answerable_read" if said else "answerable"]
    z = known["intercept"] + sum(
        known[name] * value for name, value in zip(names, (*values, *said), strict=True)
    )
    if said and rule:
        z += known[f"rule_{rule}"]
    return 1 / (1 + math.exp(-z))
