"""The growth of an index as a drawing: SVG, without a library."""

from collections.abc import Sequence
from math import log10
from pathlib import Path
from typing import Any

WIDTH, HEIGHT, MARGIN = 620, 300, 60
SERIES = (("query_ms_p50", "#1a5fb4", "p50"), ("query_ms_p95", "#c64600", "p95"))


def _points(rows: Sequence[dict[str, Any]], name: str, top: float) -> list[tuple[float, float]]:
    low, high = log10(rows[0]["passages"]), log10(rows[-1]["passages"])
    wide, tall = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    return [
        (
            MARGIN + wide * (log10(row["passages"]) - low) / ((high - low) or 1),
            HEIGHT - MARGIN - tall * row[name] / top,
        )
        for row in rows
    ]


def _line(rows: Sequence[dict[str, Any]], name: str, color: str, label: str, top: float) -> str:
    points = _points(rows, name, top)
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    marks = "".join(
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="{color}"/>'
        f'<text x="{x:.0f}" y="{y - 9:.0f}" text-anchor="middle" fill="{color}">{row[name]}</text>'
        for (x, y), row in zip(points, rows, strict=True)
    )
    x, y = points[-1]
    name_mark = f'<text x="{x + 14:.0f}" y="{y + 4:.0f}" fill="{color}">{label}</text>'
    return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>{marks}{name_mark}'


def plot(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Write milliseconds a query over the number of passages; no rows give no drawing."""
    if not rows:
        return
    top = 1.2 * max(row[name] for row in rows for name, _, _ in SERIES)
    floor = HEIGHT - MARGIN
    ticks = "".join(
        f'<text x="{x:.0f}" y="{floor + 20}" text-anchor="middle">{row["passages"]:,}</text>'
        for (x, _), row in zip(_points(rows, SERIES[0][0], top), rows, strict=True)
    )
    axes = f'<path d="M{MARGIN} {MARGIN}V{floor}H{WIDTH - MARGIN}" fill="none" stroke="#888"/>'
    titles = (
        f'<text x="{MARGIN}" y="{MARGIN - 28}" font-size="15">检索一次的毫秒数(不含问题的嵌入)</text>'
        f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">段落数(对数刻度)</text>'
    )
    lines = "".join(_line(rows, *series, top) for series in SERIES)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        f' font-size="13"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f"{titles}{axes}{ticks}{lines}</svg>\n",
        encoding="utf-8",
    )
