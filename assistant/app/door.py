"""The door before what is for the staff: shows a tab's content, or the form to sign in."""

from collections.abc import Callable
from html import escape

import gradio as gr

from assistant.site import Site
from assistant.staff import COOKIE

_FORM = """<form class="sign-in" method="post" action="/staff/sign-in?tab={tab}">
<h2>请先登录</h2><p>这一栏供工作人员使用。{wrong}</p>
<label for="password-{tab}">口令</label>
<input id="password-{tab}" name="password" type="password" autocomplete="current-password" required>
<button type="submit">登录</button></form>"""
_OUT = """<form class="sign-out" method="post" action="/staff/sign-out">
<button type="submit">退出登录</button></form>"""


def admitted(site: Site, request: gr.Request) -> bool:
    """Whether whoever asks may see what is for the staff."""
    return site.staff.admits(request.cookies.get(COOKIE))


def guarded(site: Site, tab: str, content: Callable[[], str]) -> Callable[[gr.Request], str]:
    """The handler that gives a tab's content to those who may see it."""

    def show(request: gr.Request) -> str:
        if not admitted(site, request):
            return _FORM.format(tab=escape(tab), wrong='<span id="wrong-password"></span>')
        return content() + (_OUT if site.staff.locked else "")

    return show
