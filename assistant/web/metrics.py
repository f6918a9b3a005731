"""What is counted, for Prometheus. No label holds anything that a client wrote."""

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from assistant.types import Answer

disable_created_metrics()  # the time of each figure's first value tells nobody anything

# Seconds; an extracted answer takes a twentieth of one, a language model's up to a minute.
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120)


class Metrics:
    """The figures of one service, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "wengui_requests", "HTTP 请求", ["endpoint", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "wengui_request_seconds", "HTTP 请求用时", ["endpoint"],
            buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        self._answers = Counter("wengui_answers", "回答", ["status"], registry=self.registry)
        self._refusals = Counter("wengui_refusals", "拒答", ["reason"], registry=self.registry)
        self._notices = Counter("wengui_notices", "带说明的回答", registry=self.registry)
        self._answer_seconds = Histogram(
            "wengui_answer_seconds", "从轮到到答完的用时", buckets=_SECONDS, registry=self.registry
        )
        self._turned_away = Counter(
            "wengui_turned_away", "没有轮到的问题", ["reason"], registry=self.registry
        )
        self._running = Gauge("wengui_answers_running", "正在作的回答", registry=self.registry)
        self._waiting = Gauge("wengui_answers_waiting", "排队的问题", registry=self.registry)

    def requested(self, endpoint: str, status: int, seconds: float) -> None:
        """A request was served."""
        self._requests.labels(endpoint, str(status)).inc()
        self._seconds.labels(endpoint).observe(seconds)

    def answered(self, answer: Answer) -> None:
        """A question got this answer, over whichever way it came."""
        self._answers.labels(answer.status).inc()
        self._answer_seconds.observe(answer.elapsed_ms / 1000)
        if answer.refusal:
            self._refusals.labels(answer.refusal.reason).inc()
        if answer.notice:
            self._notices.inc()

    def turned_away(self, reason: str) -> None:
        """A question got no answer: the line was `full`, it took too `slow`, or we are `stopping`."""
        self._turned_away.labels(reason).inc()

    def watch(self, running: Callable[[], float], waiting: Callable[[], float]) -> None:
        """Read the length of the line when the figures are read."""
        self._running.set_function(running)
        self._waiting.set_function(waiting)

    def text(self) -> bytes:
        """The figures as Prometheus reads them."""
        return generate_latest(self.registry)
