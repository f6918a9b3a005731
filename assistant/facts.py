"""Figures from the target records: the value with unit, year, kind and where it stands."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from assistant.amounts import BOUNDS, header_of, places_of
from assistant.clause import asking_part
from assistant.draft import Draft, Place, Statement
from assistant.english import led_in_english
from assistant.evidence import Evidence, Weigher
from assistant.extract import MAX_FIRST_LINE, MAX_QUOTES, place_of, quantity_line, shortened
from assistant.figures import Figure
from assistant.naming import name_share
from assistant.question import Question
from corpus.targets import targets_of
from corpus.types import Document, Target

# Where the question asks for no figure in so many words, it must say the indicator nearly whole.
WHOLE_NAME_SHARE = 0.9
# Of so many of the best sentences and rows one without numbers is meant where its name is said so far.
ROWS, WORDED_NAME_SHARE = 3, 0.7
# A cell that is no dash; the heads of columns that only number the rows.
_TELLS = re.compile(r"\w")
_ORDINALS = frozenset({"序号", "编号"})
_ASKED = re.compile(
    r"多少|多大(?=地方|的?面积|一?块地)|(?<![这那前后头好])几(?=[个所名间项套门对家座张种类级])"
)


def _amount(value: Decimal, unit: str, bound: str = "") -> str:
    before, behind = BOUNDS.get(bound, ("", ""))
    return f"{before}{value}{unit}{behind}"


def in_words(target: Target, years: Sequence[int] = ()) -> str:
    """A record as a sentence: the value of the year asked for leads, the other follows in brackets."""
    parts = []
    if target.target is not None:
        parts.append(
            f"{target.target_year}年目标为{_amount(target.target, target.unit, target.bound)}"
        )
    if target.baseline is not None:
        parts.append(f"{target.baseline_year}年为{_amount(target.baseline, target.unit)}")
    if target.baseline_year in years and target.target_year not in years:
        parts.reverse()
    first, rest = parts[0], parts[1:]
    nature = f",{target.nature}指标" if target.nature else ""
    return f"{target.name}{first}{''.join(f'({part})' for part in rest)}{nature}。"


def row_record(evidence: Evidence) -> Target | None:
    """The record of a table's row; None for what is no row."""
    if evidence.passage.kind != "row":
        return None
    own = evidence.passage.section_id
    return next((t for t in targets_of(evidence.document) if t.section_id == own), None)


def _row(document: Document, section_id: str) -> Place:
    span = document.paragraphs_of(section_id)[0].span
    return Place(document=document, section_id=section_id, paragraph=None, span=span, context=span)


def row_places(document: Document, target: Target) -> tuple[Place, ...]:
    """The row, the header that says which column is which year, and the row that it is part of."""
    parents = (target.parent_id,) if target.parent_id else ()
    return (*places_of(document, target), *(_row(document, parent) for parent in parents))


def _worded_places(evidence: Evidence) -> tuple[Place, ...]:
    """A row that is no record, and the header that says what its cells are."""
    document, own = evidence.document, evidence.passage.section_id
    row, table = _row(document, own), document.table(own)
    return (row, header_of(row, table)) if table else (row,)


def _named_whole(question: Question, target: Target) -> bool:
    asked = f"{asking_part(question.understood)} {' '.join(question.query.added)}"
    share = max(name_share(name, asked) for name in (target.name, target.indicator))
    return share >= WHOLE_NAME_SHARE


def draft_figure(
    question: Question, ranked: Sequence[tuple[float, Figure]], weigher: Weigher
) -> Draft | None:
    """The figure that the question asks for, with the words and the place it stands in.

    Where the question asks for no figure in so many words, it must say a row's indicator nearly whole.
    """
    if not ranked:
        return None
    figures = _whole_first(question, [figure for _, figure in ranked])
    best = figures[0]
    if question.kind != "figure" and not (best.in_table and _named_whole(question, best.record)):
        return None
    chosen = _all_asked(question, figures)
    statements = tuple(_statement(question, figure, weigher) for figure in chosen)
    lead = Statement(
        text="".join(statement.text for statement in statements),
        places=tuple(dict.fromkeys(p for each in statements for p in each.places)),
    )
    if question.query.english and len(chosen) == 1:
        english = led_in_english(lead, best.record, question.years)
        lead = english if len(english.text) <= MAX_FIRST_LINE else lead
    quotes = tuple(dict.fromkeys([*lead.places, *_others(figures, chosen)]))
    return Draft(statements=(lead,), quotes=quotes[:MAX_QUOTES], further=_further(figures, chosen))


