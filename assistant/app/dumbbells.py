"""The dumbbell plot: for each figure its baseline and its target on one line, units apart."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from itertools import groupby

from corpus.target_records import Entry


def shown_number(value: Decimal) -> str:
    """A number as people write it: no exponent."""
    return f"{value:f}"


def _span_of(entries: Sequence[Entry]) -> tuple[Decimal, Decimal]:
    """The ends of the axis: all values with a tenth of their range on either side."""
    values = [v for e in entries for v in (e.target.baseline, e.target.target) if v is not None]
    low, high = min(values), max(values)
    margin = (high - low) / 10 or abs(high) / 10 or Decimal(1)
    return low - margin, high + margin


def _line(entry: Entry, low: Decimal, high: Decimal) -> str:
    target = entry.target
    if target.baseline is None or target.target is None:
        return ""
    at = [float((v - low) / (high - low)) * 100 for v in (target.baseline, target.target)]
    left, right = min(at), max(at)
    before, after = shown_number(target.baseline), shown_number(target.target)
    said = f"{target.name}:{target.baseline_year}年{before}{target.unit},{target.target_year}年目标{after}{target.unit}"
    return (
        f'<li><a href="{escape(entry.link)}" aria-label="{escape(said)}">'
        f'<span class="dumbbell-name">{escape(target.name)}</span>'
        f'<span class="dumbbell-track"><i class="bar" style="left:{left:.1f}%;width:{right - left:.1f}%"></i>'
        f'<i class="dot from" style="left:{at[0]:.1f}%"></i><i class="dot to" style="left:{at[1]:.1f}%"></i></span>'
        f'<span class="dumbbell-values">{before} → <b>{after}</b> {escape(target.unit)}</span></a></li>'
    )


def _panel(unit: str, entries: Sequence[Entry]) -> str:
    low, high = _span_of(entries)
    lines = "".join(_line(entry, low, high) for entry in entries)
    return (
        f'<div class="plot-panel"><h3>单位:{escape(unit or "无")}</h3>'
        f'<ul class="dumbbells">{lines}</ul></div>'
    )


def dumbbells(entries: Sequence[Entry]) -> str:
    """The plot of those entries that have both values; one axis for each unit, not from zero."""
    both = [entry for entry in entries if entry.change is not None]
    if not both:
        return '<p class="plot-note">这里没有同时写了基期值和目标值的指标,所以没有图。</p>'
    units = list(dict.fromkeys(entry.target.unit for entry in both))
    ordered = sorted(both, key=lambda entry: units.index(entry.target.unit))
    panels = "".join(
        _panel(unit, list(group)) for unit, group in groupby(ordered, key=lambda e: e.target.unit)
    )
    years = sorted(
        {year for e in both for year in (e.target.baseline_year, e.target.target_year) if year}
    )
    return (
        f'<details class="plot" open><summary>基期与目标({"、".join(map(str, years))}年,{len(both)} 项)</summary>'
        '<p class="plot-note"><i class="dot from"></i> 基期值 <i class="dot to"></i> 目标值。'
        "每个单位各有一条轴,轴不从零开始。目标是规划写的,不是实际完成情况。</p>"
        f'<div class="plot-panels">{panels}</div></details>'
    )
