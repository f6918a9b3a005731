"""Put on PYTHONPATH of a process: writes down every host that it connects to or looks up."""

import os
import sys
from typing import Any

LOG = os.environ["WATCHED_LOG"]


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        host = arguments[1][0] if isinstance(arguments[1], tuple) else "unix"
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    with open(LOG, "a", encoding="utf-8") as log:
        log.write(f"{event} {host}\n")


sys.addaudithook(watch)
