"""The process that serves: the address, the start, and a stop that finishes what was begun."""

import asyncio
import signal
import socket
import time
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from assistant.web.desk import Desk
from corpus.errors import ServeError

# Connections that a page keeps open never end by themselves; what was answered has been sent by then.
_SEND_SECONDS = 2
# Longer than proxies and clients keep an idle connection, so that none is closed while a question is on its way.
IDLE_SECONDS = 75
# More connections than that are told 503 before anything is read from them.
_MAX_CONNECTIONS = 1000


def bound(host: str, port: int) -> socket.socket:
    """A socket at an address; ServeError where it cannot be had."""
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


class _Server(uvicorn.Server):
    """Told to stop, it takes no more questions, answers those in the line, then closes.

    A second signal closes at once.
    """

    def __init__(self, config: uvicorn.Config, desk: Desk, grace_seconds: float) -> None:
        super().__init__(config)
        self._desk = desk
        self._grace_seconds = grace_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal came."""
        self._desk.close()
        if self.should_exit and sig == signal.SIGTERM:
            self.force_exit = True
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close, after the line has emptied or the time for it is over."""
        self._desk.close()
        until = time.monotonic() + self._grace_seconds
        while not (self._desk.idle or self.force_exit) and time.monotonic() < until:
            await asyncio.sleep(0.05)
        await super().shutdown(sockets)


def serve(
    app: ASGIApp, listener: socket.socket, desk: Desk, *, grace_seconds: float, trusted_proxies: str
) -> None:
    """Serve an application until the process is told to stop.

    `trusted_proxies` are the addresses whose X-Forwarded-For is believed. h11, not httptools: it bounds
    the length of what stands before a body.
    """
    config = uvicorn.Config(
        app, log_config=None, log_level="warning", access_log=False, http="h11", ws="none",
        timeout_graceful_shutdown=_SEND_SECONDS, limit_concurrency=_MAX_CONNECTIONS,
        forwarded_allow_ips=trusted_proxies, server_header=False, date_header=True,
        timeout_keep_alive=IDLE_SECONDS,
    )  # fmt: skip
    _Server(config, desk, grace_seconds).run(sockets=[listener])
