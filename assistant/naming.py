"""How far a question names a thing by the words of its name."""

import re

from corpus.fold import bare

# The levels of school as people say them.
LEVELS = "幼儿园|小学|初中|高中|中职|大学|高校"
SCHOOLS = re.compile(LEVELS)


def name_share(name: str, question: str) -> float:
    """The share, in [0, 1], of a name's character pairs that a question holds.

    >>> name_share("毛入学率", "高中阶段毛入学率2025年目标是多少")
    1.0
    """
    pairs = list(zip(bare(name), bare(name)[1:], strict=False))
    held = set(zip(bare(question), bare(question)[1:], strict=False))
    return sum(pair in held for pair in pairs) / len(pairs) if pairs else 0.0
