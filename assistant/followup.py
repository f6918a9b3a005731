"""A question that leans on the talk before it becomes one that stands alone, by rule.

The turns are resolved one after the other, so that a chain (`初中呢?`, `那2020年的呢?`) goes on from
what each of them came to mean. A question that is whole in itself is left as it is.
"""

import re
from collections.abc import Sequence

from assistant import clause, parallels
from assistant.followup_compared import compared
from assistant.followup_english import resolve_english
from assistant.followup_fragment import CONDITION, aspect_question, fragment_question
from assistant.naming import RANK
from assistant.phrases import counts_persons
from assistant.talk import Before, ending, noun_phrase, said, subject_before, subject_of
from assistant.types import Turn
from corpus.fold import fold
from index.document_fields import asked_fields
from index.lexicon import is_english, standard_form

_SWITCH = re.compile(
    r"^(?:(?:好的?|嗯|谢谢[了你您]?|明白了|知道了)[,，。!！\s]*)?"
    r"(?:(?:我)?(?:换个|换一个|另外问个|再问个|另一个|还有(?:一)?个|问个别的)(?:问题|话题)?|对了|顺便(?:再)?问(?:一下|一句)?|不说这个了?)"
    r"(?:哈|吧|呢|啊|嘛|哦|了)?[,，。:：!！\s]+"
)
_COURTESY = re.compile(
    r"^(?:(?:好的?|嗯+|哦+|谢谢[了你您]?|明白了?|知道了|行|再?(?:麻烦|请)?(?:再)?(?:问|请教)(?:一下|一句|下)?|请问(?:一下)?|您好|你好|麻烦(?:您|你)?)[,,。!\s]*)+(?=.{2})"
)
_CHAT = re.compile(
    r"(?:(?:谢谢|多谢|感谢|好的?|你好|您好|再见|拜拜|在吗|嗯+|哦+|行|知道|明白|真的吗?|继续|不客气|ok)"
    r"[,。!?~\s了啦呀啊哈吗您你]*)+"
)
_LINK = re.compile(
    r"^(?:那么?(?![里边儿个些种几所名])|还有(?![哪什谁没吗呢别])|另外(?!呢)|然后|再|以及|至于)[,\s]*"
)
_PARTICLE = re.compile(r"(?:呢|哩|嘞|嘛|喃|哈|啊|吧|呀|咧|噻|\s)*[?。!]*$")
_MORE = re.compile(
    r"(?:那)?(?:还有(?:哪些?|什么|谁|哪个|哪几个?|别的|其他|没有|吗|呢)(?:的)?(?:吗|呢|个)?|还有(?:别的|其他)(?:学校|单位|地方|项目|部门|几个|的)?(?:一起|也)?(?:要)?(?:搞|做|参加|参与|建|有)?(?:吗|没有|没)|(?:其他|其余|其它|剩下|别|另外|另)(?:的|几个|一个|外的)?(?:呢|有哪些|是哪些|是什么|是哪个))[?。!]*"
)
_PRONOUN = re.compile(
    r"^(?:他们|她们|它们|他|她|它|这些|那些|这个|那个)(?!规划|文件|问题|方案|政策|是[^,]{0,5}(?:规划|文件))"
    r"(?P<of>的)?"
)
_POINTING = re.compile(
    r"^(?:这些|那些|这个|那个|该)(?P<noun>(?![要会能是有的])[\u4e00-\u9fff]{2,4}?)(?=的|是|有|要|会|能|怎|在|到底|每|多|几|什|,|$)"
)
_THERE = re.compile(r"^(?:那里|那边|那儿|这里|这边)(?:的)?")
_PART = re.compile(r"^(?:这|那)?其中[,的]?(?:有)?")
_AFTERWARDS = re.compile(
    r"^[^,什怎哪多几年双疫我想]{2,3}(?:了(?=怎么|会|可以|能)|(?:以后|之后|的时候)(?!,))"
)
# 中职那边呢,是涨还是跌: another thing, and what is asked of it.
_TURNED = re.compile(
    r"^(?!原来|这样|那样|这么|那么|好的?|是的?|对的?|行|晓得|明白|谢谢|可以|知道|懂)(?P<what>[\u3400-\u9fff]{2,8}?)(?:那边|这边|那头|那块)?的?(?:呢|喃|嘛|哈)[,，?？](?P<asked>(?!那)[^?？]{3,}[?？]?)$"
)
# 二中的又是哪一样: the same of another thing.
_OTHER_ASKED = re.compile(
    r"(?P<what>[\u3400-\u9fff]{2,10}?)的?又(?:是|有|要)?(?:哪一?[样个种些]|什么|多少)[^,。?]{0,2}"
)
_NUMBER_ASKED = re.compile(r"多少|几")
# 同一年的普高有多少人: the number before of another thing.
_NUMBER_OF = re.compile(
    r"(?P<what>[^,。?占到达]{2,12}?)(?:一共|总共)?(?:有|是|要|会)?(?:多少|几)[个名万]*(?:人|学生|孩子)"
)
_SO_MUCH_TOO = re.compile(
    r"(?:人数|数量|标准)?(?:也|是不是也)(?:是|有)?(?:这么多|那么多|一样多|一样|这样)(?:的)?吗?"
)
_LIKEWISE = re.compile(r"(?:也|是不是也|是否也)(?:是)?(?:一样|这样|如此|同样)(?:的)?吗?$")
_HOLLOW = re.compile(
    clause.TIME.pattern
    + r"|什么|怎么样?|怎样|如何|多少|多久|多大|多长时间|哪里|哪儿|哪些?|几|谁|为何|吗|呢|嘛|喃|吧|啊|为|是|不|的|了|"
    r"一共|总共|一次|一个|每次|又|都|还|要|会|能|可以|有|没|在|从|到|由|来|去|比|个|时候|具体|大概|需要|应该|百分点|[^\u4e00-\u9fffa-z]"
)
_SAME_YEAR = re.compile(r"(?:同一?|那一?)年|同期")
# 区里自己评的那种呢.
_JUDGED = re.compile(r"(国家|省|市|区|县|校)里?(?:面|头)?自己?(?:评|定|办|建)的那?[种些个]?")
# 区里的呢, after a question of a rank.
_OF_RANK = re.compile(r"^(国家|省|市|区|县)里[面头]?的(?=[呢喃哩嘞嘛]|要|打算|$)")
_FIVE_YEARS_ON = re.compile(r"(?:五|5)年(?:以后|之后|后)")
# So few characters that carry meaning do not make a subject with a predicate.
_FEW, _FEW_LINKED, _FEW_POINTED, _FEW_OWNED = 3, 4, 10, 16
# A subject so long, or with a verb in it, is set off by a comma.
_LONG_SUBJECT = 8


