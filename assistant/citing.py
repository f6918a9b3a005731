"""What goes into a memo: a citation ready to paste, and which numbers of an answer were checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from assistant.ground import numbers_in, stated_numbers
from assistant.types import Answer
from corpus.types import Document, Span


def citation_text(document: Document, address: str, span: Span) -> str:
    """Quote, title, issuer, date and address of a place, as one line; the quote is the source's own."""
    metadata = document.metadata
    quote = " ".join(document.quote(span).split())
    facts = [
        f"《{metadata.title}》",
        metadata.issuer,
        metadata.document_number,
        f"{metadata.published_on}发布" if metadata.published_on else str(metadata.written_on or ""),
        address,
    ]
    return f"“{quote}”——{','.join(fact for fact in facts if fact)}。"


@dataclass(frozen=True, slots=True)
class Checked:
    """The numbers that an answer states: those that stand in its quotes, those computed from them."""

    quoted: tuple[str, ...]
    computed: tuple[str, ...]


def _written(numbers: set[Decimal]) -> tuple[str, ...]:
    return tuple(f"{number:f}" for number in sorted(numbers))


def checked_numbers(answer: Answer, documents: Mapping[str, Document]) -> Checked:
    """The numbers of the answer's claims, compared again with the quotes that each claim cites.

    A number of a computed claim that stands in none of its quotes counts as computed.
    """
    quoted: set[Decimal] = set()
    computed: set[Decimal] = set()
    cited = {citation.number: citation for citation in answer.citations}
    for claim in answer.claims:
        places = [cited[number] for number in claim.citations]
        texts = [place.quote for place in places]
        texts += [documents[place.document_id].display(place.span) for place in places]
        stated = set(stated_numbers(claim.text))
        held = stated & numbers_in("\n".join(texts))
        quoted |= held
        if claim.kind == "computed":
            computed |= stated - held
    return Checked(quoted=_written(quoted), computed=_written(computed - quoted))
