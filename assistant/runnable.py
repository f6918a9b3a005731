"""The seam to LangChain for answering: the pipeline as a Runnable whose steps callbacks can see."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NotRequired

from langchain_core.callbacks import CallbackManagerForChainRun
from langchain_core.runnables import (
    Runnable,
    RunnableConfig,
    RunnableGenerator,
    RunnableLambda,
)
from langchain_core.runnables.config import run_in_executor
from typing_extensions import (
    TypedDict,
)  # pydantic wants this one for Ask's schema before Python 3.12

from assistant.draft import Statement
from assistant.generate import Brief, Written, ground
from assistant.pipeline import Assistant, Retrieved
from assistant.question import Question
from assistant.types import Answer, Turn


class Ask(TypedDict):
    """The input of the Runnable: a question with the conversation before it."""

    question: str
    history: NotRequired[list[Turn]]


def _each(step: Callable[[Any], Iterator[str]]) -> Callable[[Iterator[Any]], Iterator[str]]:
    """A step over a stream of inputs."""

    def over(inputs: Iterator[Any]) -> Iterator[str]:
        for value in inputs:
            yield from step(value)

    return over


@dataclass(frozen=True, slots=True)
class _Steps:
    """The steps of an assistant, each a Runnable under its name."""

    read: Runnable[Ask, Question]
    retrieve: Runnable[Question, Retrieved]
    compose: Runnable[Retrieved, Answer]
    generate: Runnable[Brief, str]
    ground: Runnable[Written, Statement | None]


def _steps(assistant: Assistant) -> _Steps:
    writer = assistant.writer
    generate = writer.generate if writer else lambda _: iter(())

    def read(ask: Ask) -> Question:
        return assistant.read(ask["question"], ask.get("history", []))

    return _Steps(
        read=RunnableLambda(read, name="read"),
        retrieve=RunnableLambda(assistant.retrieve, name="retrieve"),
        compose=RunnableLambda(assistant.compose, name="compose"),
        generate=RunnableGenerator(_each(generate), name="generate"),
        ground=RunnableLambda(ground, name="ground"),
    )


class AnswerRunnable(Runnable[Ask, Answer]):
    """From Ask to Answer. `stream` yields the growing answer, its last value is what `invoke` returns.

    Callbacks see the steps read, retrieve and compose, and where a language model writes, generate (with
    the model's own run in it) and ground, once for each sentence.
    """

    name = "wengui"

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._steps = _steps(assistant)

    def _answers(self, ask: Ask, config: RunnableConfig) -> Iterator[Answer]:
        started = time.perf_counter()
        steps = self._steps
        found = steps.retrieve.invoke(steps.read.invoke(ask, config), config)
        extracted = steps.compose.invoke(found, config)
        answers = self._assistant.write(
            found,
            extracted,
            generate=lambda brief: steps.generate.stream(brief, config),
            ground=lambda written: steps.ground.invoke(written, config),
        )
        for answer in answers:
            yield replace(answer, elapsed_ms=round((time.perf_counter() - started) * 1000))

    def invoke(self, input: Ask, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002, ANN401 - LangChain's own
        """The whole answer."""

        def whole(
            ask: Ask, run_manager: CallbackManagerForChainRun, config: RunnableConfig
        ) -> Answer:
            *_, answer = self._answers(ask, config)
            return answer

        return self._call_with_config(whole, input, config, **kwargs)

    def stream(
        self,
        input: Ask,  # noqa: A002 - LangChain's name for it
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401 - LangChain's own
    ) -> Iterator[Answer]:
        """The answer growing; the last value is the whole answer."""

        def growing(
            asks: Iterator[Ask], run_manager: CallbackManagerForChainRun, config: RunnableConfig
        ) -> Iterator[Answer]:
            for ask in asks:
                yield from self._answers(ask, config)

        yield from self._transform_stream_with_config(iter([input]), growing, config, **kwargs)

    async def astream(
        self,
        input: Ask,  # noqa: A002 - LangChain's name for it
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401 - LangChain's own
    ) -> AsyncIterator[Answer]:
        """As `stream`, in threads."""
        answers = self.stream(input, config, **kwargs)
        while (answer := await run_in_executor(config, next, answers, None)) is not None:
            yield answer


def as_runnable(assistant: Assistant) -> Runnable[Ask, Answer]:
    """The pipeline as a Runnable: invoke, batch, stream and their async variants."""
    return AnswerRunnable(assistant)


def as_text_stream(assistant: Assistant) -> Runnable[Ask, str]:
    """A Runnable that streams the answer's text piece by piece.

    The pieces joined are the text; where a model's first sentences had to be withdrawn, the text that
    stands follows them after a blank line.
    """
    answers = as_runnable(assistant)

    def pieces(asks: Iterator[Ask]) -> Iterator[str]:
        for ask in asks:
            shown = ""
            for answer in answers.stream(ask):
                yield _further(shown, answer.text)
                shown = answer.text

    async def async_pieces(asks: AsyncIterator[Ask]) -> AsyncIterator[str]:
        async for ask in asks:
            shown = ""
            async for answer in answers.astream(ask):
                yield _further(shown, answer.text)
                shown = answer.text

    return RunnableGenerator(pieces, async_pieces, name="wengui-stream")


def _further(shown: str, text: str) -> str:
    return text.removeprefix(shown) if text.startswith(shown) else f"\n\n{text}"