def resolve(text: str, history: Sequence[Turn]) -> str:
    """The question as it stands alone after this talk; a whole question comes back as it was.

    >>> resolve("那区级的呢?", [Turn("user", "市级骨干教师里党员占多少?")])
    '区级骨干教师里党员占多少?'
    """
    questions: list[str] = []
    answer = ""
    for turn in history:
        if turn.role == "assistant":
            answer = turn.content
        elif turn.content.strip() and not _is_chat(turn.content):
            questions.append(_next(turn.content.strip(), questions, answer))
            answer = ""
    return _next(text, questions, answer)


def _is_chat(text: str) -> bool:
    return _CHAT.fullmatch(standard_form(text.strip())) is not None


def _next(text: str, questions: Sequence[str], answer: str) -> str:
    """The question after those that were resolved already."""
    if not questions or _is_chat(text) or asked_fields(standard_form(text)):
        return text
    if (switched := _SWITCH.sub("", text)) != text:
        return switched if len(switched) > 1 else text
    base = clause.own_sentence(questions[-1])
    if is_english(text) or is_english(base):
        return resolve_english(text, base)
    before = Before(
        question=_ranked(_COURTESY.sub("", standard_form(base))),
        earlier=standard_form(clause.own_sentence(questions[-2])) if len(questions) > 1 else "",
        answer=standard_form(answer),
    )
    found = _resolved(_later(_COURTESY.sub("", standard_form(text)), before), before)
    return found if found is not None else _unlinked(text)


