"""The seam to LangChain for retrieval: our retriever as a BaseRetriever, our embedder as Embeddings."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index.types import Embedder, Hit, Retriever, hit_json


class LangChainEmbeddings(Embeddings):
    """Our embedder where LangChain expects its own."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text."""
        return [list(map(float, row)) for row in self.embedder.embed_documents(texts)]

    def embed_query(self, text: str) -> list[float]:
        """The vector of a query."""
        return list(map(float, self.embedder.embed_query(text)))


def _document(hit: Hit) -> LangChainDocument:
    metadata = {name: value for name, value in hit_json(hit).items() if name != "text"}
    return LangChainDocument(
        id=hit.passage.passage_id, page_content=hit.passage.text, metadata=metadata
    )


class LangChainRetriever(BaseRetriever):
    """Our retriever where LangChain expects its own; score and address stand in the metadata."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    k: int = 10

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[LangChainDocument]:
        hits = self.retriever.retrieve(query, k=self.k if k is None else k)
        return [_document(hit) for hit in hits]
