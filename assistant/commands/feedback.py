"""`wengui feedback`: what readers said of answers, for the evaluation."""

from pathlib import Path

import click

from assistant.settings import Settings
from corpus.errors import InputError


@click.command(help="导出读者对回答的反馈(JSONL);交给 wengui eval feedback 变成待审的问题。")
@click.argument("out", type=click.Path(path_type=Path), metavar="文件")
@click.pass_obj
def feedback(settings: Settings, out: Path) -> None:
    """Write all feedback to a file."""
    from assistant.feedback import FeedbackStore

    exported = FeedbackStore(settings.feedback_file).export()
    try:
        out.write_text(exported, encoding="utf-8")
    except OSError as error:
        raise InputError(f"文件 {out} 写不进去({error.strerror})。请换一个位置。") from error
    click.echo(f"已写入 {out}:{exported.count(chr(10))} 条反馈。")
