"""OpenAI's chat protocol, so that chat programs there are can ask: /v1/chat/completions and /v1/models.

The last message is the question, those of user and assistant before it the conversation; system messages
change nothing, for every answer is quoted from the documents. Temperature, tools and the like are ignored.
"""

import json
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field, StringConstraints

from assistant.compose import QUOTES_TITLE
from assistant.question import check_question
from assistant.types import Answer, Turn, citation_json
from assistant.web.desk import Desk
from assistant.web.events import STREAM_HEADERS, first_of
from assistant.web.guard import error_body
from assistant.web.limits import MAX_TURN_CHARACTERS, MAX_TURNS
from corpus.errors import InputError, WenguiError

MODEL = "wengui"
REPLACED = "\n\n(以上的话核对时未能成立,请以下面的为准。)\n\n"
Text = Annotated[str, StringConstraints(max_length=MAX_TURN_CHARACTERS)]


class Part(BaseModel):
    """A piece of a message's content; only text is understood."""

    type: str = "text"
    text: Text = ""


class Message(BaseModel):
    """One message."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | Annotated[list[Part], Field(max_length=MAX_TURNS)] | None = None

    @property
    def words(self) -> str:
        """The text of the message."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class CompletionBody(BaseModel):
    """What a chat program sends; what is not named here is ignored."""

    model: str = MODEL
    messages: Annotated[list[Message], Field(min_length=1, max_length=MAX_TURNS)]
    stream: bool = False


def read_messages(messages: list[Message]) -> tuple[str, list[Turn]]:
    """The question and the conversation before it; InputError where the last word is not the user's."""
    if messages[-1].role != "user":
        raise InputError("最后一条消息要是 user 的问题。")
    history = [
        Turn("user" if message.role == "user" else "assistant", message.words)
        for message in messages[:-1]
        if message.role in {"user", "assistant"}
    ]
    return check_question(messages[-1].words), history


def content_of(answer: Answer) -> str:
    """The answer's text, every citation in it: the list that it lacks is added, and the notice."""
    parts = [answer.text]
    if answer.citations and QUOTES_TITLE not in answer.text:
        lines = [f"[{c.number}] “{c.quote}” ——{c.address}" for c in answer.citations]
        parts.append("\n".join([QUOTES_TITLE, *lines]))
    if answer.notice:
        parts.append(f"({answer.notice})")
    return "\n\n".join(parts)


def _citations(answer: Answer) -> list[dict[str, Any]]:
    return [citation_json(citation) for citation in answer.citations]


def _object(kind: str, choice: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{uuid4().hex}",
        "object": kind,
        "created": int(time.time()),
        "model": MODEL,
        "choices": [{"index": 0, "finish_reason": None, **choice}],
    }


def completion(answer: Answer) -> dict[str, Any]:
    """An answer as one object; `citations` stand beside the content too."""
    message = {
        "role": "assistant",
        "content": content_of(answer),
        "refusal": None,
        "citations": _citations(answer),
    }
    return _object("chat.completion", {"message": message, "finish_reason": "stop"})


async def _chunks(answers: AsyncIterator[Answer]) -> AsyncIterator[str]:
    """The answer as events: what was sent cannot be taken back, so a text that goes another way says so."""
    chunk = _object("chat.completion.chunk", {})

    def data(delta: dict[str, Any], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return f"data: {json.dumps({**chunk, 'choices': [choice]}, ensure_ascii=False)}\n\n"

    yield data({"role": "assistant", "content": ""})
    sent, answer = "", None
    try:
        async for answer in answers:
            if answer.text.startswith(sent):
                yield data({"content": answer.text[len(sent) :]})
                sent = answer.text
    except WenguiError as error:
        yield f"data: {json.dumps(error_body('/v1', str(error), 503), ensure_ascii=False)}\n\n"
        return
    if answer:
        whole = content_of(answer)
        rest = whole[len(sent) :] if whole.startswith(sent) else REPLACED + whole
        yield data({"content": rest, "citations": _citations(answer)}, "stop")
    yield "data: [DONE]\n\n"


def make_router(desk: Desk) -> APIRouter:
    """/v1/chat/completions and /v1/models."""
    router = APIRouter(prefix="/v1", tags=["OpenAI 协议"])
    model = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}

    @router.get("/models", summary="有哪些模型:一个")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [model]}

    @router.get("/models/{name}", summary="一个模型", response_model=None)
    def one_model(name: str) -> dict[str, Any] | JSONResponse:
        return model if name == MODEL else _no_model(name)

    @router.post("/chat/completions", summary="提问(OpenAI 协议)", response_model=None)
    async def complete(body: CompletionBody) -> dict[str, Any] | JSONResponse | StreamingResponse:
        if body.model != MODEL:
            return _no_model(body.model)
        question, history = read_messages(body.messages)
        if not body.stream:
            return completion(await desk.answer(question, history))
        answers = await first_of(desk.astream(question, history))
        return StreamingResponse(
            _chunks(answers), media_type="text/event-stream", headers=STREAM_HEADERS
        )

    return router


def _no_model(name: str) -> JSONResponse:
    shown = name[:100].encode(errors="replace").decode()
    return JSONResponse(error_body("/v1", f"没有模型 {shown},请用 {MODEL}。", 404), status_code=404)
