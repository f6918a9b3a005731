"""`wengui search`: the passages that come nearest to a question."""

import json

import click

from assistant.settings import Settings


@click.command(help="列出与一句话最相关的段落,最相关的在前。")
@click.argument("query", metavar="问题")
@click.option("--k", type=click.IntRange(1, 100), default=10, show_default=True, help="列出几段")
@click.option(
    "--document", "document_ids", multiple=True, metavar="文件", help="只在这份文件里找,可多次"
)
@click.option("--kind", metavar="种类", help="只在这一类文件里找,如 规划、条例")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def search(  # noqa: PLR0913, PLR0917 - click hands every option over
    settings: Settings,
    query: str,
    k: int,
    document_ids: tuple[str, ...],
    kind: str | None,
    as_json: bool,
) -> None:
    """Print the ranked passages for a query."""
    from assistant.question import check_question

    checked = check_question(query)
    from assistant.pipeline import open_assistant
    from index.types import hit_json

    assistant = open_assistant(settings)
    within = assistant.scope(document_ids, kind or "")
    hits = assistant.search(checked, k=k, within=within)
    if as_json:
        rows = [hit_json(hit) for hit in hits]
        notice = {"notice": assistant.retriever.notice} if assistant.retriever.notice else {}
        click.echo(json.dumps({"hits": rows, **notice}, ensure_ascii=False, indent=2))
        return
    for hit in hits:
        click.echo(f"{hit.rank:>2}. {hit.score:.3f}  {hit.passage.address}")
        click.echo("    " + " ".join(hit.passage.text.split())[:100])
    if assistant.retriever.notice:
        click.echo(f"\n({assistant.retriever.notice})")
