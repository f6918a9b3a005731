"""A row of a table that a question takes to move the other way: 普高学生会比2020年多,多出来的学位放在哪里."""

import re
from collections.abc import Sequence

from assistant.draft import Draft, Statement
from assistant.evidence import Evidence
from assistant.facts import in_words, row_places, row_record
from assistant.naming import name_share
from assistant.question import Question

# So much of a row's name a question must say.
NAMED = 0.6
# How a row is taken to move, not asked whether or by how much it does.
_TREND = re.compile(
    r"(?P<who>[^,。?]*?)(?:要|会|将|反而|还)*比(?:(?:19|20)\d\d年?|现在|以前|之前|目前)的?(?:要|会|还|更|都)*"
    r"(?:(?P<up>多|高|增|涨|上升)|(?P<down>少|低|减|降|下降))(?:了|加|长|高)?(?:一些|一点|些|点)?(?=[,，。])"
)
# Nothing but the row itself: its persons, named with no part or share of them.
_ALONE = re.compile(r"(?:学生|在校生|在校学生|在校学生数|人数|规模|数|率|年限)$")
_OTHERWISE = re.compile(r"占|比例|比重|男|女|如果|要是|假如|的话|是不是|会不会|是否|吗")


def other_trend(question: Question, evidence: Sequence[Evidence]) -> Draft | None:
    """The way that the row goes, where the question takes it to go the other; None where nothing is wrong."""
    asked = question.understood
    target, trend = row_record(evidence[0]), _TREND.search(asked)
    if target is None or target.target is None or target.baseline is None or not trend:
        return None
    change = target.target - target.baseline
    told = 1 if trend["up"] else -1
    named = name_share(target.indicator, question.expanded) >= NAMED
    plain = _ALONE.search(trend["who"]) and not _OTHERWISE.search(asked)
    if not named or not plain or change * told >= 0:
        return None
    written, said = ("增加", "减少") if change > 0 else ("减少", "增加")
    places = row_places(evidence[0].document, target)
    text = f"规划写的是{written},不是{said}:{in_words(target)}"
    return Draft(statements=(Statement(text=text, places=places, kind="computed"),), quotes=places)