def _ranked(text: str) -> str:
    """区里自己评的那种 as plans say it: 区级."""
    return _JUDGED.sub(r"\1级", text)


def _later(text: str, before: Before) -> str:
    """五年后 and 同一年 as the year that it is, by the one talked about; ranks as plans say them."""
    text = _ranked(text)
    if _OF_RANK.match(text) and RANK.search(_ranked(before.question)):
        text = _OF_RANK.sub(r"\1级的", text)
    years = clause.YEAR.findall(before.question)
    if not years:
        return text
    return _SAME_YEAR.sub(f"{years[-1]}年", _FIVE_YEARS_ON.sub(f"{int(years[-1]) + 5}年", text))


def _unlinked(text: str) -> str:
    """A whole question without the word that ties it to the talk."""
    bare = _COURTESY.sub("", text)
    link = re.match(r"^那么?(?![里边儿个些种几所名样一二三四五六七八九十两\d])[,，\s]*", fold(bare))
    return bare[link.end() :] if link and len(bare) > link.end() + 1 else text


def _resolved(text: str, before: Before) -> str | None:  # noqa: PLR0911 - one way out for each form of speech
    """What an elliptic question in standard form says, or None where it is whole."""
    if _MORE.fullmatch(text):
        return _more(before)
    linked = _LINK.match(text)
    core = _LINK.sub("", text)
    words = _PARTICLE.sub("", core)
    if not words:
        return None
    if (asked := compared(words, before)) is not None:
        return asked
    if turned := _TURNED.match(core):
        return _turned(turned, before)
    if other := _OTHER_ASKED.fullmatch(words):
        return fragment_question(other["what"], before)
    if others := _counted_alike(words, before.question):
        return fragment_question(others, before)
    if match := _LIKEWISE.search(words):
        return fragment_question(words[: match.start()], before)
    if re.fullmatch(r"为什么|为何|原因是什么", words):
        return f"为什么{clause.statement(before.question)}?"
    if (side := aspect_question(words, before)) is not None:
        return side
    leaning = _leaning(words, before)
    if leaning is not None:
        return leaning
    asks = clause.ASKS.search(re.sub(r"是?多少$|怎么样$", "", words))
    fragment = text.rstrip("?。! ").endswith(("呢", "喃", "哩", "嘞")) or (
        linked and len(words) <= 8
    )
    time = clause.TIME.fullmatch(re.sub(r"的?(?:是?多少)?$", "", words))
    if (fragment or time) and not asks:
        return fragment_question(re.sub(r"(?:的?是?多少|怎么样)$", "", words), before)
    return _predicate(words, bool(linked), before)


def _counted_alike(words: str, question: str) -> str:
    """Whose number is asked for where persons of their kind were counted before: 同一年的普高; or ''."""
    number = _NUMBER_OF.fullmatch(words) if counts_persons(question) else None
    if number is None or _meaning(number["what"]) > _FEW_LINKED:
        return ""
    named = clause.TIME.sub("", number["what"]).lstrip("的")
    return number["what"] if parallels.parallel(named, question) else ""


def _turned(turned: re.Match[str], before: Before) -> str:
    """What is asked of another thing than before, or the question before about it: 校长的呢,也一样吗."""
    moved = fragment_question(turned["what"], before)
    asked = turned["asked"].rstrip("?？")
    same = _NUMBER_ASKED.search(asked) and _NUMBER_ASKED.search(before.question)
    return moved if same or _SO_MUCH_TOO.fullmatch(asked) else f"{subject_of(moved)}{asked}?"


