"""The indicators of a table that stand under a category: 学前教育类有哪些指标."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.contents import heading_place
from assistant.draft import Draft, Statement
from assistant.question import Question
from corpus.fold import bare
from corpus.targets import targets_of
from corpus.types import Document


def draft_category(question: Question, documents: Sequence[Document]) -> Draft | None:
    """The rows of a table that stand under a category which the question names: 学前教育类有哪些指标."""
    asked = bare(question.understood)
    if "指标" not in asked or not re.search(r"类|下面|底下|这一栏|那几行", asked):
        return None
    rows = [
        (document, target)
        for document in documents
        for target in targets_of(document)
        if target.category and document.table(target.section_id) and target.category in asked
    ]
    if not rows:
        return None
    names = [target.name.removeprefix(target.category) for _, target in rows]
    valued = re.search(r"多少|几(?![个项条类])|目标值", asked) is not None
    shown = [
        f"{name}({target.target_year}年目标{target.target}{target.unit})"
        if valued and target.target is not None
        else name
        for name, (_, target) in zip(names, rows, strict=True)
    ]
    places = tuple(
        heading_place(document, document.section(target.section_id)) for document, target in rows
    )
    headers = tuple(
        dict.fromkeys(
            replace(place, section_id=table.section_id, span=table.header, context=table.header)
            for place, (document, target) in zip(places, rows, strict=True)
            if valued and (table := document.table(target.section_id))
        )
    )
    lead = Statement(
        text=f"{rows[0][1].category}类共{len(rows)}项指标:{'；'.join(shown)}。",
        places=(*places, *headers),
        kind="computed",
        derived=frozenset({str(len(rows))}),
    )
    lines = tuple(
        Statement(
            text=f"{name}:{target.target_year}年目标{target.target}{target.unit}",
            places=(place, replace(place, section_id=table.section_id, span=table.header)),
        )
        for name, (document, target), place in zip(names, rows, places, strict=True)
        if target.target is not None and (table := document.table(target.section_id))
    )
    return Draft(statements=(lead, *lines), quotes=())
