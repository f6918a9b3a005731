"""Everyday words, dialect and English meet the official terms.

All three are data:

data/lexicon.toml   everyday word = official terms that are searched with it
data/dialect.toml   dialect or colloquial form = standard form that replaces it
data/english.toml   English word or phrase = official terms that say it
"""

import re
import tomllib
from functools import cache
from pathlib import Path

from corpus.fold import fold
from corpus.numerals import parse_numeral

# Everyday words of a question, each with its official terms.
Terms = tuple[tuple[str, tuple[str, ...]], ...]

DATA = Path(__file__).parent / "data"
# An English question has hardly a Chinese character; names may be written in Chinese all the same.
MAX_CHINESE_SHARE = 0.3
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-z]")
_DIGITS = "〇零○o一二三四五六七八九"
# Part IV, chapter 2, the title of part one; a lone i is as well the pronoun.
_ENGLISH_NUMBERS = {
    name: number
    for number, names in zip(
        "一二三四五六",
        ("i one 1", "ii two 2", "iii three 3", "iv four 4", "v five 5", "vi six 6"),
        strict=True,
    )
    for name in names.split()
}
_ENGLISH_PART = re.compile(
    rf"\b(?P<titled>(?:title|heading|name) of )?(?:part|chapter) (?P<number>{'|'.join(_ENGLISH_NUMBERS)})\b"
    r"(?P<called> called\b)?(?!(?<=part i) (?!of\b))"
)
# Endings of English nouns of which there are several, and what the word ends in without them.
_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""))
_NO_PLURALS = frozenset({"news", "classes", "means", "has", "does", "is", "was", "its", "this"})
_BEGINS_YEAR = re.compile(r"(?<=\d年)(?=初[中一二三])")
# A year spelled digit by digit, or by its last two: 二〇二五年, 二五年, 二五跟二〇比.
_SPELLED_YEAR = re.compile(
    rf"(?<![{_DIGITS}十百千万亿第])(?:[一二][零〇○o九][{_DIGITS}]{{2}}(?=年)|二[〇零○一二三四五]"
    rf"(?:(?<!二三)(?=年(?![级内里间]))|(?=[跟和与到至比](?:二[〇零○])?二[〇零○一二三四五](?:[年比]|$))))|"
    rf"(?<=二[〇零○一二三四五][跟和与到至比])(?:二[〇零○])?二[〇零○一二三四五](?=[年比]|$)"
)
# 区一级骨干教师; 市一级教师 is a title, 国家一级文物 another thing.
_BY_RANK = re.compile(
    r"(?:(?<=[省市区县校乡镇])|(?<=国家))一级(?![教注消建医演]|职称|重点|保护|运动|标准|文物|博物)"
)


@cache
def _load(name: str) -> dict[str, tuple[str, ...]]:
    """The entries of a file, folded; longer words first."""
    entries = tomllib.loads((DATA / name).read_text(encoding="utf-8"))
    longest_first = sorted(entries, key=len, reverse=True)
    return {fold(word): tuple(fold(entries[word]).split()) for word in longest_first}


@cache
def _alternatives(name: str) -> re.Pattern[str]:
    """One pattern for all words of a file; at each place the longest wins."""
    return re.compile("|".join(map(re.escape, _load(name))))


def official_terms(question: str) -> Terms:
    """(everyday word, its official terms) for the everyday words in a question, longer words first.

    A word inside a longer one that was found, and terms that are the word itself, are left out.

    >>> official_terms("放学后有人管吗")
    (('放学后', ('课后服务', '课后延时服务')),)
    """
    folded = fold(question)
    found: list[tuple[str, tuple[str, ...]]] = []
    for word, terms in _load("lexicon.toml").items():
        if word in folded and not any(word in longer for longer, _ in found):
            found.append((word, tuple(term for term in terms if term != word)))
    return tuple(found)


def standard_form(question: str) -> str:
    """The folded question with dialect forms replaced by standard ones.

    >>> standard_form("娃儿读书要好多钱")
    '娃儿读书要多少钱'
    >>> standard_form("二〇年和二五年差好多")
    '2020年和2025年差多少'
    >>> standard_form("区一级骨干教师")
    '区级骨干教师'
    """
    forms = _load("dialect.toml")
    folded = _BY_RANK.sub("级", _SPELLED_YEAR.sub(_year_in_figures, fold(question)))
    return _alternatives("dialect.toml").sub(lambda match: "".join(forms[match[0]]), folded)


def _year_in_figures(match: re.Match[str]) -> str:
    spelled = match[0] if len(match[0]) > 2 else f"二〇{match[0]}"
    number = parse_numeral(spelled)
    return match[0] if number is None else str(number)


def embeddable(question: str) -> str:
    """A question with a space where an embedder's vocabulary would read two words as another: 2025|年初|中.

    >>> embeddable("2025年初中在校生有多少")
    '2025年 初中在校生有多少'
    """
    return _BEGINS_YEAR.sub(" ", question)


def is_english(question: str) -> bool:
    """Whether a question is English: Latin letters, and hardly a Chinese character among them."""
    latin, han = len(_LATIN.findall(fold(question))), len(_HAN.findall(question))
    return latin > 0 and han <= MAX_CHINESE_SHARE * latin


def standardised(question: str) -> str:
    """The folded question in the wording of plans: dialect replaced, or English translated."""
    return translated(question) if is_english(question) else standard_form(question)


def _terms_of(phrase: str, glossary: dict[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """The official terms of an English phrase, without the ending of its last word where only that is known."""
    if phrase in _NO_PLURALS:
        return glossary.get(phrase)
    bases = [
        phrase,
        *(phrase.removesuffix(end) + base for end, base in _ENDINGS if phrase.endswith(end)),
    ]
    return next((glossary[base] for base in bases if base in glossary), None)


def translated(question: str) -> str:
    """The official terms for the English words of a question, with its numbers, in their order.

    Words that the glossary does not know are left out.

    >>> translated("How many kindergartens by 2025?")
    '多少 幼儿园 学前教育 到2025年'
    >>> translated("What is the title of Part IV?")
    '什么 第四部分 叫什么'
    """
    glossary = _load("english.toml")
    words = re.findall(
        r"\d+(?:st|nd|rd|th)|\d+(?:\.\d+)?%?|[a-z]+(?:[-'][a-z]+)*|[\u3400-\u9fff]+",
        _ENGLISH_PART.sub(_part_in_chinese, fold(question)),
    )
    longest = max(entry.count(" ") + 1 for entry in glossary)
    said: list[str] = []
    place = 0
    while place < len(words):
        for length in range(min(longest, len(words) - place), 0, -1):
            terms = _terms_of(" ".join(words[place : place + length]), glossary)
            if terms is not None:
                said += terms
                break
        else:
            # The parts of a compound that the glossary does not know may be words that it knows.
            if "-" in words[place]:
                words[place : place + 1] = words[place].split("-")
                continue
            length = 1
            if not _LATIN.match(words[place]):
                said.append(_year_or_word(words[place]))
        place += length
    return " ".join(dict.fromkeys(said))


def _part_in_chinese(match: re.Match[str]) -> str:
    asks = " 叫什么" if match["titled"] or match["called"] else ""
    return f"第{_ENGLISH_NUMBERS[match['number']]}部分{asks}"


def _year_or_word(word: str) -> str:
    return f"{word}年" if re.fullmatch(r"(?:19|20)\d\d", word) else word
