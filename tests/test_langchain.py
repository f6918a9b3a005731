"""The retriever where LangChain expects one: its standard tests, and what stands in the metadata."""

import asyncio
from typing import Any

import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from assistant.pipeline import Assistant
from index.langchain import LangChainRetriever


class TestStandard(RetrieversIntegrationTests):
    """LangChain's own tests, sync and async."""

    @pytest.fixture(autouse=True)
    def _over_the_plan(self, hashing_assistant: Assistant) -> None:
        self._retriever = hashing_assistant.retriever

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return LangChainRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"retriever": self._retriever}

    @property
    def retriever_query_example(self) -> str:
        return "高中阶段毛入学率"


def test_metadata_holds_score_and_address(hashing_assistant: Assistant) -> None:
    retriever = LangChainRetriever(retriever=hashing_assistant.retriever, k=3)
    documents = retriever.invoke("普通话普及率")
    hits = hashing_assistant.retriever.retrieve("普通话普及率", k=3)
    for document, hit in zip(documents, hits, strict=True):
        passage = hit.passage
        assert document.id == passage.passage_id
        assert document.page_content == passage.text
        assert document.metadata["score"] == pytest.approx(hit.score, abs=1e-6)
        assert document.metadata["address"] == passage.address
        assert document.metadata["rank"] == hit.rank
        start, end = document.metadata["start"], document.metadata["end"]
        whole = hashing_assistant.documents[document.metadata["document_id"]]
        assert whole.text[start:end] == whole.quote(passage.span)


async def test_async_gives_the_same(hashing_assistant: Assistant) -> None:
    retriever = LangChainRetriever(retriever=hashing_assistant.retriever, k=4)
    both = await asyncio.gather(retriever.ainvoke("教师"), retriever.ainvoke("校园"))
    assert list(both) == [retriever.invoke("教师"), retriever.invoke("校园")]
