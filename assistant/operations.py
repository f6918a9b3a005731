"""Formulas over figures, in decimal arithmetic: the result, how it is written, and what it comes from.

A result is rounded half up to two decimals, or to two significant digits where it is smaller than that,
and says 约 where rounding changed it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

MIN_DECIMALS = 2
_DIGITS = 28
_RATE_DECIMALS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A computed number: its value, its digits as shown, and the formula that gave it.

    `derived` are the numbers of both that are no operands: the result and the formula's constants.
    """

    value: Decimal
    digits: str
    formula: str
    exact: bool
    derived: frozenset[str]

    @property
    def shown(self) -> str:
        """The digits without a sign, 约 before them where they are rounded."""
        return ("" if self.exact else "约") + self.digits.lstrip("-")


def plain(value: Decimal) -> str:
    """A number without zeros at its end and without an exponent.

    >>> plain(Decimal("3.0")), plain(Decimal("1200")), plain(Decimal("0.50"))
    ('3', '1200', '0.5')
    """
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(value: Decimal) -> Decimal:
    """The value to two decimals, smaller ones to two significant digits; half goes up.

    >>> plain(rounded(Decimal("0.908"))), plain(rounded(Decimal("0.028"))), plain(rounded(Decimal(6)))
    ('0.91', '0.028', '6')
    """
    decimals = MIN_DECIMALS
    if value and value.copy_abs() < Decimal(1).scaleb(1 - MIN_DECIMALS):
        decimals = max(decimals, 1 - value.adjusted())
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _result(value: Decimal, formula: str, *constants: int) -> Result:
    shown = rounded(value)
    digits = plain(shown)
    derived = frozenset([digits.lstrip("-"), *map(str, constants)])
    return Result(
        value=value, digits=digits, formula=formula, exact=shown == value, derived=derived
    )


def difference(first: Decimal, second: Decimal, unit: str = "") -> Result:
    """First − second, in their own unit.

    >>> difference(Decimal("12.1"), Decimal("8.76"), "万人").formula
    '12.1万人−8.76万人'
    """
    return _result(first - second, f"{plain(first)}{unit}−{plain(second)}{unit}")


def before_growth(value: Decimal, share: Decimal, unit: str = "") -> Result:
    """What was before it grew by a share, in %, to a value; ValueError where it would have been nothing.

    >>> before_growth(Decimal(110), Decimal(10), "人").formula
    '110人÷(1+10%)'
    """
    if share <= -100:
        raise ValueError(f"nothing is left of what falls by {-share} %")
    sign = "+" if share >= 0 else "−"
    formula = f"{plain(value)}{unit}÷(1{sign}{plain(share.copy_abs())}%)"
    return _result(value / (1 + share / 100), formula, 1)


def growth(first: Decimal, last: Decimal) -> Result:
    """The growth from the first to the last, in % of the first; ValueError where that is 0.

    >>> growth(Decimal("4.9"), Decimal("6.1")).shown
    '约24.49'
    """
    if not first:
        raise ValueError("nothing grows from 0 by a share of it")
    a, b = plain(first), plain(last)
    return _result((last - first) / first * 100, f"({b}−{a})÷{a}")


def ratio(first: Decimal, second: Decimal, *, percent: bool = False) -> Result:
    """How many times the second the first is, or that in %; ValueError where the second is 0."""
    if not second:
        raise ValueError("nothing is a multiple of 0")
    return _result(first / second * (100 if percent else 1), f"{plain(first)}÷{plain(second)}")


def total(values: Sequence[Decimal], unit: str = "") -> Result:
    """The sum, in their own unit; 0 for none."""
    formula = "+".join(f"{plain(value)}{unit}" for value in values)
    return _result(sum(values, Decimal(0)), formula)


def remainder(amount: Decimal, parts: Sequence[Decimal], unit: str = "") -> Result:
    """What is left of an amount beside its parts, all in one unit.

    >>> remainder(Decimal("11.3"), [Decimal("2.86"), Decimal(2)], "万人").formula
    '11.3万人−2.86万人−2万人'
    """
    formula = "−".join(f"{plain(value)}{unit}" for value in (amount, *parts))
    return _result(amount - sum(parts, Decimal(0)), formula)


def complement(share: Decimal) -> Result:
    """What is left of 100 % beside a share."""
    return _result(100 - share, f"100%−{plain(share)}%", 100)


def part(whole_amount: Decimal, share: Decimal, unit: str = "") -> Result:
    """A share, in %, of an amount.

    >>> part(Decimal("6.1"), Decimal(55), "万人").formula
    '6.1万人×55%'
    """
    return _result(whole_amount * share / 100, f"{plain(whole_amount)}{unit}×{plain(share)}%")


def rest_of(whole_amount: Decimal, share: Decimal, unit: str = "") -> Result:
    """What is left of an amount beside a share of it, in %.

    >>> rest_of(Decimal("6.1"), Decimal(55), "万人").formula
    '6.1万人×(100%−55%)'
    """
    formula = f"{plain(whole_amount)}{unit}×(100%−{plain(share)}%)"
    return _result(whole_amount * (100 - share) / 100, formula, 100)


def whole(amount: Decimal, share: Decimal, unit: str = "") -> Result:
    """What an amount is a share of, in %; ValueError where the share is 0."""
    if not share:
        raise ValueError("an amount is no 0 % of anything")
    return _result(amount / share * 100, f"{plain(amount)}{unit}÷{plain(share)}%")


def yearly(first: Decimal, last: Decimal, years: int) -> Result:
    """The average change in a year, in their own unit; `years` is at least 1.

    >>> yearly(Decimal("4.06"), Decimal("6.1"), 5).shown
    '约0.41'
    """
    return _result((last - first) / years, f"({plain(last)}−{plain(first)})÷{years}", years)


def per_year(amount: Decimal, years: int) -> Result:
    """An amount spread evenly over years; `years` is at least 1."""
    return _result(amount / years, f"{plain(amount)}÷{years}", years)


def over_years(amount: Decimal, years: int, unit: str = "") -> Result:
    """What a yearly amount comes to in a number of years."""
    return _result(amount * years, f"每年{plain(amount)}{unit}×{years}年", years)


def yearly_growth(first: Decimal, last: Decimal, years: int) -> Result:
    """The compound growth in a year, in %: ((last ÷ first) ^ (1 ÷ years) − 1) × 100.

    ValueError where a value is not above 0.

    >>> yearly_growth(Decimal(100), Decimal("161.051"), 5).digits
    '10'
    """
    if first <= 0 or last <= 0:
        raise ValueError(f"no compound growth from {first} to {last}")
    with localcontext(prec=_DIGITS):
        rate = ((last / first).ln() / years).exp() * 100 - 100
        rate = rate.quantize(Decimal(1).scaleb(-_RATE_DECIMALS))  # 10, not 10.00…01
    a, b = plain(first), plain(last)
    return _result(rate, f"({b}÷{a})的1/{years}次方−1", 1, years)
