"""`wengui serve`: the page, until it is stopped."""

import click

from assistant.settings import Settings


@click.command(help="打开网页和 HTTP 接口,按 Ctrl+C 结束。")
@click.option("--host", help="监听地址(默认取设置 host)")
@click.option("--port", type=click.IntRange(0, 65535), help="监听端口(默认取设置 port)")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None) -> None:
    """Serve the page on the host and port of the settings, or on those given."""
    from assistant.service import run

    host = settings.host if host is None else host
    run(settings, host=host, port=settings.port if port is None else port)
