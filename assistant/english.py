"""The lead sentence in English of a figure that an English question asks for; the quotes stay Chinese."""

from collections.abc import Sequence
from decimal import Decimal

from assistant.draft import Statement
from assistant.ground import stated_numbers
from assistant.operations import plain
from corpus.fold import fold
from corpus.quantities import MULTIPLIERS
from corpus.types import Bound, Target

# What a value counts, in English; of things counted one by one the number alone is said.
_UNITS = {
    **dict.fromkeys(["人", "名", "位"], " people"), "人次": " person-times", "%": "%", "年": " years",
    "元": " yuan", "岁": " years of age",
}  # fmt: skip
_BOUNDS: dict[Bound, str] = {
    "不低于": "at least ", "以上": "at least ", "约": "about ", "左右": "about ", "以内": "at most ",
}  # fmt: skip


def _amount(value: Decimal, unit: str, bound: Bound = "等于") -> str:
    """A value without 万 and 亿.

    >>> _amount(Decimal("6.1"), "万人"), _amount(Decimal("93.5"), "%", "不低于"), _amount(Decimal(15), "所")
    ('61,000 people', 'at least 93.5%', '15')
    """
    bare = unit.lstrip("百千万亿")
    amount = value * MULTIPLIERS.get(unit.removesuffix(bare), 1)
    whole, _, decimals = plain(amount).partition(".")
    number = f"{int(whole):,}" + (f".{decimals}" if decimals else "")
    return f"{_BOUNDS.get(bound, '')}{number}{_UNITS.get(bare, '')}"


def said_in_english(target: Target, sources: str, years: Sequence[int] = ()) -> str:
    """What a record says: the value of the year asked for leads; a year only where the sources say it."""
    parts = []
    if target.target is not None:
        when = f" for {target.target_year}" if str(target.target_year) in sources else ""
        amount = _amount(target.target, target.unit, target.bound)
        if target.target_high is not None:
            amount += f" to {_amount(target.target_high, target.unit)}"
        parts.append(f"target{when}: {amount}")
    if target.baseline is not None:
        stated = str(target.baseline_year) in sources
        when = f"in {target.baseline_year}" if stated else "reported"
        bound = target.bound if target.target is None else "等于"
        parts.append(f"{when}: {_amount(target.baseline, target.unit, bound)}")
    if target.baseline_year in years and target.target_year not in years:
        parts.reverse()
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def led_in_english(statement: Statement, target: Target, years: Sequence[int] = ()) -> Statement:
    """A statement of a record behind the sentence that says it in English."""
    sources = fold("\n".join(place.document.quote(place.span) for place in statement.places))
    text = said_in_english(target, sources, years)
    # 61,000 people are 6.1 in the row and 万人 in its name.
    scaled = target.unit != target.unit.lstrip("百千万亿")
    derived = frozenset(map(str, stated_numbers(text))) if scaled else frozenset()
    return Statement(
        text=f"{text} {statement.text}", places=statement.places, kind="computed", derived=derived
    )
