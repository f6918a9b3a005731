"""Vectors on a Chroma server that may be away: without it nothing is found by meaning, and it says so."""

import threading
import time
from collections.abc import Callable

from corpus.errors import VectorServerError
from index.builds import Lease
from index.types import NearestVectors, Vectors

# How long an answer waits for a connection, and how long a server that was away is left alone.
CONNECT_SECONDS = 1.0
RETRY_SECONDS = 2.0


class ServedVectors:
    """The vectors of a server while it is there; nothing and a notice while it is away.

    A server that refuses costs a query no time; one that hangs delays one query by a second, then none
    for two. It is asked again by the first query after that. Safe for many threads.
    """

    def __init__(
        self, connect: Callable[[], NearestVectors], *, lease: Lease | None = None
    ) -> None:
        """`connect` brings the vectors or raises VectorServerError."""
        self._connect = connect
        self._lease = lease
        self._lock = threading.Lock()
        self._vectors: NearestVectors | None = None
        self._retry_at = 0.0
        self._reason = ""
        self._connected()

    @property
    def notice(self) -> str:
        """One line for the person who asks, empty while the vectors are there."""
        if self._vectors is not None:
            return ""
        return f"向量检索暂时不可用,以下只按词语检索。{self._reason}"

    def nearest(
        self, vector: Vectors, *, k: int, within: frozenset[str] | None = None
    ) -> tuple[tuple[int, float], ...]:
        """(place of the part, cosine similarity), best first; none while the server is away."""
        vectors = self._connected()
        if vectors is None:
            return ()
        try:
            return vectors.nearest(vector, k=k, within=within)
        except VectorServerError as error:
            self._lose(str(error))
            return ()

    def _lose(self, reason: str) -> None:
        with self._lock:
            self._vectors, self._reason = None, reason
            self._retry_at = time.monotonic() + RETRY_SECONDS

    def _connected(self) -> NearestVectors | None:
        """The vectors, after one attempt to connect where one is due."""
        with self._lock:
            if self._vectors is not None or time.monotonic() < self._retry_at:
                return self._vectors
            self._reason = "Chroma 服务器没有及时应答。"
            self._retry_at = time.monotonic() + CONNECT_SECONDS + RETRY_SECONDS
        # In a thread of its own, since connecting takes several requests that only together are bounded.
        attempt = threading.Thread(target=self._attempt, daemon=True)
        attempt.start()
        attempt.join(CONNECT_SECONDS)
        return self._vectors

    def _attempt(self) -> None:
        try:
            vectors = self._connect()
        except VectorServerError as error:
            self._lose(str(error))
        else:
            self._vectors = vectors
