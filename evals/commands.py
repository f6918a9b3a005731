"""`wengui eval`: run, compare, report, gate, baselines, external, feedback."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import partial as partial_of
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import click
from tqdm import tqdm

from assistant.settings import Settings
from evals.run import RESULTS, System

Item = TypeVar("Item")
Estimates = Mapping[str, Any]
_SHOWN = (
    "correct", "wrong_number", "false_refusal", "refused", "section_cited", "sound", "first_line_fits",
    "passage_success@1", "passage_success@5", "section_success@1", "section_success@5",
)  # fmt: skip


@click.group("eval", help="评测:运行、比较、报告、底线。")
def evaluation() -> None:
    """The commands below measure how often the answers are right."""


def _progress(items: Iterable[Item], total: int | None = None) -> Iterable[Item]:
    bar: Iterable[Item] = tqdm(items, desc="评测", unit="题", total=total, disable=None)
    return bar


def _print_metrics(metrics: Estimates) -> None:
    for name, metric in metrics.items():
        if name in _SHOWN or name.startswith("correct:"):
            interval = f"[{metric['low']:.3f}, {metric['high']:.3f}]"
            click.echo(f"{name:<24} {metric['mean']:.3f}  {interval}  n={metric['n']}")


def _system(settings: Settings, name: str) -> System:
    from assistant.pipeline import open_assistant
    from evals.systems import AssistantSystem, Dense, Lexical, Tutorial
    from index.embedders import load_embedder

    assistant = open_assistant(settings)
    if name == "wengui":
        return AssistantSystem(assistant)
    if name == "bm25":
        return Lexical(assistant)
    embedder = load_embedder(settings.embedder, settings.cache_folder)
    return (Dense if name == "dense" else Tutorial)(assistant.documents, embedder)


def _run(
    settings: Settings, set_name: str, system_name: str, out: Path, *, processes: int = 1
) -> dict[str, Any]:
    from evals.questions import load_questions, locate
    from evals.run import evaluate, make_report, one_by_one, save_report
    from evals.workers import evaluate_apart
    from index.builds import current_folder
    from index.manifest import Manifest

    questions = load_questions(set_name)
    system = _system(settings, system_name)
    for question in questions:
        locate(question, system.documents.values())  # a gold quote that is not there stops the run
    manifest = asdict(Manifest.load(current_folder(settings.index)))
    chosen = {name: str(value) for name, value in asdict(settings).items() if "folder" not in name}
    about = json.dumps([system_name, manifest, chosen, [q.id for q in questions]], sort_keys=True)
    partial = out.with_name(f".{out.stem}-{sha256(about.encode()).hexdigest()[:12]}.partial.jsonl")
    opens = partial_of(_system, settings, system_name)
    evaluates = (
        partial_of(evaluate_apart, opens, processes=processes)
        if processes > 1
        else one_by_one(system)
    )
    outcomes = evaluate(evaluates, questions, partial, _progress)
    label = set_name if set_name in {"dev", "test"} else Path(set_name).name
    report = make_report(system, label, outcomes, {"index": manifest, "settings": chosen})
    save_report(report, out)
    partial.unlink()
    return report


@evaluation.command(
    help="在问题集上运行;--set 为 dev、test 或 .jsonl/.csv/.xlsx 文件。中断后再运行会接着做。"
)
@click.option("--set", "set_name", required=True, help="问题集")
@click.option(
    "--system",
    type=click.Choice(["wengui", "bm25", "dense", "tutorial"]),
    default="wengui",
    help="被测的系统",
)
@click.option("--out", type=click.Path(path_type=Path), help="结果文件(默认 data/evals/)")
@click.option(
    "--processes", type=click.IntRange(1), default=1, help="同时用几个进程(延迟只在用一个时可比)"
)
@click.pass_obj
def run(settings: Settings, set_name: str, system: str, out: Path | None, processes: int) -> None:
    """Measure a system on a set, print the main metrics, keep the report."""
    path = out or settings.data_folder / "evals" / f"{system}-{Path(set_name).stem}.json"
    report = _run(settings, set_name, system, path, processes=processes)
    _print_metrics(report["metrics"])
    latency = report["latency_ms"]
    click.echo(f"延迟 p50 {latency['p50']:.0f} 毫秒,p95 {latency['p95']:.0f} 毫秒。结果:{path}")


@evaluation.command(help="三个基线和本助手在 dev、test 上各跑一次,结果存入文件夹。")
@click.option("--out", type=click.Path(path_type=Path), default=RESULTS, help="结果文件夹")
@click.pass_obj
def baselines(settings: Settings, out: Path) -> None:
    """Measure the assistant and the baselines side by side."""
    for set_name in ("dev", "test"):
        for system in ("wengui", "bm25", "dense", "tutorial"):
            click.echo(f"— {system} · {set_name}")
            report = _run(settings, set_name, system, out / f"{system}-{set_name}.json")
            _print_metrics(report["metrics"])


@evaluation.command(help="比较两次结果:哪些变好、哪些变差,差别是否显著。")
@click.argument("first", type=click.Path(path_type=Path), metavar="前")
@click.argument("second", type=click.Path(path_type=Path), metavar="后")
def compare(first: Path, second: Path) -> None:
    """Print the changes of every metric and the questions that changed."""
    from evals.compare import compare as compare_reports
    from evals.run import load_report

    found = compare_reports(load_report(first), load_report(second))
    for change in found.changes:
        click.echo(
            f"{change.metric:<28} {change.before:.3f} → {change.after:.3f}  "
            f"p={change.p:.4f}  n={change.n}  {change.verdict}"
        )
    for title, rows in (("变好的问题", found.better), ("变差的问题", found.worse)):
        click.echo(f"\n{title}:{len(rows)}")
        for question_id, question in rows:
            click.echo(f"  {question_id}  {question}")


@evaluation.command(help="把一次结果写成一个可离线打开的 HTML 文件。")
@click.argument("result", type=click.Path(path_type=Path), metavar="结果文件")
@click.option("--out", type=click.Path(path_type=Path), help="HTML 文件(默认与结果同名)")
def report(result: Path, out: Path | None) -> None:
    """Write the HTML report of a run."""
    from evals.report import render
    from evals.run import load_report

    page = render(load_report(result))  # first: what is no result has no name to go by
    target = out or result.with_suffix(".html")
    target.write_text(page, encoding="utf-8")
    click.echo(f"报告已写入 {target}")


@evaluation.command(help="对照底线检查一次结果,不达标则退出码为 1。")
@click.argument("result", type=click.Path(path_type=Path), metavar="结果文件")
@click.option("--floor", type=click.Path(path_type=Path), help="底线文件(默认 evals/floor.json)")
def gate(result: Path, floor: Path | None) -> None:
    """Exit 1 with the metrics that fall below the floor."""
    from evals.gate import FLOOR, failures, load_floor
    from evals.run import load_report

    bounds = load_floor(floor or FLOOR)
    lines = failures(load_report(result), bounds)
    for line in lines:
        click.echo(line, err=True)
    if lines:
        raise SystemExit(1)
    click.echo(f"{len(bounds)} 项指标都在底线以上。")


@evaluation.command(help="在别人写的问题上评测:squad 格式(如 CMRC2018)、beir 文件夹、rgb 文件。")
@click.argument("kind", type=click.Choice(["squad", "beir", "rgb"]), metavar="格式")
@click.argument("path", type=click.Path(path_type=Path), metavar="文件")
@click.option("--limit", type=click.IntRange(1), help="只取前若干题(按固定种子打乱)")
@click.option("--out", type=click.Path(path_type=Path), help="结果文件")
@click.pass_obj
def external(
    settings: Settings, kind: str, path: Path, limit: int | None, out: Path | None
) -> None:
    """Measure over a file that nobody here wrote; the assistant sees that file's passages alone."""
    from evals.external_run import run_external

    result = run_external(settings, kind, path, limit=limit, progress=_progress)
    for name, metric in result["metrics"].items():
        interval = f"[{metric['low']:.3f}, {metric['high']:.3f}]"
        click.echo(f"{name:<22} {metric['mean']:.3f}  {interval}  n={metric['n']}")
    if out is not None:
        from evals.run import save_report

        save_report(result, out)


@evaluation.command(help="把导出的反馈变成待审的问题(JSONL)。")
@click.argument("source", type=click.Path(path_type=Path), metavar="反馈文件")
@click.argument("target", type=click.Path(path_type=Path), metavar="问题文件")
def feedback(source: Path, target: Path) -> None:
    """Write candidate questions, marked unreviewed."""
    from evals.feedback import convert

    click.echo(f"已写入 {target}:{convert(source, target)} 个待审问题。")
