"""Typing mistakes: a stretch of a question that sounds like words of the documents but is none.

Most mistakes of Chinese typing choose a wrong character of the same sound (再园幼儿 for 在园幼儿). Such a
stretch falls apart into single characters when it is cut into words; the documents are then searched
for what sounds the same.
"""

import math
import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Protocol

from index.stretches import Stretches

# A stretch is looked at in these lengths, the longest first: the longer, the surer.
LENGTHS = (4, 3, 2)
# By how much (natural logarithm) a change must make the question likelier. Two characters often sound
# like a word by chance, so they must gain more, and a word that the documents often say is likelier.
# On dev this tells mistakes from sound questions with one error in seventy.
LONG_GAIN = 3.0
PAIR_GAIN = 6.0
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_WORD_CHARACTER = re.compile(r"[\u3400-\u9fff]")
# Characters that stand alone in sound Chinese: their neighbours are no typing mistake.
_GRAMMAR = frozenset(
    "的了和与及或在是有为对等以将把被由从到于向其之所给让跟也都就而并且个要会能可我你他她它们请问吗呢吧啊呀嘛么什怎样如何哪些谁多少几这那上中下里年月日不没很最更太"
)
# Sounds that many speakers do not tell apart; they count as one.
_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))


@lru_cache(maxsize=10_000)
def _sounds(character: str) -> frozenset[str]:
    """How a character may sound, without tones, sounds that are often confused made one."""
    from pypinyin import Style, pinyin  # a third of a second, and most questions have no mistake

    readings = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    return frozenset(map(_merged, readings))


def _merged(reading: str) -> str:
    for written, kept in _MERGED:
        reading = reading.replace(written, kept)
    return reading


class Dictionary(Protocol):
    """Cuts text into words and knows how likely they are."""

    def cut(self, text: str) -> Sequence[str]:
        """All pieces of a text, in order; joined they are the text."""
        ...

    def is_word(self, text: str) -> bool:
        """Whether the dictionary has this word."""
        ...

    def log_probability(self, pieces: Sequence[str]) -> float:
        """The natural logarithm of the pieces' probability, each taken by itself."""
        ...


class Speller:
    """Puts right what sounds like the documents' words.

    `text` holds the documents, `words` is the dictionary that questions are cut with.
    """

    def __init__(self, text: str, words: Dictionary) -> None:
        self._text = text
        self._stretches = Stretches(text)
        self._words = words

    @cached_property
    def _by_sound(self) -> dict[str, str]:
        """Sound to the documents' characters that have it."""
        grouped: dict[str, set[str]] = {}
        for character in set(_WORD_CHARACTER.findall(self._text)):
            for sound in _sounds(character):
                grouped.setdefault(sound, set()).add(character)
        return {sound: "".join(sorted(characters)) for sound, characters in grouped.items()}

    def corrected(self, question: str) -> tuple[str, tuple[str, ...]]:
        """The question with mistakes put right, and the right words.

        A change is made only where the question then falls into fewer and likelier pieces:
        指导/思/响 → 指导/思想.
        """
        found: list[str] = []
        for stretch in _suspicious(self._words.cut(question)):
            for written, meant in self._changes(stretch):
                if not self._is_tail(question, written) and self._is_better(
                    question, written, meant
                ):
                    question = question.replace(written, meant)
                    found.append(meant)
                    break
        return question, tuple(found)

    def _is_tail(self, question: str, written: str) -> bool:
        """Whether a pair falls apart between words of the documents: 通|要 of 班班通要装."""
        place = question.find(written)
        around = question[max(0, place - 2) : place + 1]
        whole = len(written) == 2 and len(_CHINESE.sub("", around)) == 0 and len(around) > 2
        return whole and bool(self._stretches.counts([around])[0])

    def _is_better(self, question: str, written: str, meant: str) -> bool:
        changed = question.replace(written, meant)
        before, after = self._words.cut(question), self._words.cut(changed)
        gain = self._words.log_probability(after) - self._words.log_probability(before)
        if len(written) == 2:
            gain += math.log(self._stretches.counts([meant])[0]) - (PAIR_GAIN - LONG_GAIN)
        return len(after) < len(before) and gain >= LONG_GAIN

    def _changes(self, stretch: Sequence[str]) -> Iterator[tuple[str, str]]:
        """(what is written, what may be meant) from any piece of a stretch on, the longest first."""
        starts = [len("".join(stretch[:place])) for place in range(len(stretch))]
        text = "".join(stretch)
        for length in LENGTHS:
            for start in starts:
                written = text[start : start + length]
                if len(written) < length or set(written) <= _GRAMMAR:
                    continue
                if self._stretches.counts([written])[0]:
                    continue
                if meant := self._counterpart(written):
                    yield written, meant

    def _counterpart(self, written: str) -> str:
        """What the documents say most often among what sounds the same and differs in one character."""
        # In a pair, 从 of 从大 is no slip for 重: such characters stand beside anything.
        meant = [
            (place, character)
            for place, character in enumerate(written)
            if len(written) > 2 or character not in _GRAMMAR
        ]
        alike = [
            written[:place] + other + written[place + 1 :]
            for place, character in meant
            for sound in _sounds(character)
            for other in self._by_sound.get(sound, "")
            if other != character
        ]
        counts = zip(alike, self._stretches.counts(alike), strict=True)
        close = {
            text: count
            for text, count in counts
            if count and (len(written) > 2 or self._words.is_word(text))
        }
        return max(close, key=lambda text: (close[text], text), default="")


def _suspicious(pieces: Sequence[str]) -> Iterator[Sequence[str]]:
    """The pieces about every single Chinese character of a cut question that is no grammar."""
    for place, piece in enumerate(pieces):
        if len(piece) == 1 and _CHINESE.fullmatch(piece) and piece not in _GRAMMAR:
            around = pieces[max(0, place - 1) : place + 4]
            yield [each for each in around if _CHINESE.fullmatch(each)]
