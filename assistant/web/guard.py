"""What stands before every endpoint: size, name, token and rate; what every reply carries; the log line."""

import json
import time
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.body import MCP, read_body, readable, replayed
from assistant.web.journal import note
from assistant.web.limits import BODY_SECONDS, MAX_BODY_BYTES, Access
from assistant.web.metrics import Metrics
from assistant.web.rate import Buckets

# What of Gradio's own paths the page uses. The others hand out files, take uploads, fetch other hosts or
# call functions past the line; nothing here needs them.
_PAGE_CALLS = frozenset({
    "queue/join", "queue/data", "cancel", "reset", "startup-events", "theme.css",
    "app_id", "info", "user", "login_check", "mcp", "mcp/", "mcp/schema",
})  # fmt: skip
_CLOSED = frozenset({"login", "logout", "monitoring", "svelte", "custom_component"})
# What the token opens. The rest is the page and what the page shows to everybody.
_TOKEN = ("/api/ask", "/api/search", "/v1", MCP, "/metrics")
# What a request costs of a client's minute: a question 1; the page sends an event for each key pressed.
_QUESTION_COST, _OTHER_COST, _WRONG_TOKEN_COST = 1.0, 0.25, 5.0
_FREE = (
    "/healthz", "/readyz", "/metrics", "/static", "/assets", "/favicon.ico", "/theme.css",
    "/gradio_api/heartbeat", "/gradio_api/queue/data",
)  # fmt: skip
_PROBES = frozenset({"/healthz", "/readyz"})
_ENDPOINTS = (
    "/api/ask", "/api/search", "/api/targets", "/api/documents", "/api/feedback", "/v1/chat/completions",
    "/v1/models", MCP, "/gradio_api", "/page", "/staff", "/metrics", "/healthz", "/readyz", "/docs",
    "/openapi.json",
)  # fmt: skip
_SILENT = frozenset({"/gradio_api", "/metrics", "/healthz", "/readyz", "other"})
# The page's own scripts stand in it; nothing is ever taken from, or sent to, another host.
_CONTENT_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Turned:
    """A request that is not let in: status, reason, and the seconds after which it may come again."""

    status: HTTPStatus
    message: str
    retry_seconds: int = 0


def _under(path: str, *prefixes: str) -> bool:
    """Whether a path is one of the prefixes or lies below it."""
    return any(path == prefix or path.startswith(prefix + "/") for prefix in prefixes)


def endpoint_of(path: str) -> str:
    """The path's name in log and figures: one of a fixed few.

    >>> endpoint_of("/api/documents/x/sections/1"), endpoint_of("/../../etc/passwd")
    ('/api/documents', 'other')
    """
    return next((name for name in _ENDPOINTS if _under(path, name)), "other")


def error_body(path: str, message: str, status: int) -> dict[str, object]:
    """An error as the endpoint's clients expect it: OpenAI's shape below /v1, else {"error": message}."""
    if not _under(path, "/v1"):
        return {"error": message}
    kind = "invalid_request_error" if status < 500 else "server_error"
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}


def _is_closed(path: str) -> bool:
    """Whether a path is one of Gradio's that nothing here needs."""
    first, _, rest = path.lstrip("/").partition("/")
    if first == "gradio_api":
        return rest not in _PAGE_CALLS and not rest.startswith("heartbeat/")
    return first in _CLOSED


