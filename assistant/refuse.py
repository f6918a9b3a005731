"""When the plan does not say: what a question asks for, held against what the evidence offers.

Every rule reads one thing: the topic, the place, the time, whether the achieved is asked for, the attribute,
a list of names. What no rule settles is left to the evidence's strength (`answerable`).
"""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from assistant.asking import SHOWS, read_asking
from assistant.evidence import Evidence
from assistant.question import Question
from assistant.refusals import GREETING, NOT_FOUND, VAGUE, Ground, Rule, asked_of
from assistant.refuse_place import other_place
from assistant.refuse_school import unnamed_school
from assistant.refuse_time import ACHIEVED, asks_achieved, other_time, sounds_achieved
from corpus.fold import fold
from corpus.numerals import parse_numeral
from corpus.quantities import find_quantities
from corpus.types import Document

DATA = Path(__file__).parent / "data"

_GREETING = re.compile(
    r"(?:你好|您好|哈喽|嗨|在吗|在不在|早上好|谢谢|多谢|再见|拜拜|辛苦了|hello|hi|thanks|thank you|bye|"
    r"[呀啊哦嘛吗,，。.!！?？~\s])+"
)
_OPINION = re.compile(
    r"你(?:个人)?(?:觉得|认为|说|怎么看|看)|还是[^,。?]{1,10}(?:好|强|合适)|"
    r"哪个(?:更)?好|(?:该|应该|应当|最好)(?:报|选|读|上|去|填)(?:哪|什么)|(?:报|选|读)哪(?:个|所|家)(?:更|比较)?好|好还是(?:读|上|选|去|报|念)|该不该(?:读|上|选|去|报|念|送|让)|值不值得?(?:去|读|报|上|买|学)|值得(?:去|读|报|上|买|学|念)?(?:吗|不|么)|"
    r"换汤不换药|(?:划算|靠谱)(?:吗|不|么)(?:[?。]*$|划算|靠谱)|有前途|推荐(?=一下|下|哪|几|个|[?。!]|$)|(?:有|求|给)[^,。?]{0,4}推荐"
)
_LISTED = re.compile(
    r"(?:分别|具体|都)(?:是|有|叫|在)?(?:哪|什么|谁)|(?:是|有)哪(?:\d|[二两三四五六七八九十])|"
    r"(?:名字|名称)?(?:是|有|在|叫|定)(?:下|的|了)?(?:是)?哪(?:些|几|[\d二两三四五六七八九十])(?!个?(?:方面|类|种|样|块|层|级))|"
    r"名单|please list|which \d+|(?:来自|出自|叫|组)(?:的|起来的?)?(?:是)?(?:哪|什么)|"
    r"(?:各|每)(?:个|所|项)?[^,。?]{0,4}(?:名称|名字|叫什么)|"
    r"(?:学校|项目|专业|学科|校名|园名|名师|赛事|奖项)的?(?:名称|名字|全称)|"
    r"哪[些几](?:所|个|家|门|项)?(?:学校|单位|学科|专业|项目|乡镇|街道|赛事|企业|幼儿园|中学|小学|高中)|"
    r"\bwhich (?:schools|districts|subjects|projects|kindergartens)\b|\blist (?:them|the)\b"
)
# Which they are: 是哪几个乡镇, 乡镇是哪些.
_WHICH = re.compile(
    r"(?:是|有|在|放在|设在)哪(?:些|几)(?:个|所|家|项|名|对|间|条)?(?P<behind>[\u3400-\u9fff]{2,4})(?=[哦呢嘛啊呀的]*[?。]|$)|"
    r"(?P<before>[\u3400-\u9fff]{2,4})[)]?[,]?(?:都|到底|具体|分别)?(?:是|有)(?:哪(?:些|几)(?:个|所|家|项|名|对|间|条)?|谁)(?=[哦呢嘛啊呀的]*[?。]|$)"
)
# So many a sentence may list in passing.
FEW = 3
# What a number counts stands so near behind it.
NEAR = 8
# So many characters of what is asked for that the evidence says too are no chance.
SAID_BY_BOTH = 3
# An English question of so many words says what it is about, whether or not the words are known.
TOLD_IN_ENGLISH = 6
# A long one in Chinese tells of something in words of one character: 天天喊我们填这样表那样表.
TOLD_IN_CHINESE = 20
# The attribute that only an explanation answers.
REASON = "这样定的原因"
_COUNT = re.compile(
    r"(?:\d+[-—~至到])?(\d+|[一二两三四五六七八九十]+)(?:个|所|项|间|名|条|位|家|门|种|对|套|批)"
)
_ENGLISH_COUNT = re.compile(r"\b(?!(?:19|20)\d\d\b)(\d{1,4})\b")
_TENTHS = re.compile(r"([一二三四五六七八九])成(?![为立果员绩功长本])")
_NUMERAL_OF_THINGS = re.compile(r"([一二两三四五六七八九十]+)(?:个|项|条|大|种|类|维|门|所|名|点)")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LEVELS = re.compile(r"([一二三四五六七八九])(级)")
# Words that say what kind of figure is wanted, not of what.
_GENERIC = frozenset(
    "目标 占比 比例 比率 人数 数量 规模 提高 增加 达到 新建 建设 培养 培育 在校 年限 要求 指标 百分 百分点 到底 "
    "学生 娃儿 提高到 百分之 人们 一共 总共 总数 多少 平均 完成 办 搞 弄 好 规划 全区 区里 这个 那个 现在 以后 "
    "计划 打算".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attribute:
    name: str
    asks: re.Pattern[str]
    needs: re.Pattern[str] | None


@cache
def _attributes() -> tuple[_Attribute, ...]:
    entries = tomllib.loads((DATA / "attributes.toml").read_text(encoding="utf-8"))["attribute"]
    return tuple(
        _Attribute(
            name=entry["name"],
            asks=re.compile(entry["asks"]),
            needs=re.compile(entry["needs"]) if entry["needs"] else None,
        )
        for entry in entries
    )


@cache
def _topics() -> tuple[tuple[str, re.Pattern[str]], ...]:
    entries = tomllib.loads((DATA / "topics.toml").read_text(encoding="utf-8"))["topic"]
    return tuple((entry["name"], re.compile(entry["asks"])) for entry in entries)


def _other_topic(question: Question, top: Sequence[Evidence]) -> Ground | None:
    asked = asked_of(question)
    if _GREETING.fullmatch(fold(question.standalone)):
        return GREETING
    offered = "".join(fold(item.text) for item in top)
    for name, asks in _topics():
        match = asks.search(asked)
        if match and match[0] not in offered:
            message = f"这个问题问的是{name},与规划无关,我只回答规划里写了什么。"
            return Ground(reason="out_of_scope", message=message)
    return None


def _wrong_number(asked: str, evidence: Evidence) -> bool:
    """Whether a question takes for granted a number that its best evidence, which has others, does not have."""
    said = [n for n in re.findall(r"\d+(?:\.\d+)?", asked) if not re.fullmatch(r"(?:19|20)\d\d", n)]
    said += [f"{parse_numeral(tenths)}0" for tenths in _TENTHS.findall(asked)]
    text = fold(evidence.text)
    figures = evidence.quantities or evidence.passage.kind == "row"
    if said and figures:
        return not any(number in text for number in said)
    counted = {counter: number for number, counter in _LEVELS.findall(asked)}
    held = [(number, counter) for number, counter in _LEVELS.findall(text) if counter in counted]
    return bool(held) and all(number != counted[counter] for number, counter in held)


def _missing_attribute(question: Question, top: Sequence[Evidence]) -> Ground | None:
    """The attribute that the question asks for and the best evidence does not offer.

    Only of what calls itself an official document: these leave such things out, other texts may not.
    """
    if not top[0].document.metadata.kind:
        return None
    asked, offered = asked_of(question), fold(top[0].text)
    for attribute in _attributes():
        if attribute.name == REASON and _wrong_number(asked, top[0]):
            continue  # the sentence with the right number is the better answer
        match = attribute.asks.search(asked)
        if not match or (attribute.needs and attribute.needs.search(offered)):
            continue
        if len(match[0]) < SAID_BY_BOTH or match[0] not in offered:
            return Ground(reason="not_in_plan", message=f"规划里没有写{attribute.name}。")
    return None


@dataclass(frozen=True, slots=True)
class _Group:
    """A number of things whose names are asked for: as said, and its value."""

    said: str
    number: int


def _asked_group(question: Question) -> _Group | None:
    """The counted group whose members are asked for, the last one said; None where no members are."""
    asked = question.understood
    if "指标" in asked or not _LISTED.search(asked_of(question)):
        return None
    if question.query.english and (numbers := _ENGLISH_COUNT.findall(question.standalone)):
        return _Group(f"{numbers[-1]}个", int(numbers[-1]))
    counts = list(_COUNT.finditer(asked))
    if not counts:
        return None
    said = counts[-1][1]
    number = int(said) if said.isdigit() else parse_numeral(said)
    return _Group(counts[-1][0], number) if number else None


def _unlisted(question: Question, top: Sequence[Evidence]) -> Ground | None:
    """Whether the members of a counted group are asked for, and no evidence lists so many.

    Where the best evidence says the number itself, reading it again tells nothing more: of 38 such questions
    of dev and fit none is answered by the plan.
    """
    group = _asked_group(question)
    if group is None:
        return None
    stated = _states(fold(top[0].text), group.number)
    # Beside a sentence that says the number, one that does not lists something else.
    beside = [item for item in top[1:] if not stated or _states(fold(item.text), group.number)]
    if any(_lists(item.text, group.number) for item in (top[0], *beside)):
        return None
    told = f"规划只写了有{group.said},没有" if stated else "规划里没有"
    message = f"{told}列出具体是哪些。"
    return Ground(reason="not_in_plan", message=message, rule=None if stated else "unlisted")


def _states(text: str, number: int) -> bool:
    """Whether a text says a number of things, in a name too: “四个意识”, 十项准则."""
    if any(number in {quantity.value, quantity.high} for quantity in find_quantities(text)):
        return True
    said = (parse_numeral(each[1]) for each in _NUMERAL_OF_THINGS.finditer(text))
    return number in said


def _uncounted(question: Question, best: Evidence) -> Ground | None:
    """Whether things are asked for by name that the best evidence only counts: 试点乡镇是哪几个, of 5-10个乡镇."""
    which = _WHICH.search(question.understood)
    noun = which and (which["before"] or which["behind"])
    if not noun:
        return None
    text = fold(best.text)
    for quantity in find_quantities(text):
        number = int(quantity.high or quantity.value)
        behind = re.split(r"[,，、;；。:：]", text[quantity.span.end :])[0]
        near = 0 <= behind.find(noun[-2:]) <= NEAR
        if number > FEW and near and not _lists(text, number):
            said = text[quantity.span.start : quantity.span.end]
            message = f"规划只写了{said}{noun},没有列出具体是哪些。"
            return Ground(reason="not_in_plan", message=message)
    return None


def _lists(text: str, number: int) -> bool:
    """Whether a stretch between commas names at least so many things, and not only says their number."""
    unquoted = re.sub(r"[“”]", "", text.replace("”“", "、"))
    stretches = re.split(r"[,，;；。:：()（）]", unquoted)
    return any(len(re.split(r"[、和及与]", stretch)) >= number for stretch in stretches)


def is_vague(question: Question, content: Sequence[str]) -> bool:
    """Whether a question says what kind of thing it wants, but not of what."""
    telling = [word for word in content if len(word) > 1 and word not in _GENERIC]
    telling = [word for word in telling if not word[0].isdigit()]
    told = question.query.english and len(question.text.split()) >= TOLD_IN_ENGLISH
    told = told or len(_CHINESE.findall(question.understood)) >= TOLD_IN_CHINESE
    return not telling and not told and question.text == question.standalone


def _opinion(question: Question) -> Ground | None:
    if not _OPINION.search(question.understood):
        return None
    return Ground(reason="not_in_plan", message="规划里没有这样的评价或建议,只写了要做什么。")


def weak_ground(question: Question, evidence: Sequence[Evidence]) -> Ground:
    """What to say where the evidence is too weak: what the question's wording shows, else that nothing was found."""
    asking = read_asking(question.understood)
    english = question.query.english  # whose words this does not know
    is_plan = bool(evidence) and evidence[0].document.metadata.period_start is not None
    vague = asking.vague > SHOWS and question.text == question.standalone
    if (is_plan or not evidence) and vague and not english:
        return VAGUE
    achieved = is_plan and asking.actual > SHOWS and not english
    return ACHIEVED if achieved else NOT_FOUND


def find_refusal(
    question: Question,
    evidence: Sequence[Evidence],
    documents: Sequence[Document],
    content: Sequence[str] = (),
) -> Ground | None:
    """Why the evidence (best first) does not answer the question, or None where it may.

    `content` are the words of the question that carry its subject.
    """
    top = evidence[:3]
    if ground := _other_topic(question, top):
        return ground
    if not top:
        return NOT_FOUND
    if is_vague(question, content):
        return VAGUE
    checks: tuple[tuple[Rule | None, Callable[[], Ground | None]], ...] = (
        ("opinion", lambda: _opinion(question)),
        (None, lambda: other_place(question, top, documents)),
        (None, lambda: unnamed_school(question, documents)),
        ("attribute", lambda: _missing_attribute(question, top)),
        (None, lambda: other_time(question, top)),
        # Read again, an English question says little of what has been achieved.
        (None if question.query.english else "achieved", lambda: asks_achieved(question, top)),
        ("worded", lambda: sounds_achieved(question, top)),
        (None, lambda: _unlisted(question, top)),
        ("uncounted", lambda: _uncounted(question, top[0])),
    )
    for rule, check in checks:
        if ground := check():
            return replace(ground, rule=rule or ground.rule)
    return None
