"""The body of a request: read whole, within its limits, before anybody sees it."""

import asyncio
import json

from starlette.types import Message, Receive

from assistant.web.limits import BODY_SECONDS, MAX_BODY_BYTES

MCP = "/gradio_api/mcp"
# Gradio and MCP's library answer 500 where what comes here is no JSON in UTF-8.
_JOIN = "/gradio_api/queue/join"
_JSON_ALONE = frozenset({MCP, f"{MCP}/", _JOIN, "/gradio_api/cancel", "/gradio_api/reset"})


async def read_body(receive: Receive) -> bytes | None:
    """The whole body; None where it is longer than allowed. TimeoutError where it does not come."""
    parts: list[bytes] = []
    size = 0
    async with asyncio.timeout(BODY_SECONDS):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return b"".join(parts)
            part = message.get("body", b"")
            parts.append(part)
            size += len(part)
            if size > MAX_BODY_BYTES:
                return None
            if not message.get("more_body", False):
                return b"".join(parts)


def readable(path: str, body: bytes) -> bool:
    """Whether a body is what those who get it can read without failing."""
    if path not in _JSON_ALONE:
        return True
    try:
        value = json.loads(body.decode())
    except (ValueError, RecursionError):
        return False
    # Gradio's queue fails on an event that names no session.
    named = isinstance(value, dict) and value.get("session_hash")
    return path != _JOIN or (isinstance(named, str) and bool(named))


def replayed(body: bytes, receive: Receive) -> Receive:
    """A body that was read, to be read once more; then whatever comes."""
    left = [body]

    async def again() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return again
