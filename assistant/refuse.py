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

from assistant.clause import asking_part
from assistant.evidence import Evidence
from assistant.question import Question
from assistant.refusals import GREETING, NOT_FOUND, VAGUE, Ground, Rule
from corpus.fold import fold
from corpus.numerals import parse_numeral
from corpus.types import Document

DATA = Path(__file__).parent / "data"

_GREETING = re.compile(
    r"(?:你好|您好|哈喽|嗨|在吗|在不在|早上好|谢谢|多谢|再见|拜拜|辛苦了|hello|hi|thanks|thank you|bye|"
    r"[呀啊哦嘛吗,，。.!！?？~\s])+"
)
_OPINION = re.compile(
    r"你(?:觉得|认为|说|怎么看|看)|好还是|还是[^,。?]{1,10}(?:好|强|合适)|"
    r"哪个(?:更)?好|(?:该|应该|应当|最好)(?:报|选|读|上|去|填)(?:哪|什么)|(?:报|选|读)哪(?:个|所|家)(?:更|比较)?好|该不该|值不值|值得|换汤不换药|划算|靠谱|有前途|推荐"
)
_ACTUAL = re.compile(
    r"现在|目前|如今|眼下|今年|去年|前年|最新|实际(?!教室)|实有|真正|最后[^,。]{0,6}(?:了|成功|多少)|中期评估结果|没完成|"
    r"已经?(?:完成|达到|建成|实现|有|开展|评上|用)|已经?(?:到|来|招|引进|培训|拨付?|培养|配)[^,。?]{0,6}(?:人数|数量|多少|几)|"
    r"完成(?:了|得|情况|率|几|数)|截至202[1-9]|(?:进行|进展|推进|干|搞)到(?:哪|什么)"
)
_AIMED_TOO = re.compile(
    r"(?:以后|往后|将来|今后|目标)[^,。?]{0,6}(?:到|是|为)?(?:多少|几)|加上[^,。?]*(?:新增|新建|要建)"
)
_ACHIEVED = re.compile(
    r"(?:修|建|搬|迁|招生|招人|开课|开业|通车|到位|验收|投用|评|创建|申报|申请|改造|完成|开工|开学|成立|挂牌|启用|打造|落成|开园|改善|铺开|配齐|招满|实现)[^,。?]{0,6}"
    r"(?:没有|没得|了没|了吗|了不|没)[哦嘛啊呀喃?？!！。]*$|actually|opened yet|already|so far|到底开工"
)
_LISTED = re.compile(
    r"(?:分别|具体|都)(?:是|有|叫|在)?(?:哪|什么|谁)|(?:是|有)哪(?:\d|[二两三四五六七八九十])|"
    r"名单|please list|which \d+"
)
SHORT_SOUND = 5
# So many characters of what is asked for that the evidence says too are no chance.
SAID_BY_BOTH = 3
# The attribute that only an explanation answers.
REASON = "这样定的原因"
_COUNT = re.compile(r"(\d+|[一二两三四五六七八九十]+)(?:个|所|项|间|名|条|位|家|门|种|对|套|批)")
# What takes something for granted and asks for no more than a nod: a wrong place or year in it is put right.
_PRESUMES = re.compile(
    r"(?:[嘛吧][,，])|(?:吧|是吗|对吗|对吧|对不对?|没错(?:吧)?|是这(?:一)?[年样个项][^,。?]{0,3}吗|是(?:这样|真的)[^,。?]{0,4}吗?|correct|right)[?？。!！\s]*$"
)
# A town or street by its name, and no kind of them: 分水镇, not 各乡镇, 重点乡镇.
_TOWN = re.compile(
    r"(?<![\u3400-\u9fff])(?!(?:乡|城|集|村|小|重点|这个|那个|哪个|每个|各个|我们|你们|咱们|中心|所有|多少|几个)(?:镇|乡|街))"
    r"[\u3400-\u9fff]{2,3}(?<![乡城集村各每个的在到和及与们])(?:镇|街道)(?![街乡村级])|"
    r"(?<=[有得是像里在到住们])[\u3400-\u9fff]{2}(?<![乡城集村各每个的在到和及与])(?:镇|街道)(?![街乡村级])"
)
_TENTHS = re.compile(r"([一二三四五六七八九])成(?![为立果员绩功长本])")
_LEVELS = re.compile(r"([一二三四五六七八九])(级)")
# Words that say what kind of figure is wanted, not of what.
_GENERIC = frozenset(
    "目标 占比 比例 比率 人数 数量 规模 提高 增加 达到 新建 建设 培养 培育 在校 年限 要求 指标 百分 百分点 到底 "
    "学生 娃儿 提高到 百分之 人们 一共 总共 总数 多少 平均 完成 办 搞 弄 好 规划 万州 全区 区里 这个 那个 现在 以后 "
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


@cache
def _places() -> tuple[str, ...]:
    """The places that a question may name."""
    return tuple((DATA / "places.txt").read_text(encoding="utf-8").split())


@cache
def _by_sound() -> dict[str, str]:
    """The places by their pinyin, as English questions write it; a short one is an English word by chance."""
    from pypinyin import lazy_pinyin  # it takes longer to load than an answer

    sounds = {"".join(lazy_pinyin(name)): name for name in _places()}
    return {sound: name for sound, name in sounds.items() if len(sound) > SHORT_SOUND}


def _spelled_places(asked: str) -> frozenset[str]:
    """The places that an English question spells: Shizhu, Kai Zhou, Ji'nan."""
    words = re.findall(r"[a-z]+", asked)
    joined = ("".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words)))
    return frozenset(_by_sound()[word] for word in joined if word in _by_sound())


