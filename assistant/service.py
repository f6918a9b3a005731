"""The HTTP service: the API of the design, and the page mounted beside it."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated, Any, Literal

import click
from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from assistant.endpoints import make_router
from assistant.feedback import FeedbackStore
from assistant.pipeline import open_assistant
from assistant.question import check_question
from assistant.settings import Settings
from assistant.site import Site
from assistant.staff import Staff
from assistant.types import Turn, answer_json
from assistant.web import completions, health, journal, server
from assistant.web.events import streamed, wants_events
from assistant.web.guard import Guard, error_body
from assistant.web.limits import MAX_TURN_CHARACTERS, MAX_TURNS, Access
from assistant.web.manual import manual
from assistant.web.rate import Buckets
from corpus.errors import BusyError, InputError, WenguiError
from index.types import hit_json

BROKEN = "程序内部出错,这个请求没有完成。请再试一次;仍然不行,请把时间告诉维护的人。"


class TurnBody(BaseModel):
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=MAX_TURN_CHARACTERS)]


class AskBody(BaseModel):
    """A question with the conversation before it."""

    question: str
    history: Annotated[list[TurnBody], Field(max_length=MAX_TURNS)] = []


def _reply(request: Request, message: str, status: int, retry_seconds: int = 0) -> JSONResponse:
    headers = {"retry-after": str(retry_seconds)} if retry_seconds else None
    body = error_body(request.url.path, message, status)
    return JSONResponse(body, status_code=status, headers=headers)


def _error(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, BusyError):
        return _reply(request, str(error), 503, error.retry_seconds)
    return _reply(request, str(error), 400 if isinstance(error, InputError) else 503)


def _unfit(request: Request, error: Exception) -> JSONResponse:
    """What does not fit the description of a request; what was sent is not repeated."""
    found = error.errors()[0] if isinstance(error, RequestValidationError) else {}
    place = ".".join(str(part)[:50] for part in found.get("loc", ())) or "内容"
    shown = place.encode(errors="replace").decode()
    return _reply(request, f"请求的 {shown} 不合要求({found.get('type', '')})。请对照 /docs。", 422)


def _refused(request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    known = {404: "没有这个地址。", 405: "这个地址不接受这种请求。", 400: "请求的内容读不懂。"}
    return _reply(request, known.get(status, HTTPStatus(status).phrase), status)


def _broken(request: Request, _: Exception) -> JSONResponse:
    """A bug: its traceback goes to the log, not to who asked."""
    return _reply(request, BROKEN, 500)


def _in_chinese(app: FastAPI) -> None:
    """Let an application say what went wrong as we say it."""
    app.add_exception_handler(WenguiError, _error)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _broken)


def _add_questions(api: FastAPI, site: Site) -> None:
    @api.post(
        "/api/ask",
        summary="提问;带 Accept: text/event-stream 时边写边送,最后一个事件 done 是完整的回答",
        response_model=None,
    )
    async def ask(body: AskBody, request: Request) -> dict[str, Any] | Response:
        history = [Turn(turn.role, turn.content) for turn in body.history]
        question = check_question(body.question)
        if wants_events(request.headers.get("accept", "")):
            return await streamed(site.desk.astream(question, history))
        return answer_json(await site.desk.answer(question, history))

    @api.get("/api/search", summary="与一句话最相关的段落")
    async def search(
        q: Annotated[str, Query(description="问题")], k: Annotated[int, Query(ge=1, le=100)] = 10
    ) -> dict[str, Any]:
        hits = [hit_json(hit) for hit in await site.desk.search(check_question(q), k=k)]
        notice = site.assistant.retriever.notice
        return {"hits": hits, **({"notice": notice} if notice else {})}


def make_api(site: Site) -> FastAPI:
    """The API over a site: /api/…, /v1/…, /healthz, /readyz, /metrics, and the page that describes them."""
    api = FastAPI(
        title="问规 Wengui",
        description="向规划提问,得到带出处的回答。",
        docs_url=None,
        redoc_url=None,
    )
    _in_chinese(api)
    _add_questions(api, site)
    for router in (make_router(site), completions.make_router(site.desk), health.make_router(site)):
        api.include_router(router)

    @api.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(manual(api.openapi()))

    return api


def guarded(site: Site, app: ASGIApp) -> Guard:
    """An application behind the site's limits and access."""
    return Guard(app, site.access, Buckets(site.limits.per_minute), site.metrics)


def make_app(site: Site) -> Guard:
    """The API with the page mounted at its root, agents' tools among it, all behind the guard."""
    import gradio as gr

    from assistant.app import agents, plan
    from assistant.app.page import appearance, build_page

    page = build_page(site)
    waiting = site.limits.at_once + site.limits.waiting
    # The desk holds the line; Gradio's own lets everybody come to it.
    page.queue(default_concurrency_limit=waiting, max_size=2 * waiting)
    api = make_api(site)
    api.include_router(plan.make_router(site))
    mounted = gr.mount_gradio_app(
        api, page, path="/", mcp_server=True, run_history=False, enable_monitoring=False,
        ssr_mode=False, show_error=False, max_file_size=0, **appearance(),
    )  # fmt: skip
    agents.only_tools(page)
    # Its own handler repeats what was sent, and fails where that cannot be written.
    _in_chinese(mounted.routes[-1].app)
    return guarded(site, mounted)


def _steps(settings: Settings, staff: Staff, access: Access) -> Iterator[tuple[str, Any]]:
    yield "打开索引", None
    assistant = open_assistant(settings)
    site = Site(
        assistant=assistant,
        feedback=FeedbackStore(settings.feedback_file),
        results_folder=settings.results_folder,
        staff=staff,
        limits=settings.limits,
        access=access,
    )
    yield "载入嵌入模型", None
    assistant.load_models()
    yield "准备网页", None
    yield "", (site, make_app(site))


def run(
    settings: Settings,
    *,
    host: str,
    port: int,
    staff: Staff | None = None,
    access: Access | None = None,
) -> None:
    """Serve until the process is told to stop; each step of the start is shown."""
    listener = server.bound(host, port)
    made: Any = None
    with listener:
        for message, made in _steps(settings, staff or Staff(), access or Access()):  # noqa: B007 - the last brings it
            if message:
                click.echo(f"· {message}", err=True)
        # Whoever reads the address may follow it at once: it waits until the server takes it.
        listener.listen()
        shown = f"[{host}]" if ":" in host else host
        click.echo(
            f"网页已打开:http://{shown}:{listener.getsockname()[1]} (按 Ctrl+C 结束)", err=True
        )
        journal.keep_journal(questions=settings.log_questions)
        site, app = made
        server.serve(
            app, listener, site.desk, grace_seconds=settings.answer_timeout_seconds,
            trusted_proxies=settings.trusted_proxies,
        )  # fmt: skip
