"""Text made comparable: width, case and traditional characters folded, one character for one.

Only what is compared or tokenised is folded, never what is stored: NFKC would turn `（，` into ASCII.
Every character keeps its place, so an offset in the folded text is an offset in the original.
"""

import re
from functools import cache

import opencc

_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: 0x20, 0xA0: 0x20}
_HAN = range(0x3400, 0x9FFF + 1)
_PUNCTUATION = re.compile(r"[\s\W_]+")


@cache
def _table() -> dict[int, int]:
    """Code point to code point; the traditional characters are those that OpenCC maps one to one."""
    characters = "".join(map(chr, _HAN))
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    table = {
        ord(old): ord(new)
        for old, new in zip(characters, simplified, strict=True)
        if old != new and len(new) == 1
    }
    return table | _FULL_WIDTH


def fold(text: str) -> str:
    """The text with half-width ASCII, lower case and simplified characters, of the same length.

    >>> fold("義務教育ＡＢＣ（２０２５）")
    '义务教育abc(2025)'
    """
    folded = text.translate(_table())
    lowered = folded.lower()
    # In one step, unless a character became two or a sigma was lowered by its place in the word.
    if len(lowered) == len(folded) and "Σ" not in folded:
        return lowered
    return "".join(
        lower if len(lower := character.lower()) == 1 else character for character in folded
    )


def bare(text: str) -> str:
    """The folded text without punctuation and white space, for comparing wording.

    >>> bare("“双师型” 教师,")
    '双师型教师'
    """
    return _PUNCTUATION.sub("", fold(text))