def _leaning(words: str, before: Before) -> str | None:  # noqa: PLR0911 - one way out for each form of speech
    """The question with what its first word points to; None where that is no pronoun."""
    owner = _PRONOUN.match(words)
    if _meaning(words) > (_FEW_OWNED if owner and owner["of"] else _FEW_POINTED):
        return None
    subject = subject_before(before, people=words.startswith(("他", "她")))
    if match := _PART.match(words):
        return f"{subject}中,{words[match.end() :]}?"
    if match := _THERE.match(words):
        place = parallels.institution_phrase(before.question) or subject
        return _asked(place + words[match.end() :], before)
    if match := _POINTING.match(words):
        if re.fullmatch(r"规划|文件|问题|方案|政策|五年", match["noun"]):
            return None
        whole = subject if match["noun"] in subject else f"{subject}的{match['noun']}"
        return _asked(whole + words[match.end() :], before)
    if match := _PRONOUN.match(words):
        return _asked(subject + (match["of"] or "") + words[match.end() :], before)
    return None


def _asked(words: str, before: Before) -> str:
    """The words as a question: theirs, or the one before about them."""
    if CONDITION.search(words):
        return f"{words}怎么办?"
    if clause.ASKS.search(words) or "还是" in words:
        return f"{words}?"
    head, _, attribute = words.rpartition("的")
    if head and head in before.question and not attribute.endswith("题"):
        end = before.question.rindex(head) + len(head)
        rest = before.question[end:]
        if not rest.startswith("的") and not parallels.has_like(rest[:2]) and "有" in rest[:1]:
            return before.question[:end] + f"的{attribute}" + rest
    return f"{words}{ending(words)}?"


def _more(before: Before) -> str:
    """The question before about what was not said yet."""
    question = before.question.rstrip("?。!")
    named = said(before)
    front = f"除了{'、'.join(named)}," if named else ""
    if re.search(r"还(?:有|要|会|可以)", question):
        return f"{front}{re.sub(r'^除了[^,]*,', '', question)}?"
    if match := re.search(r"是(?=哪|什么)", question):
        return f"{front}{question[: match.start()]}还有哪些?"
    if match := re.search(
        r"(?<![主重需])要(?![求素点])|将|拟|(?<![社员])会(?![议计员])|可以|应该|提出|(?<![国没所拥具])有(?![关效序机])",
        question,
    ):
        return f"{front}{question[: match.start()]}还{question[match.start() :]}?"
    return f"{front}{question},还有哪些?" if front else f"{question}?还有哪些?"


def _predicate(words: str, linked: bool, before: Before) -> str | None:
    """A question without a subject gets the one before; None where it has its own."""
    question = before.question
    if match := re.match(r"([\u4e00-\u9fff]{2,4})的(?=有|是|要|能|会|怎|多少|几)", words):  # noqa: SIM102 - two names, one after the other
        if noun := parallels.described(match[1], question):
            return f"{match[1]}{noun}{words[match.end() :]}?"
    noun = clause.counted(question)
    few = _FEW_LINKED if RANK.match(words) else _FEW
    if clause.counts_bare(words) and _meaning(words) <= few and noun and not noun.endswith("的"):
        return f"{words}{noun}?"
    if re.fullmatch(r"(?:是)?(?:哪些?|哪个|哪几个|什么)[^,]{1,6}的", words):
        return f"{noun_phrase(before)}是{words.removeprefix('是')}?"
    if re.match(r"是(?!不是|否|指)", words) and _meaning(words) <= 10:
        return f"{subject_before(before)}{words}?"
    after = _AFTERWARDS.match(words) and _meaning(words) <= _FEW_POINTED
    if after or _meaning(words) <= (_FEW_LINKED if linked else _FEW):
        return _joined(words, before)
    return None


def _meaning(words: str) -> int:
    """How many characters carry meaning."""
    return len(_HOLLOW.sub("", words))


def _joined(words: str, before: Before) -> str:
    """Subject and predicate; the year before too where the words tell of a change since then."""
    subject = subject_before(before)
    old, new = clause.YEAR.search(before.question), clause.YEAR.search(words)
    since = f"从{old[0]}年" if old and new and new[0] > old[0] and "百分点" in words else ""
    topic = clause.topic(before.question)
    long = len(subject) > _LONG_SUBJECT or (
        len(topic) < 2 and subject != clause.counted(before.question)
    )
    return f"{subject}{',' if long and not since else ''}{since}{words}?"