class Guard:
    """The outermost application: lets in what may come in, and marks every reply."""

    def __init__(self, app: ASGIApp, access: Access, buckets: Buckets, metrics: Metrics) -> None:
        self._app = app
        self._access = access
        self._buckets = buckets
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        else:  # nothing here speaks WebSocket
            await send({"type": "websocket.close", "code": 1000})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        status = 500

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        turned = None
        try:
            turned, receive = await self._let_in(scope, receive)
            if turned:
                await _turn_away(scope["path"], turned, marked)
            else:
                await self._app(scope, receive, marked)
        finally:
            self._written_down(scope, status, time.perf_counter() - started, turned)

    def _written_down(
        self, scope: Scope, status: int, seconds: float, turned: Turned | None
    ) -> None:
        endpoint = endpoint_of(scope["path"])
        self._metrics.requested(endpoint, status, seconds)
        if endpoint in _SILENT and status < 400:
            return
        # Who asked is written down only of those who were turned away: that is what a defence needs.
        client = {"client": _client(scope)} if turned else {}
        note(
            "request", method=scope["method"], endpoint=endpoint, status=status,
            ms=round(seconds * 1000), **client,
        )  # fmt: skip

    async def _let_in(self, scope: Scope, receive: Receive) -> tuple[Turned | None, Receive]:
        """Why a request is turned away, or None and the body, read whole, to go on with."""
        headers = Headers(scope=scope)
        if turned := self._may_come(scope, headers):
            return turned, receive
        if scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            return None, receive
        too_long = Turned(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"请求超过 {MAX_BODY_BYTES // 1024} KiB,请缩短。"
        )
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:18]) > MAX_BODY_BYTES:
            return too_long, receive
        try:
            body = await read_body(receive)
        except TimeoutError:
            return Turned(
                HTTPStatus.REQUEST_TIMEOUT, f"请求的内容在 {BODY_SECONDS:g} 秒内没有到齐。"
            ), receive
        if body is None:
            return too_long, receive
        turned = None if readable(scope["path"], body) else _UNREADABLE
        return turned, replayed(body, receive)

    def _may_come(self, scope: Scope, headers: Headers) -> Turned | None:
        path: str = scope["path"]
        client = _client(scope)
        if path in _PROBES:
            return None
        if not self._access.knows(headers.get("host", "")):
            return Turned(
                HTTPStatus.MISDIRECTED_REQUEST,
                "这里不以这个主机名提供服务。要用它,请写进设置 allowed_hosts。",
            )
        if _is_closed(path):
            return Turned(HTTPStatus.NOT_FOUND, "没有这个地址。")
        if _under(path, *_TOKEN) and not self._access.admits(headers.get("authorization", "")):
            seconds = self._buckets.take(client, _WRONG_TOKEN_COST)
            return _too_often(seconds) if seconds else _NO_TOKEN
        if _under(path, *_FREE) or path == "/":
            return None
        asks = endpoint_of(path) in {"/api/ask", "/api/search", "/v1/chat/completions", MCP}
        seconds = self._buckets.take(client, _QUESTION_COST if asks else _OTHER_COST)
        return _too_often(seconds) if seconds else None


_UNREADABLE = Turned(HTTPStatus.BAD_REQUEST, "请求的内容读不懂。")
_NO_TOKEN = Turned(
    HTTPStatus.UNAUTHORIZED, "请带上 API 令牌:Authorization: Bearer 令牌。令牌请向维护的人要。"
)


def _too_often(seconds: int) -> Turned:
    return Turned(
        HTTPStatus.TOO_MANY_REQUESTS, f"请求太频繁,请 {seconds} 秒后再试。", retry_seconds=seconds
    )


def _client(scope: Scope) -> str:
    return (scope.get("client") or ("", 0))[0]


async def _turn_away(path: str, turned: Turned, send: Send) -> None:
    body = json.dumps(error_body(path, turned.message, turned.status), ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    if turned.status == HTTPStatus.UNAUTHORIZED:
        headers.append((b"www-authenticate", b"Bearer"))
    if turned.status in {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.REQUEST_TIMEOUT}:
        headers.append((b"connection", b"close"))  # what is left of the body is not read
    if turned.retry_seconds:
        headers.append((b"retry-after", str(turned.retry_seconds).encode()))
    await send({"type": "http.response.start", "status": int(turned.status), "headers": headers})
    await send({"type": "http.response.body", "body": body})
