"""Looks at each part of the program in turn, up to one question answered end to end."""

import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from assistant.settings import Settings
from corpus.errors import (
    IndexStaleError,
    ServeError,
    SetupError,
    VectorServerError,
    WenguiError,
)

PACKAGES = (
    "langchain", "chromadb", "sentence-transformers", "gradio", "fastapi", "mcp", "jieba", "torch",
)  # fmt: skip
# Any question that the first document's own outline answers.
QUESTION = "重点任务有哪些?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A part, whether it works, and its state or what mends it."""

    part: str
    works: bool
    state: str


def _python(settings: Settings) -> str:
    return f"{platform.python_version()}({sys.executable})"


def _packages(settings: Settings) -> str:
    try:
        return "、".join(f"{name} {version(name)}" for name in PACKAGES)
    except PackageNotFoundError as error:
        raise SetupError(f"没有装 {error.name}。请在检出目录运行 make setup。") from error


def _library(settings: Settings) -> str:
    from corpus.library import Library

    titles = [document.metadata.title for document in Library(settings.library_folder).documents()]
    return f"{len(titles)} 份:{'、'.join(titles)}"


def _embedder(settings: Settings) -> str:
    from index.embedders import open_embedder

    embedder = open_embedder(settings.embedder, settings.cache_folder, settings.engine)
    vector = embedder.embed_query("教育")
    return f"{embedder.name},{vector.shape[0]} 维,引擎 {settings.engine}"


def _index(settings: Settings) -> str:
    from corpus.library import Library
    from index.retriever import open_retriever

    documents = Library(settings.library_folder).documents()
    retriever = open_retriever(settings.index, documents)
    if retriever.notice:
        raise VectorServerError(retriever.notice)
    return f"{len(retriever.passages)} 个段落"


def model_state(settings: Settings) -> str:
    """The language model and how long it took to reply; WenguiError where it does not work."""
    from assistant.listen import try_out
    from assistant.models import open_model

    model = open_model(settings.model)
    if model is None:
        return "没有设置,也不需要;要用的话,见 README 的“语言模型”一节"
    started = time.perf_counter()
    try_out(model)
    return f"{model.name}({round((time.perf_counter() - started) * 1000)} 毫秒)"


def _feedback(settings: Settings) -> str:
    from assistant.feedback import FeedbackStore

    count = sum(1 for _ in FeedbackStore(settings.feedback_file).rows())
    return f"{count} 条,{settings.feedback_file}"


def _page(settings: Settings) -> str:
    """Whether the page can be served, or is served already."""
    import httpx

    from assistant.web.server import bound

    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}"
    try:
        bound(settings.host, settings.port).close()
    except ServeError:
        try:
            ready = httpx.get(f"{address}/readyz", timeout=5).json()
        except (httpx.HTTPError, ValueError):
            ready = None
        if not isinstance(ready, dict) or "status" not in ready:
            raise
        if trouble := ready.get("error"):
            raise ServeError(f"{address} 正在运行,但不能回答:{trouble}") from None
        return f"{address} 正在运行,能回答"
    return f"{address} 空着,可以 wengui serve"


def _answer(settings: Settings) -> str:
    """One question end to end; each citation must stand in its document."""
    from assistant.pipeline import open_assistant

    started = time.perf_counter()
    assistant = open_assistant(settings)
    opened = round((time.perf_counter() - started) * 1000)
    answer = assistant.answer(QUESTION)
    for citation in answer.citations:
        if assistant.documents[citation.document_id].quote(citation.span) != citation.quote:
            raise IndexStaleError("引文与文件库里的原文不符。请运行 wengui index build。")
    return (
        f"“{QUESTION}”→ {answer.first_line}({len(answer.citations)} 条引文都在原文里;"
        f"打开 {opened} 毫秒,回答 {answer.elapsed_ms} 毫秒)"
    )


_PARTS: tuple[tuple[str, Callable[[Settings], str]], ...] = (
    ("Python", _python),
    ("依赖包", _packages),
    ("文件库", _library),
    ("嵌入模型", _embedder),
    ("索引", _index),
    ("语言模型", model_state),
    ("反馈", _feedback),
    ("网页", _page),
    ("问答", _answer),
)


def check_all(settings: Settings) -> Iterator[Finding]:
    """One finding for each part, as soon as it was looked at."""
    for part, look in _PARTS:
        try:
            yield Finding(part=part, works=True, state=look(settings))
        except WenguiError as error:
            yield Finding(part=part, works=False, state=str(error))