def row_in_words(evidence: Evidence, years: Sequence[int] = ()) -> str | None:
    """A table's row as a sentence: its record, else each cell with the head of its column; None for no row."""
    if evidence.passage.kind != "row":
        return None
    if record := row_record(evidence):
        return in_words(record, years)
    own = evidence.passage.section_id
    table = evidence.document.table(own)
    if table is None:
        return None
    row = next(row for row in table.rows if row.section_id == own)
    heads = table.columns[len(table.columns) - len(row.cells) :]
    cells = [
        f"{head}{cell}"
        for head, cell in zip(heads, row.cells, strict=True)
        if _TELLS.search(cell) and cell != row.title and head not in _ORDINALS
    ]
    return f"{row.title}:{'、'.join(cells)}。"


def draft_worded_row(question: Question, evidence: Sequence[Evidence]) -> Draft | None:
    """The row that the question names, where its values are no numbers: 1:17, 达标."""
    for item in evidence[:ROWS]:
        named = item.passage.kind == "row" and row_record(item) is None
        title = item.document.section(item.passage.section_id).title if named else ""
        if title and name_share(title, question.expanded) >= WORDED_NAME_SHARE:
            return draft_row(question, [item])
    return None


def draft_row(question: Question, evidence: Sequence[Evidence]) -> Draft | None:
    """A table's row in words, where one is the best evidence: its cells alone are no sentence."""
    text = row_in_words(evidence[0], question.years) if evidence else None
    if text is None:
        return None
    best = evidence[0]
    target = row_record(best)
    places = row_places(best.document, target) if target else _worded_places(best)
    lead = Statement(text=text, places=places)
    return Draft(statements=(lead,), quotes=places[:MAX_QUOTES])


def _whole_first(question: Question, figures: list[Figure]) -> list[Figure]:
    """The figures, a whole before its part where the question names several of its parts: 小学加初中."""
    best = figures[0].record
    if not best.parent_id:
        return figures
    parts = {f.record.section_id: f.record for f in figures if f.record.parent_id == best.parent_id}
    pairs = {own: set(pairwise(part.indicator)) for own, part in parts.items()}
    asked = set(pairwise(question.understood))
    named = [
        own
        for own, of_part in pairs.items()
        if (of_part - set().union(*(p for o, p in pairs.items() if o != own))) & asked
    ]
    whole = [f for f in figures if f.record.section_id == best.parent_id]
    return [*whole, *(f for f in figures if f not in whole)] if len(named) > 1 else figures


def _all_asked(question: Question, figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """The best figure, and as many beside it in its sentence as the question asks for more."""
    best = figures[0]
    count = 1 if best.in_table else len(_ASKED.findall(question.understood))
    beside = [
        figure
        for figure in figures[1:]
        if figure.evidence is best.evidence and figure.words != best.words
    ]
    chosen = [best, *beside[: max(0, count - 1)]]
    return tuple(sorted(chosen, key=lambda figure: figure.record.span))


def _statement(question: Question, figure: Figure, weigher: Weigher) -> Statement:
    document, target = figure.evidence.document, figure.record
    if figure.in_table:
        return Statement(text=in_words(target, question.years), places=row_places(document, target))
    line = quantity_line(figure)
    if len(line) > MAX_FIRST_LINE:
        line = shortened(line, weigher)
    return Statement(text=line, places=(place_of(figure.evidence),))


def _others(figures: Sequence[Figure], chosen: Sequence[Figure]) -> tuple[Place, ...]:
    """Where the next best figures stand, if not in a table."""
    return tuple(
        place_of(figure.evidence)
        for figure in figures[1:4]
        if not figure.in_table and figure not in chosen
    )


def _further(figures: Sequence[Figure], chosen: Sequence[Figure]) -> tuple[str, ...]:
    """The names of the next rows, where a row leads."""
    if not chosen[0].in_table:
        return ()
    return tuple(figure.record.name for figure in figures[1:3] if figure.in_table)
