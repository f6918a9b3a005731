"""The tab 指标查询: every figure of the documents in a table that narrows as one types."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import urlencode

import gradio as gr

from assistant.app.dumbbells import dumbbells, shown_number
from assistant.site import Site
from corpus.target_records import Choice, Entry
from corpus.types import Target

ANY = "全部"
_COLUMNS = ("指标", "基期", "目标", "增减(算得)", "性质", "出处")


NOTHING = '<span class="nothing">—</span>'


def _value(value: Decimal, high: Decimal | None, year: int | None, target: Target) -> str:
    """A value with its bound, unit and year: 不低于55%, 50所左右."""
    upper = f"—{shown_number(high)}" if high is not None else ""
    number = f"<b>{shown_number(value)}{upper}</b>{escape(target.unit)}"
    before = target.bound if target.bound in {"不低于", "约"} else ""
    after = target.bound if target.bound in {"以上", "左右", "以内"} else ""
    when = f"<small>{year}年</small>" if year else ""
    return f"{before}{number}{after}{when}"


def _baseline(target: Target) -> str:
    if target.baseline is None:
        return NOTHING
    return _value(target.baseline, None, target.baseline_year, target)


def _target(target: Target) -> str:
    if target.target is None:
        return NOTHING
    return _value(target.target, target.target_high, target.target_year, target)


def _change(entry: Entry) -> str:
    """Target less baseline, with how it was computed; percentages differ by percentage points."""
    target, change = entry.target, entry.change
    if change is None or target.baseline is None or target.target is None:
        return NOTHING
    unit = "个百分点" if target.unit == "%" else target.unit
    sum_ = f"{shown_number(target.target)} − {shown_number(target.baseline)}"
    return f'<span class="computed" title="计算得出:{sum_}">{change:+f}{escape(unit)}</span><small>= {sum_}</small>'


def _row(entry: Entry) -> str:
    target = entry.target
    kind = " · ".join(part for part in (target.kind, target.nature) if part)
    cells = (
        f'<a href="{escape(entry.link)}">{escape(target.name)}</a>',
        _baseline(target),
        _target(target),
        _change(entry),
        escape(kind),
        f'<a href="{escape(entry.link)}" title="在原文中查看">{escape(entry.place)}</a>',
    )
    labelled = zip(_COLUMNS, cells, strict=True)
    body = "".join(f'<td data-label="{name}">{cell}</td>' for name, cell in labelled)
    return f"<tr data-open>{body}</tr>"


def table(entries: Sequence[Entry]) -> str:
    """The figures as a table; on a phone each becomes a card."""
    if not entries:
        return '<p class="no-figures">没有合适的指标。请换一个词,或放宽筛选。</p>'
    head = "".join(f'<th scope="col">{name}</th>' for name in _COLUMNS)
    return (
        f'<table class="figures"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(map(_row, entries))}</tbody></table>"
    )


def downloads(choice: Choice, entries: Sequence[Entry]) -> str:
    """How many there are, and links that download the same figures."""
    wanted = {
        "q": choice.keyword, "area": choice.area, "year": choice.year, "kind": choice.kind,
        "bound": choice.bound, "document": choice.document_id,
    }  # fmt: skip
    query = {name: value for name, value in wanted.items() if value}
    links = "".join(
        f'<a class="button" download href="/api/targets?{escape(urlencode(query | {"format": kind}))}">'
        f"下载 {kind.upper()}</a>"
        for kind in ("csv", "xlsx")
    )
    computed = sum(entry.change is not None for entry in entries)
    note = f",其中 {computed} 条的增减是由规划里的两个数算出来的" if computed else ""
    return (
        f'<div class="figures-head"><p role="status">{len(entries)} 条{note}。</p>'
        f"<p>{links}</p></div>"
    )


def _options(values: Iterable[Any]) -> list[str]:
    return [ANY, *dict.fromkeys(str(value) for value in values if value)]


def _years(entries: Iterable[Entry]) -> list[str]:
    return _options(
        sorted({y for e in entries for y in (e.target.baseline_year, e.target.target_year) if y})
    )


def _filters(site: Site) -> list[Any]:
    """The components that narrow the table, in the order of `narrow`'s parameters."""
    entries = site.entries
    documents = [(d.metadata.title, d.document_id) for d in site.assistant.documents.values()]
    with gr.Row(elem_classes="filters"):
        keyword = gr.Textbox(
            label="找指标",
            placeholder="例如 毛入学率、教师,或拼音首字母 mrxl",
            scale=3,
            min_width=240,
            elem_id="keyword",
        )
        area = gr.Dropdown(
            _options(e.area for e in entries), value=ANY, label="类别", scale=2, min_width=200
        )
        bounds = _options(entry.target.bound for entry in entries)
        bound = gr.Dropdown(bounds, value=ANY, label="界限", scale=1, min_width=120)
        document = gr.Dropdown(
            [(ANY, ANY), *documents], value=ANY, label="文件", visible=len(documents) > 1, scale=2
        )
    with gr.Row(elem_classes="filters"):
        year = gr.Radio(_years(entries), value=ANY, label="年份", min_width=200)
        kind = gr.Radio([ANY, "目标", "现状"], value=ANY, label="性质", min_width=200)
    return [keyword, area, year, kind, bound, document]


def _chosen(value: str | None) -> str:
    return "" if value in {None, ANY} else str(value)


def build(site: Site, tab: gr.Tab) -> None:
    """Add the tab's components and events to the open Blocks."""
    filters = _filters(site)
    head = gr.HTML(elem_id="figures-head")
    plot = gr.HTML(elem_id="plot")
    rows = gr.HTML(elem_id="figures")

    def narrow(keyword: str, *rest: str | None) -> tuple[str, str, str]:
        area, year, kind, bound, document_id = map(_chosen, rest)
        choice = Choice(
            keyword=keyword, area=area, year=int(year) if year else None, kind=kind, bound=bound,
            document_id=document_id,
        )  # fmt: skip
        entries = site.chosen(choice)
        return downloads(choice, entries), dumbbells(entries), table(entries)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    # Gradio's `input` hears key presses alone, so nothing that an input method writes; `change` hears both.
    changed = [tab.select, filters[0].submit, *(each.change for each in filters)]
    gr.on(changed, narrow, filters, [head, plot, rows], trigger_mode="always_last", **quiet)
