"""Reads a query: what is searched, what kind of thing it asks for, and how much each word weighs."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.fold import fold
from corpus.quantities import UNITS
from index.document_fields import Field, asked_fields
from index.lexicon import Terms, is_english, official_terms, standardised
from index.spelling import Speller

DATA = Path(__file__).parent / "data"

Asks = Literal["figure", "list", "document", "policy"]

_POLITE = re.compile(
    r"^(?:(?:老师|领导|同志)?[你您]好|(?:能|可)?不?能?请?帮我?(?:查|看|问)(?:一下|下)?|请[问教](?:一下|下)?|麻烦(?:问一下|您|你)?(?:查一下|确认一下)?|"
    r"想(?:要|请)?(?:问|了解|知道|咨询|确认|麻烦您确认)(?:一下|下)?|我(?!们)|劳驾|打扰(?:一下|了)?|不好意思|老师好|[,，。!！\s])+"
    r"|(?:[,，。!！?？\s]*(?:(?:非常)?感谢(?:您|你)?(?:的?解答|了)?|谢谢(?:你|您|了|啦|解答)?|多谢|辛苦了|麻烦了|[。!！\s]))+$"
)
_FIGURE = re.compile(
    r"多少|(?<![好没十百千])几(?:所|个|名|人|项|间|套|门|对|岁|年|万|种|家|座|张|条|次|元|成|倍|比|%)|比例|比率|占比|[^效]率(?!先)|"
    r"份额|规模|人数|数量|指标值|目标值|数值|基数|总数|数目|比重\s*[?？。]?$|目标(?:是|为|定)?$|有多(?!出|余|的|种)|百分之|增长|差距|相差|总和|合计"
)
# What is meant to be done about a share or a number is no figure: 比例上有什么打算.
_INTENT = re.compile(
    r"有(?:什么|哪些)样?的?(?:打算|要求|安排|考虑|说法|规定|措施|办法|变化)|(?:打算|准备|要)?怎么(?:定|调|安排|处理|办)"
)
_HOW_MUCH = re.compile(r"多少|(?<![好十百千])几|百分")
_LIST = re.compile(
    r"(?:哪|有|共|分)(?:哪|有)?(?:些|几)(?:项|个|条|方面|章|部分|类|大|点)?|包括(?:哪些|什么)|列出|列举|"
    r"(?:哪|几)(?:些|几|个)?(?:大|小)?(?:项|条|方面|章|部分|类|标题|板块|样)|(?:都是|分别是|(?:分别|各|都|依次)叫)(?:些|做|作)?(?:什么|啥)|"
    r"哪[二两三四五六七八九十]+(?:大|个|项|条|类|所|家|种|点|块|处|位|名|部分|方面)|"
    r"几(?:所|个|家|类)[^,。?]{0,8}(?:分别|各自)[^,。?]{0,8}(?:什么|啥|哪)|"
    r"(?<![第\d])[一二三四五六七八九十\d]+(?:个|大)?(?:方面|条|项任务)$|分为|[一二两三四五六七八九十\d](?:大)?(?:项|条|个方面)$|列了"
)
_PAST = re.compile(
    r"(?:前|上|过去|之前|以前)(?:[一几]?个?|的)?(?:五年|[几两三]年)|(?:五年|几年)(?:来|下来)|已经|迄今|截至|起点|起步|基数|基期|基准年|现状|那会儿?"
)
_NUMERALS = "一二三四五六七八九"
_PERIOD = re.compile(rf"十([{_NUMERALS}])五")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_YEARS = re.compile(r"(?<![\d(])((?:19|20)\d\d)年?(?:到|至|[-—–~]+)((?:19|20)\d\d)年?(?!\d)")
# 都有那几所 asks which; (不是只算某某的那个) says what is not meant.
_WHICH = re.compile(r"(?<=[有是分])那(?=[几些])")
_NOT_THAT = re.compile(r"\(不(?:是|算)[^()]{2,20}的(?:那[个项])?\)")
# Sentences that ask, of so many characters, are asked by themselves: the story before them is none of it.
_ALONE = 8
_ASKS = re.compile(
    r"[?？]|什么|怎么|怎样|如何|多少|几|哪|谁|吗|呢|是否|为何|有没有|是不是|能不能|会不会|可不可以"
)
# The first of the five-year periods that have a number of ten and more: 十一五.
_FIRST_PERIOD = 2006
# 再过几年, 往后几年 say when, and ask for no number of years.
_SOME_YEARS = re.compile(r"(?:再?过|往后|今后|未来|接下来|这|近|前|头|那|后)(?:好)?几年")
# Words that questions are made of and texts need not hold: data, one list for every document.
_ASKING = frozenset((DATA / "question_words.txt").read_text(encoding="utf-8").split())
_COUNTING = re.compile(
    r"[几两一二三四五六七八九十多哪各第]+(?:个|项|条|种|类|所|名|份|部|级|样|件|块|岁|万|亿|次|点|方)+"
)
_ASKED_UNIT = re.compile(
    r"(?:多少|(?<![好没十百千])几)\s*("
    + "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
    + ")(?!(?<=人)(?:工智|均|文))"
)
# How many 万 or 亿, and of what is not said or is 个.
_ASKED_MULTIPLE = re.compile(
    r"(?:多少|几)\s*个?([百千]?万|亿)(?=个|的|元|块|[?？。,了啊呢嘛哦哟]|$)"
)
# People are counted in any of these.
_PEOPLE = frozenset({"人", "名", "位", "人次"})
# Who asks how many 个 may mean whatever is counted one by one; prizes are asked for in 项 and told in 个.
_ONE_BY_ONE = _PEOPLE | frozenset("个 所 间 套 门 对 座 家 种 项 处 场".split())
_ASKED_PEOPLE = re.compile(
    r"(?:多少|几)\s*(?:个|名|位)?[^,，。?\d]{0,6}?(?:学生|儿童|孩子|幼儿(?!园)|娃|教师|老师|小朋友|青少年(?!宫)|家长|人(?!工智|均))"
)
# 小学生多出来多少个 counts people, whoever says 个.
_PEOPLE_COUNTED = re.compile(
    r"(?:学生|小学生|初中生|高中生|儿童|孩子|幼儿|娃儿?|教师|老师)[^,，。?园校班]{0,10}(?:多少|几)\s*个(?=[?？。哦嘛呢了啊]|$)"
)
_TENTHS = re.compile(r"(?:几|多少)成(?![为立果员绩功长本])")
_ASKED_MONEY = re.compile(
    r"(?:多少|几)(?:的|万|亿)?(?:教育|奖助|资助|支援|扶持|专项)*(?:资金|经费|钱(?!币)|贷款|款项?)"
)
# 一百个孩子里有多少个.
_OF_A_HUNDRED = re.compile(
    r"(?:一百|(?<!\d)100|每百)[个名位](?!百分)[^。?]{1,24}?(?:多少|几)[个名位]"
)
_ASKED_SHARE = re.compile(r"率|比例|占比|百分之|比重|%")


@dataclass(frozen=True, slots=True)
class Concept:
    """A word of the query, or an everyday word with the official terms that say it.

    A text holds a concept as far as it holds the words of one of its `wordings`.
    """

    weight: float
    wordings: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query as it was understood.

    Attributes:
        text: as given.
        standard: folded, dialect and typing mistakes put right, English put into Chinese, without
            words of politeness: what is embedded.
        words: the words that BM25 ranks by, official terms included.
        concepts: what a text must hold, each with its weight.
        asks: the kind of answer that is asked for.
        fields: what is asked of a document itself, its date or its issuer.
        unit: what a figure is counted in, `%` for a rate, '' where none is named.
        years: the years named.
        period_ends: the last years of the five-year periods named (十三五: 2020).
        past: whether words ask for what was before.
        added: official terms that the query does not say itself.
        corrected: words that were put right.
        english: whether the query was English.
        unknown: share of the concepts' weight in words that the index does not have.
    """

    text: str
    standard: str
    words: tuple[str, ...]
    concepts: tuple[Concept, ...]
    asks: Asks
    unit: str
    fields: tuple[Field, ...] = ()
    years: tuple[int, ...]
    period_ends: tuple[int, ...] = ()
    past: bool = False
    added: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()
    english: bool = False
    unknown: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads queries with the words of an index.

    Attributes:
        tokenize: cuts text into the index's words.
        idf: how rare a word is.
        knows: whether the index has a word.
        titles: of the documents.
        speller: puts typing mistakes right; None leaves them.
        standardise: folds a text, dialect and English put into the wording of plans.
        terms: finds everyday words and the official terms that say them.
    """

    tokenize: Callable[[str], list[str]]
    idf: Callable[[str], float]
    knows: Callable[[str], bool]
    titles: tuple[str, ...] = ()
    speller: Speller | None = None
    standardise: Callable[[str], str] = standardised
    terms: Callable[[str], Terms] = official_terms

    def read(self, text: str) -> Query:
        """The query that a text makes; an empty text makes an empty one."""
        english = is_english(text)
        standard = self.standardise(text)
        standard = _with_periods(_POLITE.sub("", standard) or standard)
        standard = _WHICH.sub("哪", _NOT_THAT.sub("", standard))
        corrected: tuple[str, ...] = ()
        if self.speller and not english:
            standard, corrected = self.speller.corrected(standard)
        found = self.terms(standard)
        added = [term for _, terms in found for term in terms if term not in standard]
        unique = tuple(dict.fromkeys(added))
        concepts = self._concepts(standard, found)
        fields = asked_fields(fold(text), self.titles) or asked_fields(standard, self.titles)
        return Query(
            text=text,
            standard=standard,
            words=tuple(self.tokenize(" ".join([standard, *unique]))),
            concepts=concepts,
            asks="document" if fields else asked_kind(_asking(standard), self.titles),
            fields=fields,
            unit=asked_unit(_asking(standard)),
            years=tuple(int(year) for year in _YEAR.findall(standard)),
            period_ends=tuple(_period_end(number) for number in _PERIOD.findall(standard)),
            past=_PAST.search(standard) is not None,
            added=unique,
            corrected=corrected,
            english=english,
            unknown=self._unknown(concepts),
        )

    def _concepts(self, standard: str, found: Terms) -> tuple[Concept, ...]:
        """The concepts, each weighing as much as its rarest known wording."""
        concepts: list[Concept] = []
        said: set[str] = set()
        for word, terms in found:
            own = tuple(self.tokenize(word))
            said |= set(own)
            wordings = [w for w in (own, *(tuple(self.tokenize(term)) for term in terms)) if w]
            if wordings:
                weight = self._weight(wordings[1:] or wordings)
                concepts.append(Concept(weight, tuple(wordings)))
        words = dict.fromkeys(self.tokenize(standard))
        left = [word for word in words if word not in said]
        telling = [word for word in left if not _is_asking(word)]
        # A question of such words alone is still a question.
        words_held = telling or ([] if concepts else left)
        concepts += [Concept(self.idf(word), ((word,),)) for word in words_held]
        return tuple(concepts)

    def _unknown(self, concepts: Sequence[Concept]) -> float:
        total = sum(concept.weight for concept in concepts)
        missing = sum(
            concept.weight
            for concept in concepts
            if not any(self.knows(word) for wording in concept.wordings for word in wording)
        )
        return missing / total if total else 1.0

    def _weight(self, wordings: Sequence[tuple[str, ...]]) -> float:
        """The weight of the rarest word that the index knows; of any word where it knows none."""
        words = [word for wording in wordings for word in wording]
        known = [word for word in words if self.knows(word)]
        return max(self.idf(word) for word in known or words)


def _asking(standard: str) -> str:
    """The sentences that do not end in a full stop, where these say enough: 全校就几个老师。 counts nothing."""
    parts = re.findall(r"[^?。!]+[?。!]*", standard)
    marked = "".join(part for part in parts if not part.endswith(("。", "!")))
    return marked if len(marked) >= _ALONE and _ASKS.search(marked) else standard


def _is_asking(word: str) -> bool:
    """Whether a word belongs to asking (听说, 打算, 哪几个) and not to what is asked about."""
    return word in _ASKING or _COUNTING.fullmatch(word) is not None


def _with_periods(standard: str) -> str:
    """The question with five-year periods by their name: 2016到2020年 is 十三五."""

    def named(match: re.Match[str]) -> str:
        start, end = int(match[1]), int(match[2])
        number, rest = divmod(start - _FIRST_PERIOD, 5)
        is_period = end == start + 4 and rest == 0 and 0 <= number < len(_NUMERALS)
        return f"十{_NUMERALS[number]}五" if is_period else match[0]

    return _YEARS.sub(named, standard)


def _period_end(number: str) -> int:
    """The last year of a five-year period by its numeral: 三 (十三五) → 2020."""
    return _FIRST_PERIOD + 5 * _NUMERALS.index(number) + 4


def asked_kind(standard: str, titles: Sequence[str] = ()) -> Asks:
    """What kind of answer a folded question asks for; `titles` are the documents'."""
    if asked_fields(standard, titles):
        return "document"
    if _LIST.search(standard):
        return "list"
    standard = _SOME_YEARS.sub("", standard)
    intent = _INTENT.search(standard) and not _HOW_MUCH.search(standard)
    return "figure" if _FIGURE.search(standard) and not intent else "policy"


