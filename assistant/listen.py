"""A language model's reply, piece by piece, within limits; whatever goes wrong has one name."""

import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING

from assistant.models import LanguageModel
from assistant.prompts import REACHABLE
from assistant.written import without_thoughts
from corpus.errors import ModelError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

# Five sentences are asked for; a model that thinks aloud writes some thousand characters before.
MAX_CHARACTERS = 2_000
MAX_THOUGHTS = 20_000
# What a server that is busy (429) or broken (5xx) is given before it is asked once more.
RETRY_SECONDS = 0.5
SEE_LOG = "请稍后再试,或查看它的日志。"
CHECK_SETTINGS = "请检查设置 llm 和 llm_base_url,或清空 WENGUI_LLM。"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def status_of(error: BaseException) -> int | None:
    """The HTTP status that an error of a provider's package carries, if any."""
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else None


def _of_status(status: int) -> ModelError:
    if status in {401, 403}:
        return ModelError(f"不接受密钥(HTTP {status})", "请检查环境变量 WENGUI_LLM_API_KEY。")
    if status == 404:
        return ModelError(f"的地址或名称不对(HTTP {status})", CHECK_SETTINGS)
    if status == 429:
        return ModelError(f"太忙或额度已用完(HTTP {status})", "请稍后再试。", passing=True)
    if status >= 500:
        return ModelError(f"的服务出错(HTTP {status})", SEE_LOG, passing=True)
    return ModelError(f"不接受这个请求(HTTP {status})", CHECK_SETTINGS)


def _broken_off() -> ModelError:
    return ModelError("的回答中断了", SEE_LOG)


def as_model_error(error: BaseException) -> ModelError:
    """What went wrong in Chinese. Providers have no common errors: status and class names must tell.

    The error's own text is left out: servers repeat keys in it.
    """
    if isinstance(error, ModelError):
        return error
    if (status := status_of(error)) is not None:
        return _of_status(status)
    names = " ".join(cls.__name__ for each in _chain(error) for cls in type(each).__mro__)
    if "Timeout" in names:
        return ModelError("没有及时回答", "请调大 llm_timeout_seconds,或换一个快些的模型。")
    if "ConnectError" in names or "ConnectionRefused" in names:
        return ModelError("连接不上", CHECK_SETTINGS)
    return _broken_off()


def _read(chat: "BaseChatModel", messages: "Sequence[BaseMessage]") -> Generator[str, None, None]:
    """The texts of the chunks; ModelError where the reply did not come to its own end."""
    reason, tells = None, False
    for chunk in chat.stream(list(messages)):
        metadata = chunk.response_metadata
        reason = metadata.get("finish_reason") or reason
        # This protocol says how a reply ended; one that never said so was broken off.
        tells = tells or metadata.get("model_provider") == "openai"
        if chunk.text:
            yield str(chunk.text)
    if reason in {"length", "content_filter"}:
        raise ModelError("没有把话说完", "请调大它一次能写的长度,或换一个模型。")
    if tells and reason is None:
        raise _broken_off()


def _attempt(
    chat: "BaseChatModel", messages: "Sequence[BaseMessage]", deadline: float
) -> Iterator[str]:
    """The reply to one request, read by a thread: a server that is silent cannot hold the asker.

    A thread that is given up ends at the next chunk, or when the client's own time is over.
    """
    heard: SimpleQueue[str | BaseException | None] = SimpleQueue()
    given_up = Event()

    def read() -> None:
        try:
            with closing(_read(chat, messages)) as pieces:
                for piece in pieces:
                    if given_up.is_set():
                        return
                    heard.put(piece)
            heard.put(None)
        except Exception as error:  # noqa: BLE001 - providers raise anything; the asker says what
            heard.put(error)

    # The context carries LangChain's callbacks to the thread.
    Thread(target=copy_context().run, args=(read,), daemon=True).start()
    try:
        while (piece := _next(heard, deadline)) is not None:
            yield piece
    finally:
        given_up.set()


def _next(heard: "SimpleQueue[str | BaseException | None]", deadline: float) -> str | None:
    try:
        piece = heard.get(timeout=max(0.0, deadline - time.monotonic()))
    except Empty:
        raise as_model_error(TimeoutError()) from None
    if isinstance(piece, BaseException):
        raise as_model_error(piece) from piece
    return piece


def _limited(pieces: Iterable[str], max_characters: int) -> Iterator[str]:
    used = 0
    for piece in pieces:
        used += len(piece)
        if used > max_characters:
            raise ModelError("说个没完", "请换一个模型。")
        yield piece


def _pieces(model: LanguageModel, messages: "Sequence[BaseMessage]") -> Iterator[str]:
    deadline = time.monotonic() + model.timeout_seconds
    begun = False
    try:
        for piece in _attempt(model.chat, messages, deadline):
            begun = True
            yield piece
    except ModelError as error:
        if begun or not error.passing or time.monotonic() + RETRY_SECONDS >= deadline:
            raise
        time.sleep(RETRY_SECONDS)
        yield from _attempt(model.chat, messages, deadline)


def listen(model: LanguageModel, messages: "Sequence[BaseMessage]") -> Iterator[str]:
    """The reply piece by piece, without thoughts. Busy or broken servers are asked once more.

    Raises ModelError, whatever went wrong: no connection, an error status, too long, too late, broken off.
    """
    heard = _limited(_pieces(model, messages), MAX_THOUGHTS + MAX_CHARACTERS)
    yield from _limited(without_thoughts(heard), MAX_CHARACTERS)


def try_out(model: LanguageModel) -> None:
    """Ask for one word, unstreamed; ModelError where the model does not reply."""
    try:
        model.chat.invoke(REACHABLE)
    except Exception as error:
        raise as_model_error(error) from error
