"""`wengui serve`: the page, until it is stopped."""

import os

import click

from assistant.settings import Settings
from corpus.errors import SettingsError

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def _password(name: str) -> str:
    """The password in that environment variable; SettingsError where there is none."""
    password = os.environ.get(name, "")
    if not password:
        raise SettingsError(
            f"环境变量 {name} 没有值。请先设置口令,例如 export {name}=…,或去掉 --staff-password-env。"
        )
    return password


@click.command(help="打开网页和 HTTP 接口,按 Ctrl+C 结束。")
@click.option("--host", help="监听地址(默认取设置 host)")
@click.option("--port", type=click.IntRange(0, 65535), help="监听端口(默认取设置 port)")
@click.option(
    "--staff-password-env",
    metavar="NAME",
    help="环境变量的名字,里面是口令:核对、评测和反馈导出要登录才能看(默认不设)",
)
@click.pass_obj
def serve(
    settings: Settings, host: str | None, port: int | None, staff_password_env: str | None
) -> None:
    """Serve the page on the host and port of the settings, or on those given."""
    password = None if staff_password_env is None else _password(staff_password_env)
    from assistant.service import run
    from assistant.staff import Staff

    host = settings.host if host is None else host
    port = settings.port if port is None else port
    if password is None and host not in LOOPBACK:
        click.echo(
            f"注意:{host} 能从别的电脑打开,而核对、评测和反馈导出没有口令。请加上 --staff-password-env。",
            err=True,
        )
    run(settings, host=host, port=port, staff=Staff(password))
