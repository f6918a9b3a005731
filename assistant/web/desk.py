"""The line of questions: so many are answered at once, so many wait, past that it says so at once."""

import asyncio
import math
import queue
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from assistant.pipeline import Assistant
from assistant.types import Answer, Turn
from assistant.web.heap import Heap
from assistant.web.journal import note
from assistant.web.limits import Limits
from assistant.web.metrics import Metrics
from corpus.errors import BusyError
from index.types import Hit

T = TypeVar("T")
_DONE = object()
# The seconds that a job takes, before any was measured.
_FIRST_GUESS = 0.1
_SLOW_RETRY_SECONDS = 10


class _Job(Generic[T]):
    """Work in the line: `make` gives the values that `put` hands on, until `left` is set."""

    def __init__(self, make: Callable[[], Iterable[T]], put: Callable[[Any], object]) -> None:
        self.make = make
        self.put = put
        self.left = threading.Event()

    def run(self) -> None:
        """Hand on the values; whoever waits for them may leave between two."""
        values = iter(self.make())
        for value in values:
            if self.left.is_set():
                break
            self.put(value)


class Desk:
    """Answers and searches for everybody who asks, page, HTTP and MCP alike."""

    def __init__(self, assistant: Assistant, limits: Limits, metrics: Metrics) -> None:
        self._assistant = assistant
        self._limits = limits
        self._metrics = metrics
        self._heap = Heap()
        self._pool = ThreadPoolExecutor(limits.at_once, thread_name_prefix="answer")
        self._lock = threading.Lock()
        self._pending = 0
        self._mean_seconds = _FIRST_GUESS
        self.closed = False
        metrics.watch(
            lambda: float(min(self._pending, limits.at_once)), lambda: float(self.waiting)
        )

    @property
    def waiting(self) -> int:
        """How many wait in the line."""
        return max(0, self._pending - self._limits.at_once)

    @property
    def idle(self) -> bool:
        """Whether nothing runs or waits."""
        return self._pending == 0

    def close(self) -> None:
        """Take no more questions; those in the line are still answered."""
        self.closed = True

    def _enter(self) -> None:
        with self._lock:
            full = self._pending >= self._limits.at_once + self._limits.waiting
            if self.closed or full:
                reason = "stopping" if self.closed else "full"
                seconds = self._pending * self._mean_seconds / self._limits.at_once
                waiting = self.waiting
            else:
                self._pending += 1
                return
        self._metrics.turned_away(reason)
        if reason == "stopping":
            raise BusyError("服务正在停止,不再接受新的问题。请稍后再问。", _SLOW_RETRY_SECONDS)
        raise BusyError(
            f"现在提问的人太多({waiting} 个在排队)。请过一会儿再问。", max(1, math.ceil(seconds))
        )

    def _submit(self, job: _Job[Any]) -> "Future[None]":
        """Put a job into the line; BusyError where there is no room. `put` gets _DONE at its end."""
        self._enter()
        started = time.monotonic()

        def work() -> None:
            nonlocal started
            started = time.monotonic()
            if not job.left.is_set():
                job.run()

        def leave(future: "Future[None]") -> None:
            with self._lock:
                self._pending -= 1
                if not future.cancelled():
                    self._mean_seconds += 0.1 * (time.monotonic() - started - self._mean_seconds)
            job.put(_DONE)

        future = self._pool.submit(work)
        future.add_done_callback(leave)
        return future

    def _slow(self) -> BusyError:
        self._metrics.turned_away("slow")
        return BusyError(
            f"{self._limits.answer_seconds:g} 秒内没有答完。请过一会儿再问。", _SLOW_RETRY_SECONDS
        )

    def _stream(self, make: Callable[[], Iterable[T]]) -> Iterator[T]:
        """The values, made in the line, for whoever waits in a thread."""
        values: queue.SimpleQueue[Any] = queue.SimpleQueue()
        job = _Job(make, values.put)
        future = self._submit(job)
        deadline = time.monotonic() + self._limits.answer_seconds
        try:
            while (value := values.get(timeout=max(0.0, deadline - time.monotonic()))) is not _DONE:
                yield value
            future.result()
        except queue.Empty as error:
            raise self._slow() from error
        finally:
            job.left.set()
            future.cancel()

    async def _astream(self, make: Callable[[], Iterable[T]]) -> AsyncIterator[T]:
        """The values, made in the line, for whoever waits in an event loop."""
        loop = asyncio.get_running_loop()
        values: asyncio.Queue[Any] = asyncio.Queue()
        job = _Job(make, lambda value: loop.call_soon_threadsafe(values.put_nowait, value))
        future = self._submit(job)
        deadline = loop.time() + self._limits.answer_seconds
        try:
            while True:
                async with asyncio.timeout_at(deadline):
                    value = await values.get()
                if value is _DONE:
                    break
                yield value
            future.result()
        except TimeoutError as error:
            raise self._slow() from error
        finally:
            job.left.set()
            future.cancel()

    def _answers(self, question: str, history: Sequence[Turn]) -> Callable[[], Iterator[Answer]]:
        """Makes the growing answer, and counts and logs it when it is whole."""

        def make() -> Iterator[Answer]:
            answer = None
            for answer in self._assistant.stream(question, history):
                yield answer
            if answer:
                self._metrics.answered(answer)
                refused = {"reason": answer.refusal.reason} if answer.refusal else {}
                note(
                    "answer", status=answer.status, **refused, generator=answer.generator,
                    notice=bool(answer.notice), elapsed_ms=answer.elapsed_ms, question=question,
                )  # fmt: skip
            self._heap.answered()

        return make

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Answer]:
        """The answer growing, as `Assistant.stream`; BusyError where its turn does not come."""
        return self._stream(self._answers(question, history))

    def astream(self, question: str, history: Sequence[Turn] = ()) -> AsyncIterator[Answer]:
        """The same for an event loop."""
        return self._astream(self._answers(question, history))

    async def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The whole answer; BusyError where its turn does not come."""
        answers = [answer async for answer in self.astream(question, history)]
        return answers[-1]

    async def search(self, query: str, *, k: int) -> tuple[Hit, ...]:
        """The passages for a query, best first; BusyError where its turn does not come."""
        found = [hits async for hits in self._astream(lambda: [self._assistant.search(query, k=k)])]
        return found[0]
