"""What is asked of a document itself: its title, issuer, dates, number, period, from its card or its head."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.draft import Draft, Place, Statement
from assistant.naming import name_share
from assistant.question import Question
from assistant.refusals import Ground
from corpus.fold import bare, fold
from corpus.types import Document, Span

DATA = Path(__file__).parent / "data" / "card.toml"
# A question is about the document when hardly a word is left that is about anything else.
LEFT_OVER = 2
LEFT_OVER_OF_A_FIELD = 12
NAMED = 0.5
_LATIN = re.compile(r"[a-z]+")
_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """What may be asked: `names` of the card's labels, `value` of the metadata, `line` of the page's head."""

    name: str
    names: tuple[str, ...]
    value: str
    line: re.Pattern[str]
    sure: re.Pattern[str]
    asks: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Words:
    document: re.Pattern[str]
    filler: re.Pattern[str]
    english: frozenset[str]


@cache
def _load() -> tuple[tuple[_Field, ...], _Words]:
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))

    def pattern(entry: dict[str, str], key: str) -> re.Pattern[str]:
        return re.compile(entry[key]) if entry.get(key) else _NOTHING

    fields = tuple(
        _Field(
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
        re.compile(words["document"]),
        re.compile(words["filler"]),
        frozenset(words["english"].split("|")),
    )


def _without_title(asked: str, document: Document) -> str:
    """The question without runs of the title, of three characters at least."""
    title = bare(document.metadata.title + document.metadata.short_title)
    for length in range(min(len(title), 24), 2, -1):
        for start in range(len(title) - length + 1):
            asked = asked.replace(title[start : start + length], "规划")
    return asked


def _left_over(asked: str) -> int:
    """How many characters (of Chinese) or words (of English) are about something else."""
    _, words = _load()
    asked = words.document.sub("，", asked)
    latin = [word for word in _LATIN.findall(asked) if word not in words.english]
    chinese = re.sub(r"[^\u3400-\u9fff]", "", words.filler.sub("", asked))
    return len(chinese) + 2 * len(latin)


def asked_fields(question: Question, document: Document) -> tuple[_Field, ...]:
    """The fields of the document that the question asks for; empty where it asks for something else."""
    for text in (question.understood, fold(question.standalone)):
        fields = _fields_in(text, document)
        if fields:
            return fields
    return ()


def _fields_in(text: str, document: Document) -> tuple[_Field, ...]:
    asked = _without_title(fold(text).replace("“", "").replace("”", ""), document)
    fields, _ = _load()
    sure = tuple(field for field in fields if field.sure.search(asked))
    rest = asked
    for field in sure:
        rest = field.sure.sub("，", rest)
    more = []
    for field in fields:  # each takes its words away from those after it
        if field not in sure and field.asks.search(rest):
            more.append(field)
            rest = field.asks.sub("，", rest)
    found = tuple(field for field in fields if field in sure or field in more)
    limit = LEFT_OVER_OF_A_FIELD if sure else LEFT_OVER
    return found if found and _left_over(rest) <= limit else ()


def _place(document: Document, span: Span) -> Place:
    holders = [section for section in document.sections if span in section.span]
    section = min(holders, key=lambda section: len(section.span))
    return Place(
        document=document, section_id=section.section_id, paragraph=None, span=span, context=span
    )


def _title_place(document: Document) -> Place | None:
    """Where the title stands in the text, its white space aside."""
    wanted = r"\s*".join(re.escape(c) for c in document.metadata.title if not c.isspace())
    match = re.search(wanted, document.text)
    return _place(document, Span(*match.span())) if match else None


def _stated(field: _Field, document: Document) -> Statement | None:
    """The field with its value and its place, or None where the document does not give it."""
    for own in document.card:
        if own.name in field.names and own.value:
            return Statement(text=f"{field.name}:{own.value}", places=(_place(document, own.span),))
    if match := field.line.search(document.text):
        place = _place(document, Span(*match.span()))
        return Statement(text=f"{field.name}:{match['value'].strip()}", places=(place,))
    value = _metadata(field, document)
    place_of_title = _title_place(document)
    if value and place_of_title:
        return Statement(text=f"{field.name}:{value}", places=(place_of_title,))
    return None


def _metadata(field: _Field, document: Document) -> str:
    """The value that the title holds; what is not in the document's own text is no answer."""
    metadata = document.metadata
    start, end = metadata.period_start, metadata.period_end
    if field.value == "period":
        return f"{start}—{end}年" if start and end else ""
    value = str(getattr(metadata, field.value, "") or "") if field.value else ""
    return value if value and bare(value) in bare(metadata.title) else ""


def _document(question: Question, documents: Sequence[Document]) -> Document | None:
    """The document that the question names, or the only one."""
    if len(documents) == 1:
        return documents[0]
    named = [d for d in documents if name_share(d.metadata.title, question.understood) >= NAMED]
    return named[0] if len(named) == 1 else None


def draft_card(question: Question, documents: Sequence[Document]) -> Draft | Ground | None:
    """The fields asked for; a ground to refuse where they are blank; None where none is asked for."""
    document = _document(question, documents)
    fields = asked_fields(question, document) if document else ()
    if not document or not fields:
        return None
    found = [statement for field in fields if (statement := _stated(field, document))]
    if not found:
        names = "、".join(f"“{field.name}”" for field in fields)
        message = f"这份文件没有写{names}(信息栏里没有这一项,或是空的)。"
        return Ground(reason="not_in_plan", message=message)
    places = tuple(dict.fromkeys(place for statement in found for place in statement.places))
    text = ";".join(statement.text for statement in found) + "。"
    return Draft(statements=(Statement(text=text, places=places),), quotes=places)
