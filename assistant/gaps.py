"""How the changes of two records compare: which is the greater, and whether the records come nearer."""

from dataclasses import replace

from assistant import operations
from assistant.amounts import Figure
from assistant.changes import difference_unit, draft_of, moving
from assistant.draft import Draft
from assistant.operands import Operands
from assistant.phrases import core, counts_persons


def draft_gap_change(operands: Operands, first: str, second: str) -> Draft | None:
    """Whether two records come nearer to each other, and by how much: `差距是缩小还是拉大`."""
    one = moving(operands, "", first)
    if one is None:
        return None
    among = [t for t in operands.of_unit(one[0].target.unit) if t is not one[0].target]
    # What follows the second name asks how the gap moves.
    head = second.split(",", maxsplit=1)[0]
    named = operands.named(core(head), among, context=core(first))
    named = named or operands.named(core(second), among, context=core(first))
    other = next((pair for t in named if (pair := operands.both(t))), None)
    if other is None:
        return None
    gaps = [
        operations.difference(max(a.value, b.value), min(a.value, b.value))
        for a, b in zip(one, other, strict=True)
    ]
    change = operations.difference(gaps[1].value, gaps[0].value)
    unit = one[0].target.unit
    points = difference_unit(operands, unit, change.digits.lstrip("-"))
    word = "扩大" if change.value > 0 else "缩小" if change.value < 0 else "没有变化"
    by = f"{word}{change.shown}{points}" if change.value else word
    text = (
        f"{one[0].target.name}与{other[0].target.name}的差距由{one[0].when}的{gaps[0].shown}{points}"
        f"变为{one[1].when}的{gaps[1].shown}{points},{by}"
        f"(({gaps[1].formula})−({gaps[0].formula}))。"
    )
    derived = change.derived.union(*(gap.derived for gap in gaps))
    return draft_of(text, replace(change, derived=derived), *one, *other)


def draft_gap(
    operands: Operands, first: str, second: str, *, relative: bool, greater_first: bool = False
) -> Draft | None:
    """By how much one record's change is above another's: in points of growth, or in the unit of both."""
    one, other = (
        moving(operands, "", phrase, growing=relative or counts_persons(phrase))
        for phrase in (first, second)
    )
    if one and other and operands.in_table(one[0].target) != operands.in_table(other[0].target):
        # The values of two places are of different years.
        text = next(p for p in (one, other) if not operands.in_table(p[0].target))
        inside = text[0].target.section_id
        one, other = (
            moving(operands, "", phrase, growing=relative, inside=inside)
            for phrase in (first, second)
        )
    pairs = [
        pair for pair in (one, other) if pair and not (relative and pair[0].target.unit == "%")
    ]
    if len(pairs) < 2 or pairs[0][0].target is pairs[1][0].target:
        return None
    return gap_of(operands, pairs, relative=relative, greater_first=greater_first)


def gap_of(
    operands: Operands,
    pairs: list[tuple[Figure, Figure]],
    *,
    relative: bool,
    greater_first: bool = False,
) -> Draft | None:
    """By how much the change from the first to the second figure of one pair is above that of another."""
    unit = pairs[0][0].target.unit
    if (relative and not all(before.value for before, _ in pairs)) or (
        not relative and pairs[1][0].target.unit != unit
    ):
        return None
    changes = [
        operations.growth(before.value, aimed.value)
        if relative
        else operations.difference(aimed.value, before.value, unit)
        for before, aimed in pairs
    ]
    if greater_first and changes[0].value < changes[1].value:
        changes.reverse()
        pairs.reverse()
    gap = operations.difference(changes[0].value, changes[1].value)
    points = difference_unit(operands, "%" if relative else unit, gap.digits.lstrip("-"))
    said = "、".join(
        f"{aimed.target.name}{'增长' if change.value >= 0 else '减少'}"
        f"{change.shown}{'%' if relative else points}({change.formula})"
        for (_, aimed), change in zip(pairs, changes, strict=True)
    )
    word = "低" if gap.value < 0 else "高"
    names = [aimed.target.name for _, aimed in pairs]
    what = "增幅" if relative else "增量"
    text = f"{names[0]}的{what}比{names[1]}{word}{gap.shown}{points}:{said}。"
    derived = gap.derived.union(*(change.derived for change in changes))
    figures = [figure for pair in pairs for figure in pair]
    return draft_of(text, replace(gap, derived=derived), *figures)
