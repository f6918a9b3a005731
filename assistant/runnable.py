"""The seam to LangChain for answering: the pipeline as a Runnable whose steps callbacks can see."""

from collections.abc import Iterator
from typing import NotRequired, TypedDict

from langchain_core.runnables import Runnable, RunnableGenerator, RunnableLambda

from assistant.pipeline import Assistant, Retrieved
from assistant.question import Question
from assistant.types import Answer, Turn


class Ask(TypedDict):
    """The input of the Runnable: a question with the conversation before it."""

    question: str
    history: NotRequired[list[Turn]]


def as_runnable(assistant: Assistant) -> Runnable[Ask, Answer]:
    """A Runnable from Ask to Answer: invoke, batch and async; read, retrieve and compose are its steps."""

    def read_ask(ask: Ask) -> Question:
        return assistant.read(ask["question"], ask.get("history", []))

    read: Runnable[Ask, Question] = RunnableLambda(read_ask, name="read")
    retrieve: Runnable[Question, Retrieved] = RunnableLambda(assistant.retrieve, name="retrieve")
    compose: Runnable[Retrieved, Answer] = RunnableLambda(assistant.compose, name="compose")
    return (read | retrieve | compose).with_config(run_name="wengui")


def as_text_stream(assistant: Assistant) -> Runnable[Ask, str]:
    """A Runnable that streams the answer's text piece by piece; the pieces joined are the text."""

    def pieces(asks: Iterator[Ask]) -> Iterator[str]:
        for ask in asks:
            shown = ""
            for answer in assistant.stream(ask["question"], ask.get("history", [])):
                yield answer.text[len(shown) :]
                shown = answer.text

    return RunnableGenerator(pieces, name="wengui-stream")
