"""The values of retrieval, Passage and Hit, and the protocols of its exchangeable parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from corpus.types import Span

if TYPE_CHECKING:
    from index.query import Query, Reader

Vectors = NDArray[np.float32]
# A row for each text: how near it is to what is asked, and how surely it answers; log-odds.
Judgements = NDArray[np.float32]

# What a passage is: a paragraph, a table's row, a heading with its children (or the table of contents),
# what tells of the document itself: the information card, the page's head.
PassageKind = Literal["paragraph", "row", "overview", "card"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is searched: a sentence of a paragraph, or the whole of any other passage.

    `units` are the units of the quantities in it, each once, in order.
    """

    span: Span
    text: str
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What is ranked and cited. `text` is mended and for matching; `span` is its place in the source.

    `context` holds the names of the sections it stands in, outermost first. `paragraph` counts from 1
    within the section and is None where the passage is the section itself. `shows` are the headings
    that an overview lists, beside its own span. `reports` marks what tells the state at the start.
    """

    passage_id: str
    document_id: str
    section_id: str
    kind: PassageKind
    paragraph: int | None
    span: Span
    address: str
    context: tuple[str, ...]
    text: str
    parts: tuple[Part, ...] = ()
    shows: tuple[Span, ...] = ()
    reports: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage with its score (larger is better), its rank (from 1) and its best part.

    The score of the first hit estimates the probability that it holds the answer; those of the others
    say how far they come behind it. `nearness` says of each part how near its vector is to the query's,
    1 for the nearest of all, 0 for what is not among the nearest; empty where no vectors were searched.
    """

    passage: Passage
    score: float
    rank: int
    part: int = 0
    nearness: tuple[float, ...] = ()


class Embedder(Protocol):
    """Turns texts into vectors of length 1.

    `fingerprint` changes when the vectors would: an index remembers it.
    """

    @property
    def name(self) -> str:
        """What a person calls the model."""
        ...

    @property
    def fingerprint(self) -> str:
        """Names everything that the vectors depend on."""
        ...

    def embed_documents(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """float32, shape (n_texts, dimension), rows of length 1. `progress` hears how many are done."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """float32, shape (dimension,), of length 1."""
        ...


@runtime_checkable
class Judge(Protocol):
    """Reads a question and a text together: slower than comparing vectors, and surer."""

    def judge(self, query: str, texts: Sequence[str]) -> Judgements:
        """float32, shape (n_texts, 2): log-odds of being relevant and of holding the answer."""
        ...


class NearestVectors(Protocol):
    """Finds the parts of passages whose vectors are nearest."""

    @property
    def notice(self) -> str:
        """What a person must know who gets no vectors, in one Chinese line; empty where all is well."""
        ...

    def nearest(
        self, vector: Vectors, *, k: int, within: frozenset[str] | None = None
    ) -> tuple[tuple[int, float], ...]:
        """(place of the part, cosine similarity) of at most k parts, best first.

        `within` limits them to documents by their ids.
        """
        ...


@runtime_checkable
class Retriever(Protocol):
    """Ranks passages for a query."""

    def retrieve(
        self, query: str, *, k: int, within: frozenset[str] | None = None
    ) -> tuple[Hit, ...]:
        """At most k hits, best first; ties in the order of the passages; an empty query gives none.

        `within` limits them to documents by their ids.
        """
        ...


class Words(Protocol):
    """Cuts text into words."""

    def tokenize(self, text: str) -> list[str]:
        """The words of a text, in order."""
        ...


class PassageSource(Protocol):
    """A retriever that also tells its passages, its words and how it reads a query."""

    def retrieve(
        self, query: "str | Query", *, k: int, within: frozenset[str] | None = None
    ) -> tuple[Hit, ...]:
        """As a Retriever; also takes a query that was read already."""
        ...

    @property
    def passages(self) -> Sequence[Passage]:
        """All passages, in order; a hit names one of them."""
        ...

    @property
    def tokenizer(self) -> Words:
        """What cuts queries and passages into words."""
        ...

    @property
    def notice(self) -> str:
        """What whoever asks must know about the search, in one Chinese line; mostly empty."""
        ...

    @property
    def reader(self) -> "Reader":
        """What reads queries with the index's words."""
        ...

    @property
    def judge(self) -> Judge | None:
        """What reads a question and a sentence together; None where the embedder cannot."""
        ...


def hit_json(hit: Hit) -> dict[str, Any]:
    """A hit as it leaves the program; `text` is the passage mended for reading."""
    passage = hit.passage
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "document_id": passage.document_id,
        "section_id": passage.section_id,
        "address": passage.address,
        "text": passage.text,
        "start": passage.span.start,
        "end": passage.span.end,
    }
