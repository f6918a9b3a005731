"""An English question that leans on the one before it becomes one that stands alone."""

import re

from assistant.clause import YEAR, retimed
from index.lexicon import is_english, standard_form

_LINK = re.compile(r"^(?:(?:and|but|so|then|ok(?:ay)?|well|thanks)\b[,\s]*)+", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:what|how) about\s+", re.IGNORECASE)
_TIME = re.compile(r"(?:(?:in|by|for|during|until|before|after)\s+)?(?:19|20)\d\d\b", re.IGNORECASE)
_AGAIN = re.compile(
    r"(?:how (?:many|much|high|large)|what)\s+(?:were|was|are|is|will)\s+(?:there|it|they|that)(?:\s+be)?\s+"
    rf"(?P<time>{_TIME.pattern})",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"^(?:how many|which|what (?:share|percentage|proportion|number) of|what|how (?:does|do|will|is|are))\s+"
    r"(?:(?:is|are|was|were|does|do|will)\s+)?(?:the\s+)?(?P<subject>.+?)\s+"
    r"(?:are|is|will|were|was|must|do|does|did|should|can|have|has|in|by|to|from|at)\b",
    re.IGNORECASE,
)
_PLURAL = re.compile(
    r"\b(?:they|them|it(?!\s+(?:true|correct|right|possible|the case)\b)|these|those)\b(?!\s+\w+s\b)",
    re.IGNORECASE,
)
_OWNED = re.compile(r"\b(?:their|its)\b", re.IGNORECASE)
# With more words before it a pronoun has its noun in the question itself: parents … their children.
WORDS_IN_FRONT = 7
_FILLER = re.compile(r"[?.!\s]+$")


def _subject(base: str) -> str:
    match = _SUBJECT.match(base)
    return match["subject"] if match else ""


def _retimed(base: str, time: str) -> str:
    if re.search(r"[\u3400-\u9fff]{4}", base) and not is_english(base):
        return retimed(standard_form(base), YEAR.findall(time)[0] + "年")
    old = _TIME.search(base)
    if old is None:
        return f"{_FILLER.sub('', base)} {time}?"
    preposition = "" if " " in time else (old[0].split()[0] + " " if " " in old[0] else "")
    return base[: old.start()] + preposition + time + base[old.end() :]


def _points_back(words: str) -> bool:
    """Whether a pronoun can only mean what was said before: nothing long enough stands in front of it."""
    found = _PLURAL.search(words) or _OWNED.search(words)
    return bool(found and len(words[: found.start()].split()) <= WORDS_IN_FRONT)


def resolve_english(text: str, base: str) -> str:
    """The question after `base`; as it is where it is whole in itself.

    >>> resolve_english("And by 2025?", "How many kindergartens were there in 2020?")
    'How many kindergartens were there by 2025?'
    """
    words = _FILLER.sub("", _ABOUT.sub("", _LINK.sub("", text.strip())))
    led = bool(_LINK.match(text.strip()) or _ABOUT.match(_LINK.sub("", text.strip())))
    if year := re.fullmatch(r"(?:那|到|在)*((?:19|20)\d\d)年?(?:的)?呢?", words):
        return _retimed(base, year[1])
    if _TIME.fullmatch(words):
        return _retimed(base, words)
    if again := _AGAIN.fullmatch(words):
        return _retimed(base, again["time"])
    subject = _subject(base)
    if subject and _points_back(words):
        owned = f"{subject}'" if subject.endswith("s") else f"{subject}'s"
        return _PLURAL.sub(subject, _OWNED.sub(owned, words), count=1) + "?"
    if (
        led
        and subject
        and len(words.split()) <= 6
        and not re.match(r"(?i)wh|how|is|are|do|can", words)
    ):
        return base.replace(subject, re.sub(r"(?i)^(?:in|for|the)\s+", "", words), 1)
    return text
