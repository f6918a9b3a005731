"""Figures from the target records: the value with unit, year, kind and where it stands."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from assistant.draft import Draft, Place, Statement
from assistant.evidence import Evidence
from assistant.naming import name_share
from assistant.question import Question
from corpus.targets import table_targets
from corpus.types import Document, Target
from index.query import fits_unit

# A record answers when the question holds this share of the character pairs of its indicator.
MIN_NAME_SHARE = 0.6
# Where the question asks for no figure in so many words, it must say the indicator nearly whole.
WHOLE_NAME_SHARE = 0.9
# A row so far down in the evidence is not what the question is about.
NEAR_TOP = 3


def _amount(value: Decimal, unit: str) -> str:
    return f"{value}{unit}"


def _sentence(target: Target, years: Sequence[int]) -> str:
    """The first line: the value of the year asked for leads, the other follows in brackets."""
    parts = []
    if target.target is not None:
        parts.append(f"{target.target_year}年目标为{_amount(target.target, target.unit)}")
    if target.baseline is not None:
        parts.append(f"{target.baseline_year}年为{_amount(target.baseline, target.unit)}")
    if target.baseline_year in years and target.target_year not in years:
        parts.reverse()
    first, rest = parts[0], parts[1:]
    nature = f",{target.nature}指标" if target.nature else ""
    return f"{target.name}{first}{''.join(f'({part})' for part in rest)}{nature}。"


def _row(document: Document, section_id: str) -> Place:
    span = document.paragraphs_of(section_id)[0].span
    return Place(document=document, section_id=section_id, paragraph=None, span=span, context=span)


def _places(document: Document, target: Target) -> tuple[Place, ...]:
    """The row, the header that says which column is which year, and the row that it is part of."""
    places = [_row(document, target.section_id)]
    if table := document.table(target.section_id):
        places.append(
            Place(
                document=document,
                section_id=table.section_id,
                paragraph=None,
                span=table.header,
                context=table.header,
            )
        )
    if target.parent_id:
        places.append(_row(document, target.parent_id))
    return tuple(places)


def matching_targets(
    question: Question, evidence: Sequence[Evidence], documents: Mapping[str, Document]
) -> tuple[tuple[float, Target], ...]:
    """(share of its name that the question says, record) of the rows among the evidence, best first."""
    records = {
        (document.document_id, target.section_id): target
        for document in documents.values()
        for target in table_targets(document)
    }
    asked = question.expanded
    found = []
    for item in evidence:
        target = records.get((item.passage.document_id, item.passage.section_id))
        if target and fits_unit(question.unit, target.unit):
            share = max(name_share(name, asked) for name in (target.name, target.indicator))
            found.append((share, target))
    return tuple(sorted(found, key=lambda pair: -pair[0]))


def draft_figure(
    question: Question, evidence: Sequence[Evidence], documents: Mapping[str, Document]
) -> Draft | None:
    """The answer from a record, where a row is among the best evidence and the question names it."""
    rows = [item for item in evidence[:NEAR_TOP] if item.passage.kind == "row"]
    matches = matching_targets(question, rows, documents)
    needed = MIN_NAME_SHARE if question.kind == "figure" else WHOLE_NAME_SHARE
    named = [target for share, target in matches if share >= needed]
    if not named:
        return None
    best = named[0]
    if any(year not in {best.baseline_year, best.target_year} for year in question.years):
        return None
    places = _places(documents[best.document_id], best)
    statement = Statement(text=_sentence(best, question.years), places=places)
    return Draft(
        statements=(statement,),
        quotes=places,
        further=tuple(target.name for target in named[1:3]),
    )
