"""A draft becomes an Answer: statements are grounded, places numbered, the text laid out."""

from collections.abc import Sequence

from assistant.draft import Draft, Place, Statement
from assistant.ground import is_grounded
from assistant.question import Question
from assistant.refusals import Ground
from assistant.types import Answer, Citation, Claim, Refusal
from corpus.types import Document
from index.types import Hit

NEAREST = 3
QUOTES_TITLE = "规划原文:"
NEAREST_TITLE = "相近的内容:"
_INDENT = "    "


class _Numbering:
    """Gives every place its number, the same place the same number."""

    def __init__(self) -> None:
        self.citations: list[Citation] = []

    def number(self, place: Place) -> int:
        for citation in self.citations:
            same_document = citation.document_id == place.document.document_id
            if same_document and citation.span == place.span:
                return citation.number
        self.citations.append(place.cite(len(self.citations) + 1))
        return len(self.citations)


def _claim(statement: Statement, numbering: _Numbering) -> Claim:
    numbers = tuple(numbering.number(place) for place in statement.places)
    return Claim(text=statement.text, citations=numbers, kind=statement.kind)


def _shown(place: Place) -> str:
    return place.document.display(place.span)


def quote_lines(number: int, place: Place) -> list[str]:
    """A quote under its number, then its address."""
    address = place.document.address(place.section_id, place.paragraph)
    return [f"[{number}] “{_shown(place)}”", f"{_INDENT}——{address}"]


def compose(question: Question, draft: Draft) -> Answer | None:
    """The answer that a draft makes, or None where no leading statement is grounded."""
    if not draft.statements or not is_grounded(draft.statements[0]):
        return None
    numbering = _Numbering()
    claims = [_claim(each, numbering) for each in draft.statements if is_grounded(each)]
    lines = [claim.marked for claim in claims]
    if draft.quotes:
        lines += ["", QUOTES_TITLE]
        for place in draft.quotes:
            lines += quote_lines(numbering.number(place), place)
    if draft.further:
        lines += ["", "另见:" + "、".join(draft.further)]
    return Answer(
        question=question.text,
        standalone_question=question.standalone,
        text="\n".join(lines),
        claims=tuple(claims),
        citations=tuple(numbering.citations),
    )


def nearest_places(hits: Sequence[Hit], documents: dict[str, Document]) -> tuple[Place, ...]:
    """The places of the first hits, one for each section."""
    places: dict[str, Place] = {}
    for hit in hits:
        passage = hit.passage
        places.setdefault(
            passage.section_id,
            Place(
                document=documents[passage.document_id],
                section_id=passage.section_id,
                paragraph=passage.paragraph,
                span=passage.span,
                context=passage.span,
            ),
        )
    return tuple(places.values())[:NEAREST]


def compose_refusal(question: Question, ground: Ground, nearest: Sequence[Place]) -> Answer:
    """The answer that says why there is none, with the nearest sections."""
    citations = tuple(place.cite(number) for number, place in enumerate(nearest, start=1))
    lines = [ground.message]
    if citations:
        lines += ["", NEAREST_TITLE, *(f"· {citation.address}" for citation in citations)]
    return Answer(
        question=question.text,
        standalone_question=question.standalone,
        text="\n".join(lines),
        refusal=Refusal(
            reason=ground.reason,
            message=ground.message,
            nearest=citations,
            choices=ground.choices,
        ),
    )
