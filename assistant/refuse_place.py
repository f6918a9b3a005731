"""A question about another place than the documents' own, which they do not say anything about."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from assistant.evidence import Evidence
from assistant.question import Question
from assistant.refusals import PRESUMES, Ground, asked_of
from corpus.types import Document

DATA = Path(__file__).parent / "data"

SHORT_SOUND = 5
# Ours is one of the places named: 达州、万州, 在达州和万州之间.
_BOTH = re.compile(
    r"、|之间|来回|往返|两头跑|转来转去|(?:与|和|跟|同).*(?:协同|合作|共建|交流|往来|结对|对口)"
)
# A town or street by its name, and no kind of them: 分水镇, not 各乡镇, 重点乡镇.
_TOWN = re.compile(
    r"(?<![\u3400-\u9fff])(?!(?:乡|城|集|村|小|我们场|你们场|场|重点|这个|那个|哪个|每个|各个|我们|你们|咱们|中心|所有|多少|几个)(?:镇|乡|街))"
    r"(?![\u3400-\u9fff]?[\u3400-\u9fff]?[是我你他个乡的了哪些几偏远边某])[\u3400-\u9fff]{2,3}(?<![乡城集村各每个的在到和及与们])(?:镇|街道)(?![街乡村级])|"
    r"(?<=[有得是像里在到住们])(?![偏边周附]|哪|什么|一个|各个)[\u3400-\u9fff]{2}(?<![乡城集村各每个的在到和及与])(?:镇|街道)(?![街乡村级])"
)


# A district or county that no list knows, where a question names it first or as a neighbour: 隔壁白桦区2020年.
_DISTRICT = re.compile(
    r"(?:^|[,，。?？\s]|隔壁的?|旁边的?|邻近的?|相邻的?|[那像跟和])(?P<name>(?![我你他它咱本全各每这那该哪邻整])[\u3400-\u9fff]{2,3}"
    r"(?<![新老旧城山学校园辖市郊片小社地库景林牧灾开发我你咱各全本这那哪个])[区县])"
    r"(?=(?:19|20)\d\d|的|那边|那里|“?十.五|要|打算|计划|有(?!关)|教育)"
)


@cache
def known_places() -> tuple[str, ...]:
    """The places that a question may name."""
    return tuple((DATA / "places.txt").read_text(encoding="utf-8").split())


@cache
def _by_sound() -> dict[str, str]:
    """The places by their pinyin, as English questions write it; a short one is an English word by chance."""
    from pypinyin import lazy_pinyin  # it takes longer to load than an answer

    sounds = {"".join(lazy_pinyin(name)): name for name in known_places()}
    return {sound: name for sound, name in sounds.items() if len(sound) > SHORT_SOUND}


def _spelled_places(asked: str) -> frozenset[str]:
    """The places that an English question spells: Shizhu, Kai Zhou, Ji'nan."""
    words = re.findall(r"[a-z]+", asked)
    joined = ("".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words)))
    return frozenset(_by_sound()[word] for word in joined if word in _by_sound())


def other_place(
    question: Question, top: Sequence[Evidence], documents: Sequence[Document]
) -> Ground | None:
    """A place that the question is about, that is not the documents' own and stands in no evidence."""
    asked = asked_of(question)
    own = "".join(document.metadata.region + document.metadata.title for document in documents)
    offered = "".join(item.text for item in top)
    spelled = _spelled_places(asked) if question.query.english else frozenset()
    for name in known_places():
        if (name not in asked and name not in spelled) or name in own or _names(offered, name):
            continue
        if PRESUMES.search(asked) and not re.match(rf"(?:那|请问|听说)?{name}", asked):
            continue
        if name in spelled or _is_about(name, asked, own):
            message = f"这份规划只管{documents[0].metadata.region},没有写{name}的情况。"
            return Ground(reason="out_of_scope", message=message)
    district = _DISTRICT.search(asked)
    known = "".join(document.text for document in documents) if district else ""
    if district and district["name"] not in known and district["name"] not in own:
        message = f"这份规划只管{documents[0].metadata.region},没有写{district['name']}的情况。"
        return Ground(reason="out_of_scope", message=message)
    if (town := _TOWN.search(asked)) and town[0] not in offered:
        return Ground(reason="not_in_plan", message=f"规划里没有写{town[0]}的情况。")
    return _wider_place(asked, top, documents)


