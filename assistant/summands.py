"""The parts of a sum that a question asks for: the words of each."""

import re

from assistant.clause import PREFACE
from assistant.naming import LEVELS, OWNER, RANK
from assistant.phrases import core

_SUM = re.compile(
    r"加起来?|加拢|合拢|归拢|统共|合起来|拢共|合计|总共|一共|之和|总和|共计|相加|总计|加总|加(?:到|在)?一(?:起|块|堆)|合(?:到|在)?一(?:起|块)|凑(?:成|在|到)?一(?:堆|起)|凑起来|"
    r"(?<=[项类种者])[^,。?]{0,4}总(?:人数|数)"
)
# 小学加初中有多少.
_PLUS = re.compile(
    r"(?<=小学|初中|高中|中职|普高|职高)(?:再?加上?|\+)(?=小学|初中|高中|中职|普高|职高|大学|幼儿)"
)
# 甲加上乙,一下是多少亿.
_ADDED_TO = re.compile(
    r"^(?P<a>[^,。?]{2,24}?)[再又]?加上(?P<b>[^,。?]{2,24}?),?[^,。?]{0,3}?(?:[这那]?两?[坨笔样项个块])?(?:一共|总共|合拢)?(?:就|会)?(?:是|有|共|等于)(?:多少|几)"
)
_SHARED = re.compile(r"占|百分之|比例|%")
_LEVELS = re.compile(rf"({LEVELS})(?={LEVELS})")
_LISTED = re.compile(
    r"(?<=[\u4e00-\u9fff]{2})(?<![增参更添追])加(?![强快大入以工班上起拢在密])|"
    r"(?<=[\u4e00-\u9fff])(?<!网)\+(?=[\u4e00-\u9fff])|[、,]|和|与|及|跟|加上|以及"
)
# A rank or an owner alone, and before the noun that it is said of.
_SORT = re.compile(f"{RANK.pattern}|{OWNER.pattern}")
_SORT_LAST = re.compile(rf"(?:.*的)?(?:{_SORT.pattern})的?")
_SORTED = re.compile(rf"(?:{_SORT.pattern})的?(?P<head>.{{2,}})")
# What ranks or owners after it are of: 智慧校园示范校,市级的和区级的.
_OF_SORTS = re.compile(
    rf"^(?P<head>[^,。?]{{2,14}}),(?P<sorts>(?:(?:{_SORT.pattern})的?)(?:(?:、|和|与|跟|及|加上?)(?:{_SORT.pattern})的?)+)"
)
# What follows the parts, or what they are among: 甲加上乙,中职一共; 名师培养中,甲、乙.
_TRAILING = re.compile(r"(?<=.)[,](?=[^,、和与及]*$)")
_AMONG = re.compile(r"^[^,、]{2,14}(?:[中里上]|里面|方面)[,]")
# 想把甲、乙、丙合起来.
_TAKING = re.compile(r"^.{0,6}?[把将](?=.{2})")
_LEADING_IN = re.compile(rf"{PREFACE.pattern}|^(?:一?下)?[,，]")
_NO_PART = re.compile(
    r"[两二三四五几][样者类种项个块笔边]|在校(?:学?生)?数?|学生数?|数量|人数|个数|总数|全部|所有|一起|再"
)
# What follows the parts: 两类人, 每年要送多少.
_COUNTED_OFF = re.compile(
    r"[这那]?[两二三四五]?(?:个|类|种|项|部分|方面|者)(?:人|学校)?[,，]|[,，](?=每|一|共|总)"
)


def _parted(text: str) -> tuple[str, ...]:
    """The parts of a list by its marks, else by its spaces, each with words of its own."""
    text = _LEVELS.sub(r"\1、", _PLUS.sub("、", text))
    if of := _OF_SORTS.search(text):
        return tuple(f"{sort[0]}{of['head']}" for sort in _SORT.finditer(of["sorts"]))
    pieces = _LISTED.split(text) if _LISTED.search(text) else text.split()
    parts = tuple(part for part in pieces if _NO_PART.sub("", core(part)).strip())
    return _with_shared_head(parts) if len(parts) > 1 else ()


def _with_shared_head(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The parts, each with the noun that the last one says for all: 市级和区级的示范校.

    >>> _with_shared_head(("市级", "区级的示范校"))
    ('市级示范校', '区级的示范校')
    """
    head = _SORTED.match(parts[-1]) or _SORTED.match(parts[0])
    return tuple(
        f"{part.removesuffix('的')}{head['head']}" if head and _SORT_LAST.fullmatch(part) else part
        for part in parts
    )


def listed(text: str) -> tuple[str, ...]:
    """The parts of a sum: the words of each; empty where no sum is asked for.

    >>> listed("甲教师、乙名师和丙带头人一共要培育多少名")
    ('甲教师', '乙名师', '丙带头人')
    >>> listed("帮忙合计一下,甲教师和乙名师两类人,每年多少名")
    ('甲教师', '乙名师')
    """
    match = _SUM.search(text) or _PLUS.search(text)
    if _SHARED.search(text):
        return ()
    if not match:
        two = _ADDED_TO.search(text)
        return (two["a"], two["b"]) if two else ()
    if match.re is _PLUS:
        return _parted(next(part for part in text.split(",") if _PLUS.search(part)))
    head, tail = text[: match.start()], _COUNTED_OFF.split(text[match.end() :])[0]
    head = _AMONG.sub("", head)
    enumerated = [clause for clause in head.split(",") if "、" in clause]
    if len(enumerated) == 1:
        head = _TAKING.sub("", enumerated[0])
    before = _TRAILING.split(head)
    if len(before) == 2 and "," not in before[0] and len(parts := _parted(before[0])) > 1:
        return parts
    return _parted(_LEADING_IN.sub("", head)) or _parted(_LEADING_IN.sub("", tail))
