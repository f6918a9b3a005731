"""`wengui serve`: the page and the API, until it is stopped."""

import os

import click
from pydantic import SecretStr

from assistant.settings import Settings
from assistant.web.limits import LOOPBACK, Access
from corpus.errors import SettingsError


def _secret(name: str, option: str, what: str) -> str:
    """The secret in that environment variable; SettingsError where there is none."""
    secret = os.environ.get(name, "").strip()
    if not secret:
        raise SettingsError(
            f"环境变量 {name} 没有值。请先设置{what},例如 export {name}=…,或去掉 {option}。"
        )
    return secret


def _access(settings: Settings, host: str, token: str) -> Access:
    """Who may ask: on loopback, under this machine's own names alone."""
    named = frozenset(
        name.strip().lower() for name in settings.allowed_hosts.split(",") if name.strip()
    )
    hosts = named | LOOPBACK if named or host in LOOPBACK else frozenset()
    return Access(token=SecretStr(token), hosts=hosts)


def _check_opening(host: str, *, guarded: bool, open_to_all: bool) -> None:
    """SettingsError where other hosts could use the API without anybody having said so."""
    if host in LOOPBACK or guarded or open_to_all:
        return
    raise SettingsError(
        f"{host} 能从别的电脑打开。请给接口设一个令牌:export WENGUI_TOKEN=…,再加上 --token-env WENGUI_TOKEN;"
        "或者加上 --open,表明接口就是要对所有人开放。"
    )


@click.command(help="打开网页和 HTTP 接口,按 Ctrl+C 结束。")
@click.option("--host", help="监听地址(默认取设置 host)")
@click.option("--port", type=click.IntRange(0, 65535), help="监听端口(默认取设置 port)")
@click.option(
    "--token-env",
    metavar="NAME",
    help="环境变量的名字,里面是令牌:提问、检索、/v1、MCP 和 /metrics 要带着它(网页不用)",
)
@click.option("--open", "open_to_all", is_flag=True, help="从别的电脑也能不带令牌使用接口")
@click.option(
    "--staff-password-env",
    metavar="NAME",
    help="环境变量的名字,里面是口令:核对、评测和反馈导出要登录才能看(默认不设)",
)
@click.pass_obj
def serve(  # noqa: PLR0913, PLR0917 - click hands every option over
    settings: Settings,
    host: str | None,
    port: int | None,
    token_env: str | None,
    open_to_all: bool,
    staff_password_env: str | None,
) -> None:
    """Serve the page on the host and port of the settings, or on those given."""
    password = token = ""
    if staff_password_env is not None:
        password = _secret(staff_password_env, "--staff-password-env", "口令")
    if token_env is not None:
        token = _secret(token_env, "--token-env", "令牌")
    host = settings.host if host is None else host
    port = settings.port if port is None else port
    _check_opening(host, guarded=bool(token), open_to_all=open_to_all)
    if not password and host not in LOOPBACK:
        click.echo(
            f"注意:{host} 能从别的电脑打开,而核对、评测和反馈导出没有口令。请加上 --staff-password-env。",
            err=True,
        )
    from assistant.service import run
    from assistant.staff import Staff

    access = _access(settings, host, token)
    run(settings, host=host, port=port, staff=Staff(password or None), access=access)
