"""Shares with their intervals as bars: SVG, without a library."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

LEFT, WIDE, ROW, TOP = 210, 200, 26, 50
PANELS = (("success@1", "首段命中", 0.5), ("success@5", "前五命中", 0.8))


def _panel(rows: Sequence[Mapping[str, Any]], name: str, title: str, low: float, x: int) -> str:
    """One measure of all rows from `low` to 1, its left edge at x."""

    def at(value: float) -> float:
        return x + WIDE * (max(value, low) - low) / (1 - low)

    bottom = TOP + ROW * len(rows)
    whole = at(rows[0][name]["mean"])
    marks = [
        f'<text x="{x}" y="22" font-size="15">{title}</text>',
        *(
            f'<text x="{at(tick):.0f}" y="40" text-anchor="middle" fill="#666">{tick:.2f}</text>'
            for tick in (low, (1 + low) / 2, 1)
        ),
        f'<path d="M{whole:.1f} {TOP - 4}V{bottom}" stroke="#888" stroke-dasharray="3 3"/>',
    ]
    for number, row in enumerate(rows):
        value, y = row[name], TOP + ROW * number
        color = "#1a5fb4" if number == 0 else "#99c1f1"
        marks.append(
            f'<rect x="{x}" y="{y}" width="{at(value["mean"]) - x:.1f}" height="16" fill="{color}"/>'
            f'<path d="M{at(value["low"]):.1f} {y + 8}H{at(value["high"]):.1f}" stroke="#222"/>'
        )
    return "".join(marks)


def draw(rows: Sequence[Mapping[str, Any]]) -> str:
    """The SVG of both measures, a row each, the first marked by a dashed line through all."""
    labels = "".join(
        f'<text x="{LEFT - 10}" y="{TOP + ROW * number + 13}" text-anchor="end">'
        f"{escape(row['label'] if number == 0 else '去掉 ' + row['label'])}</text>"
        for number, row in enumerate(rows)
    )
    panels = "".join(
        _panel(rows, name, title, low, LEFT + number * (WIDE + 50))
        for number, (name, title, low) in enumerate(PANELS)
    )
    width, height = LEFT + 2 * (WIDE + 50), TOP + ROW * len(rows) + 14
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"'
        f' font-size="13"><rect width="{width}" height="{height}" fill="#fff"/>{labels}{panels}</svg>\n'
    )
