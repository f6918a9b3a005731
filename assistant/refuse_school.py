"""A question about a school that the documents do not name: 龙潭小学要扩建吗, where they say nothing of it.

What stands before 小学 is a name where it ends as names of places do, and is no common word of that kind; or
where the documents themselves say it of another kind of school, and of nothing else.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from assistant.question import Question
from assistant.refusals import PRESUMES, Ground, asked_of
from corpus.fold import fold
from corpus.types import Document

DATA = Path(__file__).parent / "data"

_BEFORE = (
    r"(?:^|(?<=[,，。?？!！:：;；、“”\"'()\s对在到去给把和与跟像问是让从讲说们区县市镇乡听查]))"
)
_KIND = r"(?:中学|小学|幼儿园|完小|初中|高中)"
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董程曹袁邓许傅沈曾彭吕苏卢蒋蔡丁"
    "魏叶余潘杜戴夏钟汪田姜范方石姚谭廖邹熊金康毛邱秦侯龙段雷黎易向"
)
_SCHOOL = re.compile(
    rf"{_BEFORE}(?P<name>[\u3400-\u9fff]{{1,3}}[河湖江溪沟坝坪坡岭山岩石桥亭口湾塘泉田林峰沙城沱洞坳垭梁陵岗滩渡井潭驹坊洲屏街庙寺观阁塔堡寨关铺屿埠浦港津滨垸嘴埂坑岔堰池窑崖]|[{_SURNAMES}]家)"
    rf"(?P<kind>{_KIND})(?![老教]师|生|教育|阶段|学段)"
)
# Any word of two characters or more, which a document may say of another kind of school.
_ANY = re.compile(
    rf"{_BEFORE}(?P<name>[\u3400-\u9fff]{{2,4}})(?P<kind>{_KIND})(?![老教]师|生|教育|阶段|学段)"
)
# Where the reader says that it is: 区里国本小学.
_WHOSE = re.compile(r"^(?:[我你咱]们?)?(?:[区县市镇乡村城](?:里头?|里面|上|头|下)?)?们?")
SHORTEST = 2
# Characters that no such name has.
_NO_NAME = re.compile(
    r"[我你他她它的在是有和与跟及或把被将给让从对说讲问那这哪几多少每各全所个些只就也都还又再才要能会上读念进去到教办建修设报升转]"
)


@cache
def _common() -> frozenset[str]:
    """What stands before 小学 and is no name: 农村, 老城, 山区."""
    return frozenset((DATA / "school_words.txt").read_text(encoding="utf-8").split())


def unnamed_school(question: Question, documents: Sequence[Document]) -> Ground | None:
    """A school that the question is about by a name that stands in none of the documents."""
    asked = asked_of(question)
    if question.query.english or PRESUMES.search(asked) or not _ANY.search(asked):
        return None
    written = fold(question.standalone)
    text = "\n".join(document.text for document in documents)
    for found in _SCHOOL.finditer(asked):
        name = _WHOSE.sub("", found["name"])
        # A name that the reader did not write is none: it was put right as a slip.
        if name in text or name in _common() or _NO_NAME.search(name) or name not in written:
            continue
        message = f"规划里没有写{name}{found['kind']}。"
        return Ground(reason="not_in_plan", message=message)
    for found in _ANY.finditer(asked):
        name = _WHOSE.sub("", found["name"])
        if len(name) < SHORTEST or name in _common() or name not in written:
            continue
        if other := _of_another_kind(name, found["kind"], text):
            message = f"规划里写的是{other},没有写{name}{found['kind']}。"
            return Ground(reason="not_in_plan", message=message)
    return None


def _of_another_kind(name: str, kind: str, text: str) -> str:
    """The one school of that name in a text, where it is of another kind; '' where the name is said otherwise too."""
    said = {found[0] for found in re.finditer(rf"{re.escape(name)}(?:{_KIND})?", text)}
    if len(said) != 1 or name in said or f"{name}{kind}" in said:
        return ""
    (other,) = said
    # 高中 and 初中 are 中学 too.
    alike = {kind, other.removeprefix(name)} <= {"中学", "初中", "高中"}
    return "" if alike or _NO_NAME.search(name) else other
