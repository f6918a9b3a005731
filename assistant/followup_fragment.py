"""`那…呢?`: the question before about another time, place or thing."""

import re

from assistant import clause, parallels
from assistant.naming import RANK
from assistant.talk import AMOUNT, Before, ending, subject_before, subject_of

# 年龄上有什么要求, after 学历要求是什么: another side of the same.
_ASPECT = re.compile(
    r"(?P<what>[\u3400-\u9fff]{2,4}?)(?:上|方面)(?:又|还)?(?:有|是)?(?:什么|哪些|怎么)[^,]{0,4}?"
    r"(?P<noun>要求|规定|目标|标准|措施|安排|条件)"
)
CONDITION = re.compile(r"(?:^|的)[^,]{0,8}(?:要是|如果|万一|假如)|^没")
_MATTER = re.compile(
    r"(?:工资|待遇|材料|师资|编制|职称|条件|标准|时间|地点|要求|原因|学费|费用|措施|对象)$"
)
NUMBER_ASKED = re.compile(r"多少|几|占比|比例|目标|率(?:是|$|\?)|人数|数量")
# The rank of what is counted, by its name or by its city's.
_RANKED = re.compile(rf"^(?:{RANK.pattern}|[\u3400-\u9fff]{{2}}市)的?")
_FORMERLY = re.compile(r"(?:原先|原来|以前|之前|起初|早先|开始)(?:的)?(?:时候)?")
_FIGURE = re.compile(r"(?P<real>实际)?(?:完成)?(?:目标值?|情况|数据|数字?|数值)")


def fragment_question(words: str, before: Before) -> str:
    """`那…呢?`: the question before about another time, place or thing."""
    question = before.question
    if _FORMERLY.fullmatch(words) and NUMBER_ASKED.search(question):
        subject = clause.topic(question) or clause.statement(clause.TIME.sub("", question))
        return f"{subject}原来是多少?"
    if CONDITION.search(words):
        return f"{subject_before(before)},{words}怎么办?"
    bare = words.removesuffix("的")
    if match := clause.TIME.match(bare):
        rest = bare[match.end() :].lstrip("的,")
        timed = clause.retimed(question, match[0])
        if real := _FIGURE.fullmatch(rest):
            return timed.replace(match[0], f"{match[0]}{real['real'] or ''}", 1)
        return timed if not rest else _fragment_thing(rest, False, timed)
    return _fragment_thing(bare, bare != words, question)


def aspect_question(words: str, before: Before) -> str | None:
    """`…上有什么要求?`: the question before about that side of its subject; None for other words."""
    asked = _ASPECT.fullmatch(words)
    if not asked:
        return None
    side = f"{asked['what']}{asked['noun']}"
    told = re.search(rf"(?<=的)[\u3400-\u9fff]{{2,4}}{asked['noun']}", before.question)
    if told:
        return before.question.replace(told[0], side)
    return f"{subject_before(before)}的{side}是什么?"


def _fragment_thing(words: str, headless: bool, question: str) -> str:  # noqa: PLR0911 - one way out for each form of speech
    if moved := parallels.other_place(words, question):
        return moved
    topic = clause.topic(question)
    if not headless and topic and "的" in words and topic[-2:] == words[-2:]:
        return clause.with_topic(question, words)
    if changed := parallels.parallel(words, question):
        return changed
    if headless:
        return _headless(words, topic, question)
    if AMOUNT.search(words) or _MATTER.search(words):
        when = clause.front(question) or "".join(clause.TIME.findall(question)[:1])
        subject = subject_of(question)
        return f"{when if AMOUNT.search(words) else ''}{subject}{words}{ending(words)}?"
    if topic:
        return clause.with_topic(question, words)
    noun = clause.counted(question)
    return question.replace(noun, words) if noun else f"{words}{ending(words)}?"


def _headless(words: str, topic: str, question: str) -> str:
    """`在乡下教书的呢?`: the description put before what it describes, or in the place of another."""
    noun = clause.counted(question)
    if noun and RANK.fullmatch(words):  # 区级的呢, of 几所重庆市示范校
        return question.replace(noun, words + _RANKED.sub("", noun))
    described = re.match(r"(?:.*(?:的))(?=[^的]+$)", topic)
    if described and not re.search(r"的", words):
        return question.replace(described[0], f"{words}的", 1)
    wish = re.match(
        r"(?:想|要|喜欢|爱|搞|学|打算).+?(?=读|去|上|进|考|报|可以|有|该|选)|^.{1,8}的(?=读|去|上|进|考|报)",
        question,
    )
    if wish:
        return f"{words}的{question[wish.end() :]}"
    start = question.find(topic) if topic else len(clause.front(question))
    if topic.startswith("人均"):
        return f"{question[:start]}{words}平均{question[start + 2 :]}"
    people = parallels.people_noun(topic)
    rest = question.find(people, start) if people else start
    return f"{question[:start]}{words}的{question[rest:]}"
