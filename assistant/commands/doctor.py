"""`wengui doctor`: what works here, what does not, and what to do."""

import click

from assistant.settings import Settings


@click.command(help="逐项检查能否工作,并给出补救办法。")
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Print one line for each part; exits 1 where one of them does not work."""
    from assistant.checkup import check_all

    failed = False
    for finding in check_all(settings):
        failed = failed or not finding.works
        click.echo(f"{'✓' if finding.works else '✗'} {finding.part}:{finding.state}")
    if failed:
        raise SystemExit(1)
