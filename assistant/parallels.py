"""One word for another of its kind: 区级 for 市级, 初中 for 小学, 成都 for 万州 (data/parallels.toml)."""

import re
import tomllib
from functools import cache
from pathlib import Path

from assistant.clause import counted, front, phrase_start

DATA = Path(__file__).parent / "data"

_THERE = r"(?:那边|那里|那儿|这边|这里)?"
_ANY_PLACE = (
    r"[\u4e00-\u9fff]{2,4}(?<!地)(?<!社)(?<!校)(?<!城)(?<!市)(?<!郊)(?<!园)[区县省]|"
    r"[\u4e00-\u9fff]{2,3}(?<!城)市"
)


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words.split(), key=len, reverse=True))))


@cache
def _classes() -> dict[str, re.Pattern[str]]:
    """Each class by its name, as a pattern that finds its words, the longest at each place."""
    data = tomllib.loads((DATA / "parallels.toml").read_text(encoding="utf-8"))
    return {name: _pattern(words) for name, words in data["classes"].items()}


@cache
def _home() -> re.Pattern[str]:
    return _pattern(
        tomllib.loads((DATA / "parallels.toml").read_text(encoding="utf-8"))["home"]["words"]
    )


@cache
def _places() -> re.Pattern[str]:
    known = _pattern((DATA / "places.txt").read_text(encoding="utf-8")).pattern
    return re.compile(
        rf"(?P<place>(?:{known})(?:新区|[区县市省州])?|{_ANY_PLACE}){_THERE}(?:的(?P<rest>.+))?"
    )


def is_home(words: str) -> bool:
    """Whether the words name the own place and nothing else."""
    return _home().fullmatch(words) is not None


def other_place(words: str, question: str) -> str | None:
    """The question about the place that the words name, or None where they name none.

    >>> other_place("渝北区", "万州2025年巩固率要达到多少?")
    '渝北区2025年巩固率要达到多少?'
    """
    match = _places().fullmatch(words)
    if match is None:
        return None
    place, rest = match["place"], match["rest"] or ""
    if old := (_home().search(question) or _places().search(question)):
        end = old.end("place") if "place" in old.groupdict() else old.end()
        moved = question[: old.start()] + place + question[end:]
        moved = moved.replace(f"{place}全区", place)
    else:
        start = len(front(question))
        moved = question[:start] + place + question[start:]
    return (rest and parallel(rest, moved)) or moved


def _left_over(words: str, taken: list[str], question: str) -> str:
    """What of the words neither took a place nor stands in the question."""
    for word in taken:
        words = words.replace(word, "的")
    return "".join(part for part in words.split("的") if part not in question)


def _swapped(words: str, question: str) -> str | None:
    """The question with every word replaced by its like, where the words are nothing but such."""
    changed = question
    taken: list[str] = []
    for pattern in _classes().values():
        new = pattern.findall(words)
        old = [match[0] for match in pattern.finditer(question)]
        if len(new) == 1 and old and new[0] not in question and not _held(new[0], taken):
            changed = changed.replace(old[-1], new[0], 1)
            taken.append(new[0])
    return changed if taken and not _left_over(words, taken, question) else None


def _held(word: str, taken: list[str]) -> bool:
    return any(word in other or other in word for other in taken)


def _named(words: str, question: str) -> str | None:
    """The question about what the words describe, in the place of something of its kind."""
    for pattern in _classes().values():
        heads = [match for match in pattern.finditer(words) if match.end() == len(words)]
        olds = list(pattern.finditer(question))
        if not heads or not olds:
            continue
        old, noun = olds[-1], counted(question)
        start = phrase_start(question, old.start())
        if noun.endswith(old[0]) and old.end() == len(question.rstrip("?")):
            start = old.end() - len(noun)
        elif kept := _home().match(question, start):
            start = kept.end()
        return question[:start] + words + question[old.end() :]
    return None


def parallel(words: str, question: str) -> str | None:
    """The question with the words in the place of their like, or None where it has no such place.

    >>> parallel("区级", "市级骨干教师里党员占多少?"), parallel("电报路小学", "百安移民小学要修什么?")
    ('区级骨干教师里党员占多少?', '电报路小学要修什么?')
    """
    return _swapped(words, question) or _named(words, question) or _same_ending(words, question)


def _same_ending(words: str, question: str) -> str | None:
    """`学区化` for `集团化`: a word of the same length and last character."""
    if not 2 <= len(words) <= 3:
        return None
    pattern = rf"[\u4e00-\u9fff]{{{len(words) - 1}}}{re.escape(words[-1])}"
    matches = [
        match
        for match in re.finditer(pattern, question)
        if not re.search(r"[一二三四五六七八九十]", match[0])
    ]
    if not matches or words[-1] in "的了是有学人年" or matches[-1][0] == words:
        return None
    match = matches[-1]
    return question[: match.start()] + words + question[match.end() :]


def has_like(words: str) -> bool:
    """Whether a word of some class is among the words."""
    return any(pattern.search(words) for pattern in _classes().values())


def described(word: str, question: str) -> str | None:
    """The noun of the question that a word of the same class describes there: 民办 → 幼儿园 of 公办幼儿园."""
    for name in ("level", "owner", "area"):
        pattern = _classes()[name]
        old = pattern.search(question)
        if old and pattern.fullmatch(word):
            matches = (nouns.match(question, old.end()) for nouns in _classes().values())
            return max((match[0] for match in matches if match), key=len, default=None)
    return None


def _people(question: str) -> re.Match[str] | None:
    found = [
        match
        for name in ("staff", "pupils")
        for match in _classes()[name].finditer(question)
        if len(match[0]) > 1
    ]
    return max(found, key=lambda match: (match.end(), -match.start()), default=None)


def people_noun(question: str) -> str:
    """The last noun that names people, or ''."""
    last = _people(question)
    return last[0] if last else ""


def people_phrase(question: str) -> str:
    """The last noun that names people, with what describes it, or ''."""
    last = _people(question)
    return question[phrase_start(question, last.start()) : last.end()] if last else ""


def institution_phrase(question: str) -> str:
    """The last noun phrase that names a school or the like, or ''."""
    found = list(_classes()["institution"].finditer(question))
    if not found:
        return ""
    return question[phrase_start(question, found[-1].start()) : found[-1].end()]
