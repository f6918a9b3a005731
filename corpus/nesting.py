"""How deep a heading stands, from the nesting that the document itself shows.

A style that is open is closed back to; a new one goes one level deeper. Only where a style comes that
is customarily outer to the open one ((一) after 1.) is it asked which of the two goes on afterwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from corpus.headings import COUNTED_STYLES, ITEM_STYLES, Heading, HeadingStyle

# The customary order, outer before inner; it decides only where the document leaves it open.
_CUSTOM: tuple[HeadingStyle, ...] = (
    "annex", "plain", "part", "chapter", "section", "article",
    "decimal1", "decimal2", "decimal3", "decimal4", "chinese", "chinese_paren", "box",
    "arabic", "arabic_paren", "circled", "dash", "lead", "table", "figure",
)  # fmt: skip
_RANK = {style: rank for rank, style in enumerate(_CUSTOM)}
# The divisions of a law are never inside one of its articles, even where the first of them is missing.
_DIVISIONS: frozenset[HeadingStyle] = frozenset({"chapter", "section"})
# Nothing stands inside these but their own text (a box has items).
_LEAVES: frozenset[HeadingStyle] = frozenset({"dash", "table", "figure", "lead"})


@dataclass(frozen=True, slots=True)
class Opening:
    """A heading where it stands: its line's index and the level that the format gives, if any."""

    line: int
    heading: Heading
    level: int | None = None

    @property
    def style(self) -> HeadingStyle:
        """The heading's style."""
        return self.heading.style


@dataclass(slots=True)
class Nesting:
    """Follows the headings of a document in order; `open` holds the present path, outermost first."""

    open: list[Opening] = field(default_factory=list)
    _parents: dict[HeadingStyle, HeadingStyle | None] = field(default_factory=dict)

    def depth(self, openings: Sequence[Opening], place: int) -> int:
        """How many of the open headings stay open for the one at a place; it is then open itself."""
        heading = openings[place]
        kept = self.open[: self._kept(heading, openings, place)]
        self._parents.setdefault(heading.style, kept[-1].style if kept else None)
        self.open = [*kept, heading]
        return len(kept)

    def _kept(self, heading: Opening, openings: Sequence[Opening], place: int) -> int:
        if heading.style in {"annex", "part"}:
            return 0
        stack = self.open[: self._within_level(heading)]
        styles = [opening.style for opening in stack]
        if heading.style == "plain":
            return len(stack) if heading.level is None else self._above(heading.level, stack)
        if heading.style in styles:
            return styles.index(heading.style)
        closes = ITEM_STYLES if heading.style in {"box", "table"} else _LEAVES
        while styles and styles[-1] in closes:
            styles.pop()
        if not styles or _RANK[heading.style] > _RANK[styles[-1]]:
            return len(styles)
        return self._outward(heading, styles, islice(openings, place + 1, None))

    def _within_level(self, heading: Opening) -> int:
        """How many open headings are outer to it by the levels that the format gives."""
        if heading.level is None:
            return len(self.open)
        for place, opening in enumerate(self.open):
            if opening.level is not None and opening.level >= heading.level:
                return place
        return len(self.open)

    @staticmethod
    def _above(level: int, stack: Sequence[Opening]) -> int:
        """An unnumbered heading stands right under the last open one of an outer level."""
        outer = [
            place for place, opening in enumerate(stack) if opening.level and opening.level < level
        ]
        return outer[-1] + 1 if outer else 0

    def _outward(
        self, heading: Opening, styles: list[HeadingStyle], later: Iterable[Opening]
    ) -> int:
        """The place of a style that is customarily outer to the open one."""
        if heading.style in self._parents:
            parent = self._parents[heading.style]
            if parent is None:
                return 0
            return styles.index(parent) + 1 if parent in styles else len(styles)
        inner = self.open[len(styles) - 1]
        following = next((opening for opening in later if opening.style == inner.style), None)
        divides = heading.style in _DIVISIONS
        if (
            not divides
            and following
            and following.heading.number == (inner.heading.number or 0) + 1
        ):
            return len(styles)
        return next(
            place for place, style in enumerate(styles) if _RANK[style] > _RANK[heading.style]
        )


def _without_false_decimals(openings: Sequence[Opening]) -> Sequence[Opening]:
    """Decimal numbers are headings where they begin with 1 and go down to 1.1."""
    labels = [opening.heading.label for opening in openings if opening.style.startswith("decimal")]
    if labels and labels[0] in {"1", "1.1"} and any(label.startswith("1.1") for label in labels):
        return openings
    return [opening for opening in openings if not opening.style.startswith("decimal")]


def real_openings(openings: Sequence[Opening]) -> list[Opening]:
    """The openings without those that only look like headings.

    A counted style must begin with 1, or go on with the next number; an article without a space after
    its label must be the next one.
    """
    openings = _without_false_decimals(openings)
    numbers: dict[HeadingStyle, list[int | None]] = {}
    for opening in openings:
        numbers.setdefault(opening.style, []).append(opening.heading.number)
    counted_from = {
        style: counts[0] == 1 or counts[1:2] == [(counts[0] or 0) + 1]
        for style, counts in numbers.items()
    }
    real: list[Opening] = []
    article = 0
    for opening in openings:
        if opening.style in COUNTED_STYLES and not counted_from[opening.style]:
            continue
        if opening.style == "article":
            number = opening.heading.number or 0
            if not opening.heading.spaced and number != article + 1:
                continue
            article = number
        real.append(opening)
    return real
