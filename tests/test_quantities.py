"""Quantities with what may stand around them."""

import pytest

from corpus.quantities import find_quantities


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound"),
    [
        ("五年总投入力争达到96亿元", "96", "亿元", "等于"),
        ("宿舍温度不高于26度,每班不多于35人", "35", "人", "以内"),
        ("覆盖人数接近3万人", "3", "万人", "约"),
        ("补助标准不低于780元", "780", "元", "不低于"),
        ("培训教师1200余名", "1200", "名", "以上"),
    ],
)
def test_bounds(text: str, value: str, unit: str, bound: str) -> None:
    last = find_quantities(text)[-1]
    assert (str(last.value), last.unit, last.bound) == (value, unit, bound)
