"""An answer as server-sent events: it grows, then comes whole."""

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi.responses import StreamingResponse

from assistant.types import Answer, answer_json
from corpus.errors import WenguiError

# Proxies must hand each event on at once.
STREAM_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


def wants_events(accept: str) -> bool:
    """Whether an Accept header asks for events.

    >>> wants_events("application/json"), wants_events("text/event-stream, */*")
    (False, True)
    """
    return "text/event-stream" in accept.lower()


def event(name: str, data: dict[str, Any]) -> str:
    """One event; JSON has no line breaks, so it is one line of data."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def first_of(answers: AsyncIterator[Answer]) -> AsyncIterator[Answer]:
    """The same answers, the first already there: what goes wrong before it still has a status of its own."""
    first = await anext(answers)

    async def again() -> AsyncIterator[Answer]:
        yield first
        async for answer in answers:
            yield answer

    return again()


async def _events(answers: AsyncIterator[Answer]) -> AsyncIterator[str]:
    answer = None
    try:
        async for answer in answers:
            yield event("answer", {"answer": answer.text})
    except WenguiError as error:
        yield event("error", {"error": str(error)})
        return
    if answer:
        yield event("done", answer_json(answer))


async def streamed(answers: AsyncIterator[Answer]) -> StreamingResponse:
    """Events `answer` ({"answer": the text so far}), then `done` with the whole answer, or `error`.

    WenguiError where not even the first could be had.
    """
    started = await first_of(answers)
    return StreamingResponse(
        _events(started), media_type="text/event-stream", headers=STREAM_HEADERS
    )
