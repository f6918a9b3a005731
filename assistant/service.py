"""The HTTP service: the API of the design, and the page mounted beside it."""

import socket
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import click
import uvicorn
from fastapi import FastAPI, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from assistant.endpoints import make_router
from assistant.feedback import FeedbackStore
from assistant.pipeline import open_assistant
from assistant.question import check_question
from assistant.settings import Settings
from assistant.site import Site
from assistant.staff import Staff
from assistant.types import Turn, answer_json
from corpus.errors import InputError, ServeError, WenguiError
from index.types import hit_json


class TurnBody(BaseModel):
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    content: str


class AskBody(BaseModel):
    """A question with the conversation before it."""

    question: str
    history: list[TurnBody] = []


def _error(request: Request, error: Exception) -> JSONResponse:
    status = 400 if isinstance(error, InputError) else 503
    return JSONResponse({"error": str(error)}, status_code=status)


def make_api(site: Site) -> FastAPI:
    """The API over a site: /api/…, /healthz, and its OpenAPI page."""
    api = FastAPI(title="问规 Wengui", description="向规划提问,得到带出处的回答。")
    api.add_exception_handler(WenguiError, _error)
    api.include_router(make_router(site))
    assistant = site.assistant

    @api.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @api.post("/api/ask")
    async def ask(body: AskBody) -> dict[str, Any]:
        history = [Turn(turn.role, turn.content) for turn in body.history]
        return answer_json(await run_in_threadpool(assistant.answer, body.question, history))

    @api.get("/api/search")
    def search(
        q: Annotated[str, Query(description="问题")], k: Annotated[int, Query(ge=1, le=100)] = 10
    ) -> dict[str, Any]:
        hits = [hit_json(hit) for hit in assistant.search(check_question(q), k=k)]
        notice = assistant.retriever.notice
        return {"hits": hits, **({"notice": notice} if notice else {})}

    return api


def make_app(site: Site) -> FastAPI:
    """The API with the page mounted at its root."""
    import gradio as gr

    from assistant.app import plan
    from assistant.app.page import appearance, build_page

    page = build_page(site)
    page.queue(default_concurrency_limit=4)
    api = make_api(site)
    api.include_router(plan.make_router(site))
    return gr.mount_gradio_app(api, page, path="/", **appearance())


def _bound(host: str, port: int) -> socket.socket:
    """A listening socket; ServeError where the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ServeError(
            f"地址 {host}:{port} 不能使用({error.strerror or error})。"
            "请换一个端口,例如 wengui serve --port 7861,或先关闭占用它的程序。"
        ) from error
    return listener


def _steps(settings: Settings, staff: Staff) -> Iterator[tuple[str, Any]]:
    yield "打开索引", None
    assistant = open_assistant(settings)
    site = Site(
        assistant=assistant,
        feedback=FeedbackStore(settings.feedback_file),
        results_folder=settings.results_folder,
        staff=staff,
    )
    yield "载入嵌入模型", None
    assistant.search("预热", k=1)
    yield "准备网页", None
    yield "", make_app(site)


def run(settings: Settings, *, host: str, port: int, staff: Staff | None = None) -> None:
    """Serve until the process is told to stop; each step of the start is shown."""
    listener = _bound(host, port)
    app: Any = None
    with listener:
        for message, app in _steps(settings, staff or Staff()):  # noqa: B007 - the last step brings the app
            if message:
                click.echo(f"· {message}", err=True)
        shown = f"[{host}]" if ":" in host else host
        click.echo(
            f"网页已打开:http://{shown}:{listener.getsockname()[1]} (按 Ctrl+C 结束)", err=True
        )
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5)
        uvicorn.Server(config).run(sockets=[listener])
