"""The systems that are measured side by side: the assistant and the baselines of tutorials."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from langchain_text_splitters import RecursiveCharacterTextSplitter

from assistant.pipeline import Assistant
from assistant.types import Answer, Citation, Turn
from corpus.types import BODY_KINDS, Document, Section, Span
from index.lexical import LexicalIndex
from index.passages import index_text, passages_of
from index.types import Embedder, Hit, Passage

CHUNK_CHARACTERS = 300
SEPARATORS = ["\n\n", "\n", "。", ";", ",", ""]


class AssistantSystem:
    """The assistant as it is."""

    name = "wengui"

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.documents: Mapping[str, Document] = assistant.documents
        self.passages: Sequence[Passage] = assistant.retriever.passages

    def search(self, query: str, *, k: int) -> Sequence[Hit]:
        """The assistant's passages."""
        return self.assistant.search(query, k=k)

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The assistant's answer."""
        return self.assistant.answer(question, history)


def _hits(passages: Sequence[Passage], scores: np.ndarray, k: int) -> tuple[Hit, ...]:
    order = np.argsort(-scores, kind="stable")[:k]
    return tuple(
        Hit(passage=passages[place], score=float(scores[place]), rank=rank)
        for rank, place in enumerate(order, start=1)
    )


class BestPassage:
    """Answers with the best passage as it stands, never refuses: the pipeline of tutorials."""

    name = ""
    passages: Sequence[Passage] = ()

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self.documents = documents

    def search(self, query: str, *, k: int) -> Sequence[Hit]:
        """The ranked passages for a query."""
        raise NotImplementedError

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The best passage, cited."""
        hits = self.search(question, k=1)
        if not hits:
            return Answer(question=question, standalone_question=question, text="")
        passage = hits[0].passage
        document = self.documents[passage.document_id]
        quote = document.quote(passage.span)
        citation = Citation(
            number=1,
            document_id=passage.document_id,
            section_id=passage.section_id,
            address=document.address(passage.section_id),
            quote=quote,
            span=passage.span,
            context=passage.span,
        )
        return Answer(
            question=question,
            standalone_question=question,
            text=" ".join(quote.split()),
            citations=(citation,),
            confidence=hits[0].score,
        )


def _section_at(document: Document, offset: int) -> Section:
    """The innermost section that holds an offset."""
    holding = [s for s in document.sections if s.span.start <= offset < s.span.end]
    return min(holding, key=lambda section: len(section.span))


def chunks(document: Document) -> tuple[Passage, ...]:
    """The body cut by a general splitter into chunks of at most 300 characters."""
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=CHUNK_CHARACTERS,
        chunk_overlap=0,
        separators=SEPARATORS,
        keep_separator="end",
        add_start_index=True,
    )
    body = [s.span.start for s in document.sections if s.kind in BODY_KINDS]
    first = min(body, default=0)
    parts = splitter.create_documents([document.text[first:]])
    passages = []
    for number, part in enumerate(parts):
        start = first + part.metadata["start_index"]
        section = _section_at(document, start)
        passages.append(
            Passage(
                passage_id=f"{document.document_id}#chunk{number}",
                document_id=document.document_id,
                section_id=section.section_id,
                kind="paragraph",
                paragraph=None,
                span=Span(start, start + len(part.page_content)),
                address=document.address(section.section_id),
                context=(),
                text=part.page_content,
            )
        )
    return tuple(passages)


class Tutorial(BestPassage):
    """General splitter, the same embedder, cosine similarity, best chunk as the answer."""

    name = "tutorial"

    def __init__(self, documents: Mapping[str, Document], embedder: Embedder) -> None:
        super().__init__(documents)
        self.passages = tuple(p for document in documents.values() for p in self._cut(document))
        self._embedder = embedder

    def _cut(self, document: Document) -> Sequence[Passage]:
        return chunks(document)

    @cached_property
    def _vectors(self) -> np.ndarray:
        return self._embedder.embed_documents([index_text(passage) for passage in self.passages])

    def search(self, query: str, *, k: int) -> Sequence[Hit]:
        """The nearest vectors."""
        return _hits(self.passages, self._vectors @ self._embedder.embed_query(query), k)


class Dense(Tutorial):
    """The assistant's passages by cosine similarity alone."""

    name = "dense"

    def _cut(self, document: Document) -> Sequence[Passage]:
        return tuple(passages_of(document))


class Lexical(BestPassage):
    """The assistant's passages by BM25 over jieba words alone."""

    name = "bm25"

    def __init__(self, assistant: Assistant) -> None:
        super().__init__(assistant.documents)
        self.passages = assistant.retriever.passages
        self._tokenize = assistant.retriever.tokenizer.tokenize
        words = [self._tokenize(index_text(passage)) for passage in self.passages]
        self._lexical = LexicalIndex.build(words)

    def search(self, query: str, *, k: int) -> Sequence[Hit]:
        """The highest BM25 scores."""
        return _hits(self.passages, self._lexical.scores(self._tokenize(query)), k)
