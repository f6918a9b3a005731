"""A run as one self-contained HTML file in Chinese, with plots, that opens offline."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from assistant.reports import KINDS, METRICS

_STYLE = """body{font:16px/1.7 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",
sans-serif;margin:2em auto;max-width:960px;padding:0 1em;color:#1f2937}
h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}
svg{width:100%;height:auto}table{border-collapse:collapse;width:100%;font-size:.9em}
td,th{border-bottom:1px solid #e5e7eb;
padding:4px 8px;text-align:left;vertical-align:top}.n{color:#6b7280}.bad{color:#b91c1c}dl{display:grid;
grid-template-columns:max-content 1fr;gap:2px 16px}dt{color:#6b7280}dd{margin:0;overflow-wrap:anywhere}"""
_ROW = 30
_LEFT, _RIGHT, _WIDTH = 190, 130, 940


def _bars(rows: Sequence[tuple[str, Mapping[str, float]]]) -> str:
    """Horizontal bars of means in [0, 1] with their intervals as lines."""
    scale = _WIDTH - _LEFT - _RIGHT
    parts = []
    for place, (name, metric) in enumerate(rows):
        y = place * _ROW + 8
        low, high = _LEFT + metric["low"] * scale, _LEFT + metric["high"] * scale
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 14}" text-anchor="end" font-size="14">{escape(name)}</text>'
            f'<rect x="{_LEFT}" y="{y}" width="{metric["mean"] * scale:.1f}" height="18" fill="#14b8a6"/>'
            f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y + 9}" y2="{y + 9}" stroke="#0f172a" stroke-width="2"/>'
            f'<text x="{_WIDTH - _RIGHT + 8}" y="{y + 14}" font-size="13">{metric["mean"]:.3f}'
            f' <tspan fill="#6b7280">n={metric["n"]}</tspan></text>'
        )
    height = len(rows) * _ROW + 10
    return f'<svg viewBox="0 0 {_WIDTH} {height}" role="img">{"".join(parts)}</svg>'


def _curve(points: Sequence[Sequence[float]]) -> str:
    """Risk against coverage."""
    width, height, margin = 600, 300, 40
    path = " ".join(
        f"{margin + x * (width - 2 * margin):.1f},{height - margin - y * (height - 2 * margin):.1f}"
        for x, y in points
    )
    axes = (
        f'<path d="M{margin},{margin} V{height - margin} H{width - margin}" fill="none" stroke="#6b7280"/>'
        f'<text x="{margin}" y="{height - margin + 18}" font-size="12" text-anchor="middle">0</text>'
        f'<text x="{width - margin}" y="{height - margin + 18}" font-size="12" text-anchor="middle">1</text>'
        f'<text x="{margin - 6}" y="{margin + 4}" font-size="12" text-anchor="end">1</text>'
        f'<text x="{margin - 6}" y="{height - margin + 4}" font-size="12" text-anchor="end">0</text>'
        f'<text x="{width / 2}" y="{height - 8}" font-size="13" text-anchor="middle">回答的份额</text>'
        f'<text x="8" y="{margin - 12}" font-size="13">其中答错的份额(0—1)</text>'
    )
    line = f'<polyline points="{path}" fill="none" stroke="#14b8a6" stroke-width="2"/>'
    return (
        f'<svg viewBox="0 0 {width} {height}" style="max-width:600px" role="img">{axes}{line}</svg>'
    )


def _named(report: Mapping[str, Any], names: Mapping[str, str], prefix: str = "") -> list[Any]:
    metrics = report["metrics"]
    return [
        (label, metrics[prefix + name]) for name, label in names.items() if prefix + name in metrics
    ]


def _provenance(report: Mapping[str, Any]) -> str:
    left_out = {"metrics", "outcomes", "risk_coverage", "latency_ms"}
    items = [(k, v) for k, v in report.items() if k not in left_out]
    latency = report["latency_ms"]
    items.append(("latency_ms", f"p50 {latency['p50']:.0f},p95 {latency['p95']:.0f}"))
    return (
        "<dl>"
        + "".join(f"<dt>{escape(k)}</dt><dd>{escape(str(v))}</dd>" for k, v in items)
        + "</dl>"
    )


def _failed(report: Mapping[str, Any]) -> str:
    rows = [
        f"<tr><td>{escape(o['id'])}</td><td>{escape(KINDS.get(o['kind'], o['kind']))}</td>"
        f"<td>{escape(o['question'])}</td><td class=bad>{escape(o['first_line'] or o['error'] or '')}</td></tr>"
        for o in report["outcomes"]
        if not o["values"]["correct"]
    ]
    head = "<tr><th>编号</th><th>种类</th><th>问题</th><th>得到的首行</th></tr>"
    return f"<p>{len(rows)} 题。</p><table>{head}{''.join(rows)}</table>"


def render(report: Mapping[str, Any]) -> str:
    """The HTML of a report."""
    title = f"问规评测:{report['system']} · {report['set']} · {report['date']}"
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>"
        f"<h2>总体(横线为 95% 区间)</h2>{_bars(_named(report, METRICS))}"
        f"<h2>各类问题答对的份额</h2>{_bars(_named(report, KINDS, 'correct:'))}"
        f"<h2>风险与覆盖</h2>{_curve(report['risk_coverage'])}"
        f"<h2>来历</h2>{_provenance(report)}<h2>没答对的问题</h2>{_failed(report)}</html>"
    )
