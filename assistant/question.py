"""Reads a question: checks it, and finds its kind, its years and what follows from the talk before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.types import Turn
from corpus.errors import QuestionError
from corpus.fold import fold
from corpus.quantities import UNITS

MAX_CHARACTERS = 500

QuestionKind = Literal["figure", "list", "document", "policy"]

_POLITE = re.compile(
    r"^(?:你好|您好|请问(?:一下)?|麻烦(?:问一下|您)?|想(?:问|了解|知道)(?:一下)?|我|劳驾|打扰(?:一下|了)?|[,，。!！\s])+"
    r"|(?:谢谢(?:你|您|了)?|多谢|[。!！\s])+$"
)
_FIGURE = re.compile(
    r"多少|几(?:所|个|名|人|项|间|套|门|对|岁|年|万|种|家|座|张|条|次|元|成|%)|比例|比率|占比|[^效]率(?!先)|"
    r"规模|人数|数量|指标值|目标值|有多|好多|how many|how much|percent|rate"
)
_LIST = re.compile(
    r"(?:哪|有|共|分)(?:哪|有)?(?:些|几)(?:项|个|条|方面|章|部分|类|大|点)?|包括(?:哪些|什么)|列出|列举|"
    r"(?:哪|几)(?:些|几|个)?(?:项|条|方面|章|部分|类)|分为|[一二两三四五六七八九十\d](?:大)?(?:项|条|个方面)$|列了"
)
_DOCUMENT = re.compile(
    r"索引号|发文字号|文号|成文日期|发布日期|发布机构|主题分类|体裁|"
    r"(?:谁|哪个(?:部门|单位|机构)|什么(?:部门|单位|机构|时候))[^,，。]{0,4}(?:发布|印发|制定|编制|出台|公布)|"
    r"(?:规划|文件)[^,，。]{0,8}(?:谁|哪个(?:部门|单位|机构)|什么(?:部门|单位|机构))[^,，。]{0,4}(?:发|制定|编|出|公布)|"
    r"(?:规划|文件)[^,，。]{0,6}(?:什么时候|哪天|何时|几号|哪年)[^,，。]{0,6}(?:发|出|公布|制定|印)|"
    r"(?:规划|文件)[^,，。]{0,6}(?:全称|叫什么|名称|标题|哪几年|什么时期|期限|管几年|时间范围)"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_ELLIPTIC = re.compile(r"^(?:那么?|还有|另外)|呢[?？]?$")
_MAX_ELLIPTIC = 14
_ASKED_UNIT = re.compile(
    r"(?:多少|几|好多)\s*(" + "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True)) + ")"
)
# People are counted in any of these.
_PEOPLE = frozenset({"人", "名", "位", "人次"})
_ASKED_SHARE = re.compile(r"率|比例|占比|百分之|比重")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as asked, as it stands alone, and what it asks for.

    `unit` is what it counts in, `%` for a rate, '' where it names none.
    """

    text: str
    standalone: str
    kind: QuestionKind
    years: tuple[int, ...]
    unit: str = ""


def check_question(text: str) -> str:
    """The question without white space at its ends; QuestionError where it cannot be answered."""
    stripped = text.strip()
    if not stripped:
        raise QuestionError("问题是空的。请输入一个问题,例如“高中阶段毛入学率2025年目标是多少?”。")
    if len(stripped) > MAX_CHARACTERS:
        raise QuestionError(f"问题有 {len(stripped)} 个字,最多 {MAX_CHARACTERS} 个。请缩短后再问。")
    try:
        stripped.encode()
    except UnicodeEncodeError as error:
        raise QuestionError("问题不是有效的 UTF-8 文本。请检查输入的编码。") from error
    return stripped


def _standalone(text: str, history: Sequence[Turn]) -> str:
    """The question with the subject of the one before it, where it has none of its own."""
    previous = [
        turn.content.strip() for turn in history if turn.role == "user" and turn.content.strip()
    ]
    if not previous or len(text) > _MAX_ELLIPTIC or not _ELLIPTIC.search(text):
        return text
    core = re.sub(r"^(?:那么?|还有|另外)|[呢的]*[?？]?$", "", text)
    years = _YEAR.findall(core)
    if years and re.fullmatch(r"\D*\d{4}年?", core):
        subject = re.sub(r"到?(?:19|20)\d\d年?", "", previous[-1]).rstrip("?？")
        return f"{subject}({years[0]}年)?"
    return f"{core}:{previous[-1]}"


def _kind(folded: str) -> QuestionKind:
    if _DOCUMENT.search(folded):
        return "document"
    if _LIST.search(folded):
        return "list"
    return "figure" if _FIGURE.search(folded) else "policy"


def _unit(folded: str) -> str:
    """The unit that a question counts in, `%` for a rate, or '' where it names none."""
    match = _ASKED_UNIT.search(folded)
    if match:
        return match[1]
    return "%" if _ASKED_SHARE.search(folded) else ""


def fits_unit(asked: str, unit: str) -> bool:
    """Whether a quantity of a unit may answer a question after another; people have several.

    >>> fits_unit("人", "名"), fits_unit("人", "万人"), fits_unit("所", "%"), fits_unit("", "所")
    (True, True, False, True)
    """
    plain = unit.lstrip("百千万亿")
    people = asked in _PEOPLE and plain in _PEOPLE
    return not asked or people or asked in {unit, plain}


def read_question(text: str, history: Sequence[Turn] = ()) -> Question:
    """What a question asks for; QuestionError where it is empty, too long or not text."""
    checked = check_question(text)
    standalone = _standalone(checked, history)
    folded = _POLITE.sub("", fold(standalone)) or fold(standalone)
    return Question(
        text=text,
        standalone=standalone,
        kind=_kind(folded),
        years=tuple(int(year) for year in _YEAR.findall(folded)),
        unit=_unit(folded),
    )
