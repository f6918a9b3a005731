"""What is asked of a document itself: its title, issuer, dates, number, period, from its card or its head."""

import re
from collections.abc import Sequence

from assistant.clause import asking_part
from assistant.draft import Draft, Place, Statement
from assistant.headings import span_place
from assistant.naming import name_share
from assistant.question import Question
from assistant.refusals import Ground
from corpus.fold import bare, fold
from corpus.types import Document, Span
from index.document_fields import Field, asked_fields

NAMED = 0.5
_SAME = re.compile(r"同一|相同|一样|一致")
_PERIOD = re.compile(r"十[一二三四五六七八九]五")


def _asked(question: Question, document: Document) -> tuple[Field, ...]:
    """The fields of the document that the question asks for, as it was understood or as it was written."""
    titles = (document.metadata.title, document.metadata.short_title)
    whole = (question.understood, fold(question.standalone))
    found = (asked_fields(text, titles) for text in (*whole, *map(asking_part, whole)))
    return next(filter(None, found), ())


def _title_place(document: Document) -> Place | None:
    """Where the title stands in the text."""
    span = document.find_title()
    return span_place(document, span) if span else None


def _stated(field: Field, document: Document) -> Statement | None:
    """The field with its value and its place, or None where the document does not give it."""
    for own in document.card:
        if own.name in field.names and own.value:
            return Statement(
                text=f"{field.name}:{own.value}", places=(span_place(document, own.span),)
            )
    if match := field.line.search(document.text):
        place = span_place(document, Span(*match.span()))
        return Statement(text=f"{field.name}:{match['value'].strip()}", places=(place,))
    value = _metadata(field, document)
    place_of_title = _title_place(document)
    if value and place_of_title:
        # The years of a period that the title says by its number alone are reckoned.
        years = frozenset(re.findall(r"(?:19|20)\d\d", value))
        return Statement(
            text=f"{field.name}:{value}", places=(place_of_title,), kind="computed", derived=years
        )
    return None


def _metadata(field: Field, document: Document) -> str:
    """The value that the title holds; what is not in the document's own text is no answer."""
    metadata = document.metadata
    start, end = metadata.period_start, metadata.period_end
    if field.value == "period":
        if not (start and end):
            return ""
        named = _PERIOD.search(metadata.title)
        return f"“{named[0]}”({start}—{end}年)" if named else f"{start}—{end}年"
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
    fields = _asked(question, document) if document else ()
    if not document or not fields:
        return None
    found = [statement for field in fields if (statement := _stated(field, document))]
    if not found:
        names = "、".join(f"“{field.name}”" for field in fields)
        message = f"这份文件没有写{names}(信息栏里没有这一项,或是空的)。"
        return Ground(reason="not_in_plan", message=message)
    places = tuple(dict.fromkeys(place for statement in found for place in statement.places))
    text = ";".join(statement.text for statement in found)
    if len(found) == 2 and _SAME.search(question.understood):
        values = {statement.text.partition(":")[2] for statement in found}
        text += ",两者相同" if len(values) == 1 else ",两者不同"
    text += "。"
    return Draft(statements=(Statement(text=text, places=places),), quotes=places)
