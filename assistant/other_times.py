"""Another year, or another half of it, than a question takes for granted."""

import re
from collections.abc import Sequence

from assistant.corrected import YEAR, clause_pairs, corrected
from assistant.counted import likeness, near
from assistant.draft import Draft
from assistant.evidence import Evidence
from assistant.question import Question
from corpus.fold import fold
from corpus.types import Span

# The best sentences, of which one may tell of the year.
SENTENCES = 4
# A year is farther from what it tells.
SAME = 0.3
# Or less alike, and so many times as much as the next.
LEAST, AHEAD = 0.15, 2.5
# A sentence that holds so much of the question tells of the same.
MOSTLY = 0.5
# A year that a sentence says counts where the sentence holds so much of the question as the best one does.
KNOWN_SHARE = 0.5
# So much of the question's clause that of the other half must hold.
SAME_CLAUSE = 0.4
_HALF = re.compile(r"[上下]半年|[前中后]期|[初末]期")
# 初期 is as good as 前期.
_SAME_PART = ({"前期", "初期"}, {"后期", "末期"})
# Who says a year of a plan: the plan itself as somebody heard it.
_TOLD = re.compile(
    r"(?:规划|文件|里面?|里头)[^,。?]{0,6}(?:说|写|讲|提|要求|规定|定)|听说|据说|听[^,。?]{1,6}(?:说|讲)|既然|为什么|为何|凭什么|来得及|怎么报名|才|是不是|是否|会不会太|不是[^。?]{2,30}[吗么嘛迈]|"
    r"(?:放|定|安排|选|拖|推迟|提前)(?:在|到|至)(?=(?:19|20)\d\d)"
)


def other_year(question: Question, evidence: Sequence[Evidence]) -> Draft | None:
    """Another year of the same thing, where the question is said to repeat what it heard."""
    asked = question.understood
    if question.kind == "figure" or not _TOLD.search(asked):
        return None
    least = KNOWN_SHARE * evidence[0].coverage
    top = [item for item in evidence[:SENTENCES] if item.coverage >= least]
    known = {year for item in top for year in YEAR.findall(fold(item.text))}
    for claimed in YEAR.finditer(asked):
        words = near(asked, Span(*claimed.span()))
        if claimed[1] in known:
            continue
        rivals = [
            (likeness(words, near(fold(item.text), span)), item, other[1], span)
            for item in top
            for other in YEAR.finditer(fold(item.text))
            for span in (Span(*other.span()),)
        ]
        alone = _tells_only_of(*top)
        likest = max((like for like, *_ in rivals), default=0.0)
        behind = max((like for like, *_ in rivals if like < likest), default=0.0)
        clear = likest >= LEAST and likest >= AHEAD * behind
        for like, item, year, span in rivals:
            alike = like >= SAME or (clear and like == likest)
            if alike or (alone and item is top[0]):
                lead = f"规划写的是{year}年,不是{claimed[1]}年"
                return corrected(item, span, lead, claimed[1])
    return None


def other_half(question: Question, evidence: Sequence[Evidence]) -> Draft | None:
    """The other half of the year, where the clause of the best sentence is that of the question."""
    asked, best = question.understood, evidence[0]
    said, written = _HALF.search(asked), _HALF.search(best.text)
    if not said or not written or said[0] in best.text or {said[0], written[0]} in _SAME_PART:
        return None
    claimed = clause_pairs(asked, Span(*said.span()))
    shared = claimed & clause_pairs(fold(best.text), Span(*written.span()))
    if len(shared) < SAME_CLAUSE * len(claimed):
        return None
    return corrected(best, Span(*written.span()), f"规划写的是{written[0]},不是{said[0]}")


def _tells_only_of(item: Evidence, *others: Evidence) -> bool:
    """Whether a sentence tells what is asked, most of it or far more than others with years, and of one year."""
    dated = (other.coverage for other in others if YEAR.search(fold(other.text)))
    least = min(MOSTLY, 2 * max(dated, default=0.0))
    return item.coverage >= least and len(set(YEAR.findall(fold(item.text)))) == 1
