"""The part of the HTTP API that serves the page's other tabs: figures, sections, feedback, signing in."""

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Cookie, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, Field

from assistant.section_record import section_json
from assistant.site import Site
from assistant.staff import COOKIE, SESSION_SECONDS
from corpus.target_records import Choice, as_csv, as_xlsx, target_record

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STAFF_PAGE = "/?tab=checks"
Token = Annotated[str | None, Cookie(alias=COOKIE)]


def _file(content: bytes, media_type: str, name: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})


class TargetsQuery(BaseModel):
    """Which figures are asked for, and in which form."""

    q: str = Field("", max_length=200, description="词或拼音首字母")
    area: str = ""
    year: int | None = None
    kind: Literal["", "现状", "目标"] = ""
    bound: str = ""
    document: str = ""
    format: Literal["json", "csv", "xlsx"] = "json"

    @property
    def choice(self) -> Choice:
        """The same as the corpus takes it."""
        return Choice(
            keyword=self.q,
            area=self.area,
            year=self.year,
            kind=self.kind,
            bound=self.bound,
            document_id=self.document,
        )


def _add_targets(router: APIRouter, site: Site) -> None:
    @router.get("/api/targets", summary="指标记录,可筛选,可下载")
    def targets(query: Annotated[TargetsQuery, Query()]) -> Response:
        entries = site.chosen(query.choice)
        if query.format == "csv":
            # Excel reads UTF-8 only behind a byte order mark.
            return _file(as_csv(entries).encode("utf-8-sig"), "text/csv", "指标.csv")
        if query.format == "xlsx":
            return _file(as_xlsx(entries), XLSX, "指标.xlsx")
        records = [target_record(entry) for entry in entries]
        return JSONResponse({"targets": records})


def _add_staff(router: APIRouter, site: Site) -> None:
    @router.get("/api/feedback", summary="导出反馈(JSONL)")
    def feedback(request: Request, token: Token = None) -> Response:
        if not site.staff.admits(token):
            return JSONResponse({"error": "请先在网页“核对”一栏登录。"}, status_code=401)
        # Where there is no password, what readers wrote is at least behind the API's token.
        shown = request.headers.get("authorization", "")
        if not (site.staff.locked or site.access.admits(shown)):
            return JSONResponse({"error": "导出反馈要带 API 令牌。"}, status_code=401)
        return _file(site.feedback.export().encode(), "application/x-ndjson", "feedback.jsonl")

    @router.post("/staff/sign-in", include_in_schema=False)
    async def sign_in(
        request: Request, password: Annotated[str, Form(max_length=1000)], tab: str = "checks"
    ) -> Response:
        token = await site.staff.sign_in(password)
        back = RedirectResponse(f"/?tab={quote(tab)}{'' if token else '&wrong=1'}", status_code=303)
        if token:
            secure = request.url.scheme == "https"
            back.set_cookie(
                COOKIE, token, max_age=SESSION_SECONDS, httponly=True, samesite="strict",
                secure=secure,
            )  # fmt: skip
        return back

    @router.post("/staff/sign-out", include_in_schema=False)
    def sign_out(token: Token = None) -> Response:
        site.staff.sign_out(token)
        back = RedirectResponse(STAFF_PAGE, status_code=303)
        back.delete_cookie(COOKIE)
        return back


def make_router(site: Site) -> APIRouter:
    """/api/targets, /api/documents/…/sections/…, /api/feedback, and the door for the staff."""
    router = APIRouter()
    _add_targets(router, site)
    _add_staff(router, site)

    @router.get("/api/documents/{document_id}/sections/{section_id}", summary="一节的原文")
    def section(document_id: str, section_id: str) -> dict[str, Any]:
        return section_json(site.document(document_id), section_id)

    return router
