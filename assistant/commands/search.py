"""`wengui search`: the passages that come nearest to a question."""

import json

import click

from assistant.settings import Settings


@click.command(help="列出与一句话最相关的段落,最相关的在前。")
@click.argument("query", metavar="问题")
@click.option("--k", type=click.IntRange(1, 100), default=10, show_default=True, help="列出几段")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def search(settings: Settings, query: str, k: int, as_json: bool) -> None:
    """Print the ranked passages for a query."""
    from assistant.question import check_question

    checked = check_question(query)
    from assistant.pipeline import open_assistant
    from index.types import hit_json

    assistant = open_assistant(settings)
    hits = assistant.search(checked, k=k)
    if as_json:
        rows = [hit_json(hit) for hit in hits]
        click.echo(json.dumps({"hits": rows}, ensure_ascii=False, indent=2))
        return
    for hit in hits:
        click.echo(f"{hit.rank:>2}. {hit.score:.3f}  {hit.passage.address}")
        click.echo("    " + " ".join(hit.passage.text.split())[:100])