def _asked(question: Question) -> str:
    """What is asked, as it was understood, and as it was written, for what the glossary leaves out."""
    texts = (question.understood, fold(question.standalone))
    return "\n".join(asking_part(text, alone=False) for text in texts)


def _other_topic(question: Question, top: Sequence[Evidence]) -> Ground | None:
    asked = _asked(question)
    if _GREETING.fullmatch(fold(question.standalone)):
        return GREETING
    offered = "".join(fold(item.text) for item in top)
    for name, asks in _topics():
        match = asks.search(asked)
        if match and match[0] not in offered:
            message = f"这个问题问的是{name},与规划无关,我只回答规划里写了什么。"
            return Ground(reason="out_of_scope", message=message)
    return None


def _other_place(
    question: Question, top: Sequence[Evidence], documents: Sequence[Document]
) -> Ground | None:
    """A place that the question is about, that is not the documents' own and stands in no evidence."""
    asked = _asked(question)
    own = "".join(document.metadata.region + document.metadata.title for document in documents)
    offered = "".join(item.text for item in top)
    spelled = _spelled_places(asked) if question.query.english else frozenset()
    for name in _places():
        if (name not in asked and name not in spelled) or name in own or name in offered:
            continue
        if _PRESUMES.search(asked) and not re.match(rf"(?:那|请问|听说)?{name}", asked):
            continue
        if name in spelled or _is_about(name, asked, own):
            message = f"这份规划只管{documents[0].metadata.region},没有写{name}的情况。"
            return Ground(reason="out_of_scope", message=message)
    if (town := _TOWN.search(asked)) and town[0] not in offered:
        return Ground(reason="not_in_plan", message=f"规划里没有写{town[0]}的情况。")
    return _wider_place(asked, top, documents)


def _is_about(name: str, asked: str, own: str) -> bool:
    """Whether a place is what a question is about: not where someone works, nor one of several with ours."""
    aside = (
        rf"(?:设|建|放|搬|迁|落户|定)(?:在|到){name}|"
        rf"(?:家|住|老家|户口|户籍)(?:住|是|就)?(?:在)?{name}(?!的?,?(?:那|当地))|"
        rf"(?:到|去|往)(?:[^,。?]{{2,4}}(?:或者?|和|、))?{name}(?:[^,。?]{{0,6}}(?:去|来))?"
        r"(?:读|上学|念|跟岗|学习|培训|挂职|考察|交流)|"
        rf"(?:到|去|往){name}(?:或者?|和|、)|"
        rf"(?:跟|和|与|同)[^,。?]{{0,6}}{name}[^,。?]{{0,6}}(?:合作|交流|结对|搞)|"
        rf"{name}[^,。?]{{0,4}}(?:打工|务工|上班|那边有|转)|"
        rf"{name}(?:中学|小学|初中|幼儿园)"
    )
    for match in re.finditer(re.escape(name), asked):
        around = asked[max(0, match.start() - 8) : match.end() + 10]
        joined = asked[max(0, match.start() - 10) : match.end() + 10]
        ours = (
            any(part in joined for part in re.findall(r"[\u3400-\u9fff]{2}(?=区|县|市)", own))
            and "、" in joined
        )
        if not re.search(aside, around) and not ours:
            return True
    return False


