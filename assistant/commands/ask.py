"""`wengui ask`: one question, or a batch of them."""

import json
from functools import cache
from pathlib import Path

import click

from assistant.settings import Settings
from corpus.errors import InputError


@click.command(
    help="回答一个问题;用 --documents 只依据给出的文件,不保存;用 --batch 和 --out 回答一批(每行一个 JSON)。"
)
@click.argument("question", required=False, metavar="问题")
@click.argument("more", nargs=-1, metavar="", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--batch", type=click.Path(path_type=Path), help="问题文件,每行一个 JSON")
@click.option("--out", type=click.Path(path_type=Path), help="回答文件,每行一个 JSON")
@click.option(
    "--documents",
    multiple=True,
    type=click.Path(path_type=Path),
    help="只依据这些文件回答,可接多个(.txt .md .html .docx .pdf)",
)
@click.pass_obj
def ask(  # noqa: PLR0913 - click hands every option over
    settings: Settings,
    *,
    question: str | None,
    more: tuple[Path, ...],
    as_json: bool,
    batch: Path | None,
    out: Path | None,
    documents: tuple[Path, ...],
) -> None:
    """Answer one question to standard output, or a batch from file to file."""
    if (batch is None) != (out is None):
        raise InputError(
            "--batch 和 --out 要一起给出,例如 wengui ask --batch in.jsonl --out out.jsonl。"
        )
    if (question is None) == (batch is None):
        raise InputError("请给出一个问题,或用 --batch 给出问题文件,二者选一。")
    if more and not documents:
        raise InputError("只能给出一个问题。含有空格的问题请加引号;文件写在 --documents 之后。")
    if documents and batch is not None:
        raise InputError("--documents 用于一个问题;成批提问时把文本写在每行的 documents 里。")
    if batch is not None and out is not None:
        _ask_batch(settings, batch, out)
    elif question is not None:
        _ask_one(settings, question, as_json, (*documents, *more))


def _ask_one(settings: Settings, question: str, as_json: bool, files: tuple[Path, ...]) -> None:
    from assistant.question import check_question

    check_question(question)  # before the seconds that opening the index takes
    from assistant.over import assistant_over, documents_of_files
    from assistant.pipeline import open_assistant
    from assistant.types import answer_json

    assistant = (
        assistant_over(documents_of_files(files), settings) if files else open_assistant(settings)
    )
    answer = assistant.answer(question)
    if as_json:
        click.echo(json.dumps(answer_json(answer), ensure_ascii=False, indent=2))
        return
    click.echo(answer.text)
    if answer.notice:
        click.echo(f"\n({answer.notice})")


def _ask_batch(settings: Settings, batch: Path, out: Path) -> None:
    from assistant.batch import Assistants, answer_batch
    from assistant.over import OverTexts
    from assistant.pipeline import open_assistant

    opened = cache(lambda: open_assistant(settings))  # rows with texts of their own need no index
    failed = answer_batch(Assistants(opened=opened, over=OverTexts(settings).assistant), batch, out)
    if failed:
        raise InputError(
            f"{batch} 有 {failed} 行不能回答,原因写在 {out} 对应的行里;其余各行已回答。"
        )
