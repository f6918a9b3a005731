"""A chat-completions server on loopback for tests: real HTTP, streamed and not, as good or bad as told."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Ending = Literal["stop", "length", "broken", "closed", "never"]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the server does with one request.

    `ending` is how the reply ends: properly, cut off for its length, with the connection broken in the
    middle, closed without a word of why, or never. `piece` is how many characters a chunk holds,
    `pause_seconds` what passes between two.
    """

    text: str = ""
    status: int = 200
    ending: Ending = "stop"
    wait_seconds: float = 0.0
    piece: int = 3
    pause_seconds: float = 0.0
    raw: bytes | None = None


Script = Callable[[dict[str, Any]], Reply]


@dataclass(kw_only=True)
class LlmServer:
    """A running server. `requests` are the bodies that came, `keys` their Authorization headers."""

    script: Script
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)  # someone hung up on us
    closing: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> "LlmServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.requests.append(body)
                server.keys.append(self.headers.get("Authorization", ""))
                try:
                    self._reply(server.script(body), streamed=bool(body.get("stream")))
                except (BrokenPipeError, ConnectionResetError):
                    server.left.set()

            def _reply(self, reply: Reply, *, streamed: bool) -> None:
                server.closing.wait(reply.wait_seconds)
                if self.path != "/v1/chat/completions":
                    self._send(404, b'{"error": {"message": "no such path"}}')
                elif reply.raw is not None:
                    self._send(200, reply.raw)
                elif reply.status != 200:
                    key = self.headers.get("Authorization", "")
                    error = {"error": {"message": f"refused for {key}", "type": "error"}}
                    self._send(reply.status, json.dumps(error).encode())
                elif streamed:
                    self._stream(reply)
                else:
                    message = {"role": "assistant", "content": reply.text}
                    choice = {"index": 0, "message": message, "finish_reason": "stop"}
                    self._send(200, json.dumps(_object("chat.completion", choice)).encode())

            def _send(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(body)

            def _stream(self, reply: Reply) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Transfer-Encoding", "chunked")
                self.send_header("Connection", "close")
                self.end_headers()
                for text in _texts(reply):
                    if server.closing.is_set():
                        return
                    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
                    self._event(json.dumps(_object("chat.completion.chunk", choice)))
                if reply.ending == "broken":
                    return
                if reply.ending in {"stop", "length"}:
                    choice = {"index": 0, "delta": {}, "finish_reason": reply.ending}
                    self._event(json.dumps(_object("chat.completion.chunk", choice)))
                    self._event("[DONE]")
                self.wfile.write(b"0\r\n\r\n")

            def _event(self, data: str) -> None:
                event = f"data: {data}\n\n".encode()
                self.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
                self.wfile.flush()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _object(kind: str, choice: dict[str, Any]) -> dict[str, Any]:
    return {"id": "1", "object": kind, "created": 1, "model": "test", "choices": [choice]}


def _texts(reply: Reply) -> Iterator[str]:
    for start in range(0, len(reply.text), reply.piece):
        time.sleep(reply.pause_seconds)
        yield reply.text[start : start + reply.piece]
    while reply.ending == "never":
        time.sleep(reply.pause_seconds)
        yield "好" * 10


def says(text: str, **how: Any) -> Script:
    """A server that gives everybody the same reply."""
    return lambda _: Reply(text=text, **how)


def shown_sources(body: dict[str, Any]) -> dict[int, str]:
    """The numbered passages that a request shows to the model."""
    content = body["messages"][-1]["content"]
    found = re.findall(r'<资料 编号="(\d+)"[^>]*>(.*?)</资料>', content, re.DOTALL)
    return {int(number): text for number, text in found}


def number_of(body: dict[str, Any], words: str) -> int:
    """The number of the shown passage that holds these words; a test that needs it fails without."""
    return next(number for number, text in shown_sources(body).items() if words in text)
