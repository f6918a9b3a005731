"""The tab 评测: the reports that lie in a folder, their plots and the questions that failed."""

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr

from assistant.app.door import admitted, guarded
from assistant.reports import SMALLER_IS_BETTER, Bar, Failed, Report, list_reports
from assistant.site import Site

NO_REPORTS = "<p>还没有评测报告。用 wengui eval run 生成。</p>"
EXPORT = (
    '<p class="export"><a class="button" download href="/api/feedback">导出读者反馈(JSONL)</a></p>'
)
_SIZE, _MARGIN = (480, 260), 36


def _bar(bar: Bar) -> str:
    """A bar of the mean, the interval as a line over it, the figures beside it."""
    mean, low, high = (100 * value for value in (bar.mean, bar.low, bar.high))
    smaller = "(越小越好)" if bar.name in SMALLER_IS_BETTER else ""
    said = f"{bar.label}{smaller}:{bar.mean:.3f},95%区间 {bar.low:.3f} 到 {bar.high:.3f},{bar.n} 题"
    return (
        f'<li><span class="bar-name">{escape(bar.label)}<small>{smaller}</small></span>'
        f'<span class="bar-track" role="img" aria-label="{escape(said)}">'
        f'<i class="mean" style="width:{mean:.1f}%"></i>'
        f'<i class="interval" style="left:{low:.1f}%;width:{high - low:.1f}%"></i></span>'
        f'<span class="bar-value">{bar.mean:.2f} <small>[{bar.low:.2f}, {bar.high:.2f}] n={bar.n}</small></span></li>'
    )


def _bars(title: str, bars: Sequence[Bar]) -> str:
    lines = "".join(map(_bar, bars))
    return f'<section><h3>{title}</h3><ul class="bars">{lines}</ul></section>' if bars else ""


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """Risk against coverage, both from 0 to 1."""
    if not points:
        return ""
    (width, height), margin = _SIZE, _MARGIN
    path = " ".join(
        f"{margin + x * (width - 2 * margin):.1f},{height - margin - y * (height - 2 * margin):.1f}"
        for x, y in points
    )
    bottom, right = height - margin, width - margin
    return (
        '<section><h3>风险与覆盖</h3><p class="plot-note">按把握从大到小回答:横轴是回答的份额,'
        "纵轴是其中答错的份额,都是 0 到 1。</p>"
        f'<svg class="curve" viewBox="0 0 {width} {height}" role="img" aria-label="风险与覆盖曲线">'
        f'<path class="axis" d="M{margin},{margin} V{bottom} H{right}"/>'
        f'<text x="{margin - 8}" y="{margin + 4}" text-anchor="end">1</text>'
        f'<text x="{margin - 8}" y="{bottom + 4}" text-anchor="end">0</text>'
        f'<text x="{right}" y="{bottom + 20}" text-anchor="middle">1</text>'
        f'<text x="{width / 2}" y="{height - 6}" text-anchor="middle">回答的份额</text>'
        f'<polyline points="{path}"/></svg></section>'
    )


def _failed(failed: Sequence[Failed]) -> str:
    rows = "".join(
        f"<tr><td>{escape(each.id)}</td><td>{escape(each.kind)}</td><td>{escape(each.question)}</td>"
        f"<td>{escape(each.first_line)}</td></tr>"
        for each in failed
    )
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("编号", "种类", "问题", "得到的首行")
    )
    return (
        f"<section><h3>没答对的问题({len(failed)} 题)</h3>"
        '<div class="table-scroll" tabindex="0" role="region" aria-label="没答对的问题">'
        f'<table class="failed"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></section>'
    )


def report_html(report: Report) -> str:
    """A report as a part of the page."""
    return (
        f'<div class="report"><h2>{escape(report.title)}</h2><p class="facts">代码 {escape(report.commit)}'
        f" · 每题用时 p50 {report.latency_p50_ms:.0f} 毫秒,p95 {report.latency_p95_ms:.0f} 毫秒"
        " · 横线是 95% 区间</p>"
        f'<div class="report-plots">{_bars("总体", report.overall)}'
        f"<div>{_bars('各类问题答对的份额', report.by_kind)}{_curve(report.risk_coverage)}</div></div>"
        f"{_failed(report.failed)}</div>"
    )


def build(site: Site, tab: gr.Tab) -> None:
    """Add the tab's components and events to the open Blocks."""
    chooser = gr.Dropdown([], label="报告", visible=False, elem_id="report-name")
    shown = gr.HTML(elem_id="report")

    def content(name: str | None) -> str:
        reports = {report.name: report for report in list_reports(site.results_folder)}
        if not reports:
            return EXPORT + NO_REPORTS
        return EXPORT + report_html(reports.get(name or "") or next(iter(reports.values())))

    def show(name: str | None, request: gr.Request) -> str:
        return guarded(site, "evaluation", lambda: content(name))(request)

    def opened(request: gr.Request) -> tuple[Any, str]:
        reports = list_reports(site.results_folder) if admitted(site, request) else []
        choices = [(report.title, report.name) for report in reports]
        first = reports[0].name if reports else None
        update = gr.update(choices=choices, value=first, visible=len(choices) > 1)
        return update, show(first, request)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    tab.select(opened, None, [chooser, shown], **quiet)
    chooser.input(show, [chooser], [shown], **quiet)
