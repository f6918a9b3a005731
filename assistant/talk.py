"""What the talk before a follow-up question was about."""

import re
from dataclasses import dataclass

from assistant import clause, parallels

AMOUNT = re.compile(r"(?:人数|数量|资金|经费|金额|面积|比例|占比|规模|总数|奖金|津贴)$")
_GENERIC = re.compile(r"形式|方面|内容|措施|种类|类型|要求|机构")
_MAX_SAID = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What was talked about: the last question, standing alone, the one before it, and the last answer."""

    question: str
    earlier: str
    answer: str


def subject_before(before: Before, *, people: bool = False) -> str:
    """What the question before was about, as a noun phrase or else as a statement."""
    question = before.question
    if people and (phrase := parallels.people_phrase(question)):
        return phrase
    topic = clause.topic(question)
    if len(topic) > 1 and not parallels.is_home(topic) and topic != "规划":
        return topic
    noun = clause.counted(question)
    if noun and not _GENERIC.fullmatch(noun):
        return noun
    if phrase := parallels.institution_phrase(question) or parallels.people_phrase(question):
        return phrase
    return clause.statement(question)


def subject_of(question: str) -> str:
    """What one question is about."""
    return subject_before(Before(question=question, earlier="", answer=""))


def noun_phrase(before: Before) -> str:
    """What the question before counts, with what happens to it: 到2025年新增的名师工作室."""
    noun, question = clause.counted(before.question), before.question.rstrip("?")
    match = re.match(r"(?P<verb>.*?)(?:多少|几|哪些|哪几)", question)
    if not noun or not match or clause.topic(question):
        return subject_before(before)
    return f"{re.sub(r'要|拟|将', '', match['verb'])}的{noun}"


def ending(words: str) -> str:
    """What is asked of something that is only named."""
    return "是多少" if AMOUNT.search(words) else "怎么样"


def said(before: Before) -> list[str]:
    """What the answer named already, at most a few words each."""
    answer = re.sub(r"\[\d+\]|[((][^()()]*[))]", "", before.answer.split("\n")[0])
    if quoted := re.findall(r"[“《]([^“”《》]{1,20})[”》]", answer):
        return quoted if len("".join(quoted)) <= _MAX_SAID else []
    place = re.search(r"哪|什么|几|多少", before.question)
    lead = before.question[: place.start()] if place else ""
    for length in range(len(lead), 1, -1):
        tail = lead[-length:]
        if tail in answer:
            answer = answer[answer.index(tail) + length :]
            break
    else:
        answer = re.sub(r"^.*?(?:例如|比如|包括|是|有|[::])", "", answer, count=1)
    items = [item.strip() for item in re.split(r"[、,,。;;和]|以及", answer) if item.strip()]
    whole = bool(items) and max(map(len, items)) <= 20 and len("".join(items)) <= _MAX_SAID
    return items if whole else []
