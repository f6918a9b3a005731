"""The values of answering: Turn, Citation, Claim, Refusal, Answer."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from corpus.types import Span

Role = Literal["user", "assistant"]
Status = Literal["answered", "refused"]
ClaimKind = Literal["quoted", "computed", "generated"]
RefusalReason = Literal["not_in_plan", "out_of_scope", "target_not_actual", "needs_detail"]

EXTRACTIVE = "extractive"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation so far."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The `number`-th place that an answer rests on; `quote` is the source's own characters at `span`.

    `link` opens the place on the page; `context` is the paragraph (or row) around the quote.
    """

    number: int
    document_id: str
    section_id: str
    address: str
    quote: str
    span: Span
    context: Span

    @property
    def link(self) -> str:
        """The address on the page, relative to its root."""
        return f"/?document={self.document_id}&section={self.section_id}&start={self.span.start}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement of an answer with the numbers of the citations that support it."""

    text: str
    citations: tuple[int, ...]
    kind: ClaimKind

    @property
    def marked(self) -> str:
        """The statement followed by its marks: `15所。[1]`."""
        return self.text + "".join(f"[{number}]" for number in self.citations)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why there is no answer, in one plain sentence, and the sections that come nearest.

    `choices` are questions that say what this one left open, for a page to offer.
    """

    reason: RefusalReason
    message: str
    nearest: tuple[Citation, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a question got: claims with citations, or a refusal. `text` is what a person reads.

    `confidence` in [0, 1] ranks answers by how well the evidence covers the question. `notice` is one
    line about how the answer came about, shown below it: that the language model failed, say.
    """

    question: str
    standalone_question: str
    text: str
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    refusal: Refusal | None = None
    generator: str = EXTRACTIVE
    elapsed_ms: int = 0
    confidence: float = 0.0
    id: str | None = None
    notice: str = ""

    @property
    def status(self) -> Status:
        """`refused` where there is a refusal, else `answered`."""
        return "refused" if self.refusal else "answered"

    @property
    def first_line(self) -> str:
        """The line that answers the question."""
        return self.text.split("\n", 1)[0]


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation as it leaves the program."""
    return {
        "number": citation.number,
        "document_id": citation.document_id,
        "section_id": citation.section_id,
        "address": citation.address,
        "quote": citation.quote,
        "start": citation.span.start,
        "end": citation.span.end,
        "link": citation.link,
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as it leaves the program: the object of a batch line, of `--json` and of HTTP."""
    refusal = answer.refusal
    return {
        "id": answer.id,
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "status": answer.status,
        "refusal": refusal
        and {
            "reason": refusal.reason,
            "message": refusal.message,
            "nearest": [citation_json(citation) for citation in refusal.nearest],
        },
        "answer": answer.text,
        "claims": [asdict(claim) for claim in answer.claims],
        "citations": [citation_json(citation) for citation in answer.citations],
        "generator": answer.generator,
        "elapsed_ms": answer.elapsed_ms,
        **({"notice": answer.notice} if answer.notice else {}),
    }
