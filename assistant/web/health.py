"""Whether the service lives, is ready, and how it fares: /healthz, /readyz, /metrics."""

import threading
import time

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from assistant.site import Site
from corpus.errors import WenguiError

# A question for the index and the embedder; how often it is asked at most.
_PROBE = "就绪"
_PROBE_SECONDS = 5.0


class _Probe:
    """Searches once in a while; remembers what kept it from finding."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._lock = threading.Lock()
        self._until = 0.0
        self._trouble = ""

    def trouble(self) -> str:
        """Why no question can be answered now, '' where one can."""
        if self._site.desk.closed:
            return "服务正在停止。"
        with self._lock:
            if time.monotonic() >= self._until:
                try:
                    self._site.assistant.search(_PROBE, k=1)
                    self._trouble = ""
                except WenguiError as error:
                    self._trouble = str(error)
                self._until = time.monotonic() + _PROBE_SECONDS
            return self._trouble


def make_router(site: Site) -> APIRouter:
    """The three endpoints, for load balancers, supervisors and Prometheus."""
    router = APIRouter(tags=["运行"])
    probe = _Probe(site)

    @router.get("/healthz", summary="程序活着")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="索引已打开,嵌入模型已载入,能回答", response_model=None)
    def readyz() -> dict[str, str] | JSONResponse:
        if trouble := probe.trouble():
            return JSONResponse({"status": "unavailable", "error": trouble}, status_code=503)
        notice = site.assistant.retriever.notice
        return {"status": "ok", **({"notice": notice} if notice else {})}

    @router.get("/metrics", summary="Prometheus 指标")
    def metrics() -> Response:
        return Response(site.metrics.text(), media_type="text/plain; version=0.0.4")

    return router