def asked_unit(standard: str) -> str:
    """The unit that a folded question counts in, `%` for a rate, or '' where it names none."""
    standard = _SOME_YEARS.sub("", standard)
    match = _ASKED_UNIT.search(standard)
    points = match and standard.startswith("点", match.end())  # 多少个点
    if points or _OF_A_HUNDRED.search(standard) or _TENTHS.search(standard):
        return "%"
    if _ASKED_MONEY.search(standard):
        return "元"
    if _PEOPLE_COUNTED.search(standard):
        return "人"
    if found := _ASKED_MULTIPLE.search(standard) or match:
        return found[1]
    if _ASKED_PEOPLE.search(standard) and not _ASKED_SHARE.search(standard):
        return "人"
    return "%" if _ASKED_SHARE.search(standard) else ""


def fits_unit(asked: str, unit: str) -> bool:
    """Whether a quantity of a unit may answer a question after another; people have several.

    >>> fits_unit("人", "名"), fits_unit("人", "万人"), fits_unit("所", "%"), fits_unit("", "所")
    (True, True, False, True)
    >>> fits_unit("个", "名"), fits_unit("万", "万人"), fits_unit("万", "%")
    (True, True, False)
    """
    plain, asked_plain = unit.lstrip("百千万亿"), asked.lstrip("百千万亿")
    people = asked_plain in _PEOPLE and plain in _PEOPLE
    counted = asked_plain == "个" and plain in _ONE_BY_ONE
    named = asked in {unit, plain, unit.removesuffix(plain)}
    points = asked.endswith("百分点") and unit == "%"  # of which shares differ
    return not asked or people or counted or named or points or (asked, plain) == ("项", "个")
