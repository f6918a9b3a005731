"""How much the service takes on, and from whom."""

import hmac
from dataclasses import dataclass, field

from pydantic import SecretStr

# The longest conversation of a reader is a few thousand characters; nothing that is asked needs more.
MAX_BODY_BYTES = 256 * 1024
MAX_TURNS = 100
MAX_TURN_CHARACTERS = 20_000
# A body that has not come by then is given up.
BODY_SECONDS = 10.0
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many answers run at once and wait, how long one may take, how often a client may ask.

    `per_minute` 0 sets no limit to a client.
    """

    at_once: int = 2
    waiting: int = 50
    answer_seconds: float = 90.0
    per_minute: int = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may ask: the bearers of `token` where there is one, under one of the names `hosts`.

    Without `hosts` every name will do.
    """

    token: SecretStr = field(default=SecretStr(""), repr=False)
    hosts: frozenset[str] = frozenset()

    def admits(self, authorization: str) -> bool:
        """Whether an Authorization header (as Starlette reads it: Latin-1) carries the token.

        Compared in constant time.

        >>> Access(token=SecretStr("abc")).admits("Bearer abc"), Access().admits("")
        (True, True)
        """
        secret = self.token.get_secret_value()
        scheme, _, shown = authorization.partition(" ")
        same = hmac.compare_digest(shown.strip().encode("latin-1", "replace"), secret.encode())
        return not secret or (scheme.lower() == "bearer" and same)

    def knows(self, host: str) -> bool:
        """Whether a Host header names us, its port left out.

        >>> Access(hosts=LOOPBACK).knows("[::1]:7860"), Access(hosts=LOOPBACK).knows("evil.example")
        (True, False)
        """
        if not self.hosts:
            return True
        name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
        return name.lower() in self.hosts
