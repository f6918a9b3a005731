"""Typing mistakes: a stretch of a question that sounds like words of the documents but is none.

Most mistakes of Chinese typing choose a wrong character of the same sound (再园幼儿 for 在园幼儿). Such a
stretch falls apart into single characters when it is cut into words; the documents are then searched
for what sounds the same.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from pypinyin import Style, pinyin

# A stretch is looked at in these lengths, the longest first: the longer, the surer.
LENGTHS = (5, 4, 3, 2)
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_WORD_CHARACTER = re.compile(r"[\u3400-\u9fff]")
# Characters that stand alone in sound Chinese: their neighbours are no typing mistake.
_GRAMMAR = frozenset(
    "的了和与及或在是有为对等以将把被由从到于向其之所也都就而并且个要会能可我你他她它们请问吗呢吧啊呀嘛么什怎样如何哪些谁多少几这那上中下里年月日不没很最更太"
)
# Sounds that many speakers do not tell apart; they count as one.
_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))


def _sounds(character: str) -> frozenset[str]:
    """How a character may sound, without tones, sounds that are often confused made one."""
    readings = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    return frozenset(map(_merged, readings))


def _merged(reading: str) -> str:
    for written, kept in _MERGED:
        reading = reading.replace(written, kept)
    return reading


class Speller:
    """Puts right what sounds like the documents' words.

    `text` holds the documents, `is_word` knows the dictionary, `is_known` the words of the documents.
    """

    def __init__(
        self, text: str, is_word: Callable[[str], bool], is_known: Callable[[str], bool]
    ) -> None:
        self._text = text
        self._is_word = is_word
        self._occurs = is_known

    @cached_property
    def _by_sound(self) -> dict[str, str]:
        """Sound to the documents' characters that have it."""
        grouped: dict[str, set[str]] = {}
        for character in set(_WORD_CHARACTER.findall(self._text)):
            for sound in _sounds(character):
                grouped.setdefault(sound, set()).add(character)
        return {sound: "".join(sorted(characters)) for sound, characters in grouped.items()}

    def corrected(self, question: str, pieces: Sequence[str]) -> tuple[str, tuple[str, ...]]:
        """The question with mistakes put right, and the right words; `pieces` is the question cut.

        The pieces joined must be the question.
        """
        found = []
        for stretch in _suspicious(pieces):
            right = self._right(stretch)
            if right:
                question = question.replace(right[0], right[1])
                found.append(right[1])
        return question, tuple(found)

    def _right(self, stretch: str) -> tuple[str, str] | None:
        """(what is written, what was meant) for the longest part of a stretch that has a counterpart."""
        for length in LENGTHS:
            for start in range(len(stretch) - length + 1):
                written = stretch[start : start + length]
                if written in self._text or (length == 2 and self._is_word(written)):
                    continue
                meant = self._counterpart(written)
                if meant:
                    return written, meant
        return None

    def _counterpart(self, written: str) -> str:
        """What the documents say most often among what sounds the same and differs in one character."""
        classes = []
        for character in written:
            alike = "".join(self._by_sound.get(sound, "") for sound in _sounds(character))
            classes.append(f"[{alike}{character}]")
        counts = Counter(re.findall("".join(classes), self._text))
        close = {
            text: count
            for text, count in counts.items()
            if sum(a != b for a, b in zip(text, written, strict=True)) == 1
            and (len(written) > 2 or self._is_known(text))
        }
        return max(close, key=lambda text: (close[text], text), default="")

    def _is_known(self, text: str) -> bool:
        return self._occurs(text) and self._is_word(text)


def _suspicious(pieces: Sequence[str]) -> Iterator[str]:
    """Runs of a cut question with a single Chinese character in them, with the words beside it."""
    for place, piece in enumerate(pieces):
        if len(piece) == 1 and _CHINESE.fullmatch(piece) and piece not in _GRAMMAR:
            before = pieces[place - 1] if place else ""
            after = "".join(pieces[place + 1 : place + 3])
            runs = [run for run in _CHINESE.findall(before + piece + after) if piece in run]
            yield from runs[:1]
