"""How far a question names a thing by the words of its name."""

import re

from corpus.fold import bare

# The levels of school as people say them.
LEVELS = "幼儿园|小学|初中|(?<![提最])高中|中职|大学|高校"
SCHOOLS = re.compile(LEVELS)
RANK = re.compile(r"(?:国家|[省市区县镇校])级")
_OF_CITY = re.compile(r"[\u3400-\u9fff]{2}(?<![城都超省])市(?!级|民|场)")
OWNER = re.compile(r"公办|民办")
_SORTS = (SCHOOLS, RANK, OWNER)


def contradicts(phrase: str, name: str) -> bool:
    """Whether a phrase and a name say different things of one sort, a level of school, a rank or an owner.

    >>> contradicts("公办幼儿园", "公办中职"), contradicts("市级示范校", "区级示范校"), contradicts("大学", "高校")
    (True, True, False)
    """
    one, other = (text.replace("大学", "高校") for text in (phrase, name))
    said = ((set(sort.findall(one)), set(sort.findall(other))) for sort in _SORTS)
    return any(a and b and not a & b for a, b in said)


def ranks_of(text: str) -> frozenset[str]:
    """The ranks that a text says; what is of a city by its name is 市级.

    >>> sorted(ranks_of("重庆市示范校")), sorted(ranks_of("区级示范校"))
    (['市级'], ['区级'])
    >>> ranks_of("新型城市学校")
    frozenset()
    """
    of_city = ["市级"] if _OF_CITY.search(text) else []
    return frozenset([*RANK.findall(text), *of_city])


def name_share(name: str, question: str) -> float:
    """The share, in [0, 1], of a name's character pairs that a question holds.

    >>> name_share("毛入学率", "高中阶段毛入学率2025年目标是多少")
    1.0
    """
    pairs = list(zip(bare(name), bare(name)[1:], strict=False))
    held = set(zip(bare(question), bare(question)[1:], strict=False))
    return sum(pair in held for pair in pairs) / len(pairs) if pairs else 0.0