def _names(text: str, name: str) -> bool:
    """Whether a text names a place, a country in a row of them by its first character too: 泰、德、俄、法."""
    in_row = name.endswith("国") and re.search(rf"(?<=[、与和]){name[0]}(?=[、与和等])", text)
    return name in text or bool(in_row)


def _is_about(name: str, asked: str, own: str) -> bool:
    """Whether a place is what a question is about: not where someone works, nor one of several with ours."""
    aside = (
        rf"(?:设|建|放|搬|迁|落户|定)(?:在|到){name}|"
        rf"(?:家里?|住|老家|屋头|屋里|户口|户籍)(?:还|仍|都)?(?:住|是|就)?(?:在)?{name}(?!的?,?(?:那|当地))|"
        rf"从{name}[^,。?]{{0,2}}(?:搬|转|回|来|到|过)|{name}(?:来的|人|籍)|"
        rf"(?:到|去|往)(?:[^,。?]{{2,4}}(?:或者?|和|、))?{name}(?:[^,。?]{{0,6}}(?:去|来))?"
        r"(?:读|上学|念|跟岗|学习|培训|挂职|考察|交流)|"
        rf"(?:到|去|往){name}(?:或者?|和|、)|"
        rf"(?:跟|和|与|同)[^,。?]{{0,6}}{name}[^,。?]{{0,6}}(?:合作|交流|结对|搞)|"
        rf"{name}[^,。?]{{0,4}}(?:打工|务工|上班|那边有|转|做(?:点|个|些)?(?:小)?(?:生意|买卖|工)|经商|开店|干活|跑车|出差|当兵)|"
        rf"(?:跑|涌|流失?|溜|走)(?:到|去|往|向)?(?:[\u3400-\u9fff]{{2,3}}[和、]?)?{name}(?:[和、]?[\u3400-\u9fff]{{2,3}})?去?了|"
        rf"{name}(?:中学|小学|初中|幼儿园)"
    )
    short = "|".join(re.findall(r"[\u3400-\u9fff]{2}(?=区|县|市)", own))
    # 户口在甲那边,想来乙读书: whoever comes from there asks about here.
    if short and re.search(
        rf"(?:户口|户籍|老家|家|住)[^,。?]{{0,3}}{name}.*?(?:来|到|回)(?:{short})", asked
    ):
        return False
    for match in re.finditer(re.escape(name), asked):
        around = asked[max(0, match.start() - 8) : match.end() + 10]
        joined = asked[max(0, match.start() - 10) : match.end() + 10]
        ours = (
            any(part in joined for part in re.findall(r"[\u3400-\u9fff]{2}(?=区|县|市)", own))
            and _BOTH.search(joined) is not None
        )
        if not re.search(aside, around) and not ours:
            return True
    return False


def _wider_place(
    asked: str, top: Sequence[Evidence], documents: Sequence[Document]
) -> Ground | None:
    """The whole city or country, where the plan is a district's and the best evidence names neither."""
    match = re.search(
        r"全市|全国(?!性|重点|学前|义务|社区|统一|比赛|赛|竞赛|大赛|锦标|知名|各|最)|全省", asked
    )
    if match and match[0] == "全国" and top and "国家级" in top[0].text:
        return None
    district = documents[0].metadata.region.endswith(("区", "县"))
    if match and district and top and match[0] not in top[0].text:
        message = f"这份规划只管{documents[0].metadata.region},没有写{match[0]}的情况。"
        return Ground(reason="out_of_scope", message=message)
    return None