def _wider_place(
    asked: str, top: Sequence[Evidence], documents: Sequence[Document]
) -> Ground | None:
    """The whole city or country, where the plan is a district's and the best evidence names neither."""
    match = re.search(r"全市|全国(?!性|重点|学前|义务|社区|统一)|全省", asked)
    if match and match[0] == "全国" and top and "国家级" in top[0].text:
        return None
    district = documents[0].metadata.region.endswith(("区", "县"))
    if match and district and top and match[0] not in top[0].text:
        message = f"这份规划只管{documents[0].metadata.region},没有写{match[0]}的情况。"
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
    asked, offered = _asked(question), fold(top[0].text)
    for attribute in _attributes():
        if attribute.name == REASON and _wrong_number(asked, top[0]):
            continue  # the sentence with the right number is the better answer
        match = attribute.asks.search(asked)
        if not match or (attribute.needs and attribute.needs.search(offered)):
            continue
        if len(match[0]) < SAID_BY_BOTH or match[0] not in offered:
            return Ground(reason="not_in_plan", message=f"规划里没有写{attribute.name}。")
    return None


def _other_time(question: Question, top: Sequence[Evidence]) -> Ground | None:
    """A year or a five-year period that neither the evidence nor its document's period holds."""
    offered = fold(top[0].text if question.kind == "figure" else "".join(t.text for t in top))
    if _PRESUMES.search(_asked(question)):
        return None
    metadata = top[0].document.metadata
    start, end, baseline = metadata.period_start, metadata.period_end, metadata.baseline_year
    if start is None or end is None:
        return None
    named = [
        year for year in question.years if not {start, end} <= set(question.years) or year != start
    ]
    for year in (*named, *question.query.period_ends):
        if year in {baseline, end} or str(year) in offered:
            continue
        if start <= year < end:
            if question.kind == "figure" or top[0].passage.kind == "row":
                message = f"规划只写了{baseline}年的情况和{end}年的目标,没有写{year}年实际是多少。"
                return Ground(reason="target_not_actual", message=message)
        else:
            message = f"规划写的是{start}—{end}年,没有{year}年的这项内容。"
            return Ground(reason="not_in_plan", message=message)
    return None


def _asks_achieved(question: Question, top: Sequence[Evidence]) -> Ground | None:
    """Whether what was achieved is asked for, and the evidence, of a plan, says what is to be."""
    if top[0].document.metadata.period_start is None:
        return None
    asked = _asked(question)
    counted = question.kind == "figure" and _ACTUAL.search(asked)
    before = question.query.period_ends or question.query.past or top[0].passage.reports
    baseline = top[0].document.metadata.baseline_year
    if before or (baseline in question.years) or not (counted or _ACHIEVED.search(asked)):
        return None
    if counted and _AIMED_TOO.search(asked):
        return None  # what is to be is asked for beside what is
    message = "规划写的是要做什么和制定规划时的情况,不写后来实际做到了没有。"
    return Ground(reason="target_not_actual", message=message)


def _unlisted(question: Question, top: Sequence[Evidence]) -> Ground | None:
    """Whether the members of a counted group are asked for, and no evidence lists so many."""
    asked = question.understood
    count = _COUNT.search(asked)
    if "指标" in asked or not count or not _LISTED.search(_asked(question)):
        return None
    number = int(count[1]) if count[1].isdigit() else parse_numeral(count[1])
    if number is None or any(_lists(item.text, number) for item in top):
        return None
    return Ground(reason="not_in_plan", message=f"规划只写了有{count[0]},没有列出具体是哪些。")


def _lists(text: str, number: int) -> bool:
    """Whether a stretch between commas names at least so many things, and not only says their number."""
    stretches = re.split(r"[,，;；。:：()（）“”]", text)
    return any(len(re.split(r"[、和及与]", stretch)) >= number for stretch in stretches)


def is_vague(question: Question, content: Sequence[str]) -> bool:
    """Whether a question says what kind of thing it wants, but not of what."""
    telling = [word for word in content if len(word) > 1 and word not in _GENERIC]
    telling = [word for word in telling if not word[0].isdigit()]
    return not telling and question.text == question.standalone


def _opinion(question: Question) -> Ground | None:
    if not _OPINION.search(question.understood):
        return None
    return Ground(reason="not_in_plan", message="规划里没有这样的评价或建议,只写了要做什么。")


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
        return ground if ground is GREETING else replace(ground, rule="topic")
    if not top:
        return NOT_FOUND
    if is_vague(question, content):
        return VAGUE
    checks: tuple[tuple[Rule, Callable[[], Ground | None]], ...] = (
        ("opinion", lambda: _opinion(question)),
        ("place", lambda: _other_place(question, top, documents)),
        ("attribute", lambda: _missing_attribute(question, top)),
        ("time", lambda: _other_time(question, top)),
        ("achieved", lambda: _asks_achieved(question, top)),
        ("unlisted", lambda: _unlisted(question, top)),
    )
    for rule, check in checks:
        if ground := check():
            return replace(ground, rule=rule)
    return None
