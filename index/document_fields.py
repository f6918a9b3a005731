"""Whether a question is about a document itself, its title, issuer, dates, number, and which of these it asks for."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.fold import bare, fold

DATA = Path(__file__).parent / "data" / "document.toml"
# A question is about the document when hardly a word is left that is about anything else.
LEFT_OVER = 2
LEFT_OVER_OF_A_FIELD = 12
_LATIN = re.compile(r"[a-z]+")
# The name of another document, which has its own number and date.
_OTHER_DOCUMENT = re.compile(
    r"《(?!规划，)|[\u3400-\u9fff]{2}(?:办法|条例|规则|意见)|(?:要|将要?|拟|准备|打算)(?:编制|出台|制定|制订|印发|编|出)的"
)
_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What may be asked: `names` of the card's labels, `value` of the metadata, `line` of the page's head."""

    name: str
    names: tuple[str, ...]
    value: str
    line: re.Pattern[str]
    sure: re.Pattern[str]
    asks: re.Pattern[str]

    def stands_in(self, text: str) -> bool:
        """Whether a card or the head of a page gives this field."""
        labelled = any(f"{name}:" in text for name in self.names)
        return labelled or self.line.search(text) is not None


@dataclass(frozen=True, slots=True)
class _Words:
    subject: re.Pattern[str]
    document: re.Pattern[str]
    filler: re.Pattern[str]
    english: frozenset[str]


@cache
def _load() -> tuple[tuple[Field, ...], _Words]:
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))

    def pattern(entry: dict[str, str], key: str) -> re.Pattern[str]:
        return re.compile(entry[key]) if entry.get(key) else _NOTHING

    fields = tuple(
        Field(
            name=entry["name"],
            names=tuple(entry["names"]),
            value=entry.get("value", ""),
            line=pattern(entry, "line"),
            sure=pattern(entry, "sure"),
            asks=pattern(entry, "asks"),
        )
        for entry in data["field"]
    )
    words = data["words"]
    return fields, _Words(
        re.compile(words["subject"]),
        re.compile(words["document"]),
        re.compile(words["filler"]),
        frozenset(words["english"].split("|")),
    )


def _without_titles(asked: str, titles: Sequence[str]) -> str:
    """The question without runs of a title, of three characters at least; a mere year is no title."""
    known = "，".join(map(bare, titles))
    kept, start = [], 0
    while start < len(asked):
        end = start + 3
        if asked[start:end] not in known or end > len(asked):
            kept.append(asked[start])
            start += 1
            continue
        while end < len(asked) and asked[start : end + 1] in known:
            end += 1
        run = asked[start:end]
        kept.append(run if run.rstrip("年").isdigit() else "规划，")
        start = end
    return "".join(kept)


def _left_over(asked: str) -> int:
    """How many characters (of Chinese) or words (of English) are about something else."""
    _, words = _load()
    asked = words.document.sub("，", asked)
    latin = [word for word in _LATIN.findall(asked) if word not in words.english]
    chinese = re.sub(r"[^\u3400-\u9fff]", "", words.filler.sub("", asked))
    return len(chinese) + 2 * len(latin)


def asked_fields(text: str, titles: Sequence[str] = ()) -> tuple[Field, ...]:
    """The fields of a document that a question asks for; empty where it asks for something else."""
    fields, words = _load()
    asked = fold(text).replace("“", "").replace("”", "")
    if not any(field.sure.search(asked) or field.asks.search(asked) for field in fields):
        return ()
    asked = _without_titles(asked, titles)
    if _OTHER_DOCUMENT.search(asked):
        return ()
    sure = tuple(field for field in fields if field.sure.search(asked))
    rest = asked
    for field in sure:
        rest = field.sure.sub("，", rest)
    more = []
    for field in fields:  # each takes its words away from those after it
        if field not in sure and field.asks.search(rest):
            more.append(field)
            rest = field.asks.sub("，", rest)
    if not sure and not words.subject.search(asked):
        return ()
    found = tuple(field for field in fields if field in sure or field in more)
    # Whoever names several fields may say more around them.
    limit = LEFT_OVER_OF_A_FIELD * len(sure) or LEFT_OVER
    return found if found and _left_over(rest) <= limit else ()
