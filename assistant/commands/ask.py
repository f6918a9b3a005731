"""`wengui ask`: one question, or a batch of them."""

import json
from pathlib import Path

import click

from assistant.settings import Settings
from corpus.errors import InputError


@click.command(help="回答一个问题;用 --batch 和 --out 回答一批(每行一个 JSON)。")
@click.argument("question", required=False, metavar="问题")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--batch", type=click.Path(path_type=Path), help="问题文件,每行一个 JSON")
@click.option("--out", type=click.Path(path_type=Path), help="回答文件,每行一个 JSON")
@click.pass_obj
def ask(
    settings: Settings, question: str | None, as_json: bool, batch: Path | None, out: Path | None
) -> None:
    """Answer one question to standard output, or a batch from file to file."""
    if (batch is None) != (out is None):
        raise InputError(
            "--batch 和 --out 要一起给出,例如 wengui ask --batch in.jsonl --out out.jsonl。"
        )
    if (question is None) == (batch is None):
        raise InputError("请给出一个问题,或用 --batch 给出问题文件,二者选一。")
    if batch is not None and out is not None:
        _ask_batch(settings, batch, out)
    elif question is not None:
        _ask_one(settings, question, as_json)


def _ask_one(settings: Settings, question: str, as_json: bool) -> None:
    from assistant.question import check_question

    check_question(question)  # before the seconds that opening the index takes
    from assistant.pipeline import open_assistant
    from assistant.types import answer_json

    answer = open_assistant(settings).answer(question)
    if as_json:
        click.echo(json.dumps(answer_json(answer), ensure_ascii=False, indent=2))
        return
    click.echo(answer.text)
    if answer.notice:
        click.echo(f"\n({answer.notice})")


def _ask_batch(settings: Settings, batch: Path, out: Path) -> None:
    from assistant.batch import answer_batch
    from assistant.pipeline import open_assistant

    failed = answer_batch(lambda: open_assistant(settings), batch, out)
    if failed:
        raise InputError(
            f"{batch} 有 {failed} 行不能回答,原因写在 {out} 对应的行里;其余各行已回答。"
        )
