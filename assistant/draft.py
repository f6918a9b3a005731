"""A draft of an answer: statements with the places they rest on, before they are grounded."""

from dataclasses import dataclass, field

from assistant.types import Citation, ClaimKind
from corpus.types import Document, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A quote's place in a document and the paragraph around it."""

    document: Document
    section_id: str
    paragraph: int | None
    span: Span
    context: Span

    def cite(self, number: int) -> Citation:
        """The citation of this place under a number."""
        return Citation(
            number=number,
            document_id=self.document.document_id,
            section_id=self.section_id,
            address=self.document.address(self.section_id, self.paragraph),
            quote=self.document.quote(self.span),
            span=self.span,
            context=self.context,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One claim to be. `derived` names the numbers that were computed and stand in no quote."""

    text: str
    places: tuple[Place, ...]
    kind: ClaimKind = "quoted"
    derived: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The statements of an answer, the one that answers first, and the quotes that are shown below."""

    statements: tuple[Statement, ...]
    quotes: tuple[Place, ...] = ()
    further: tuple[str, ...] = ()
