"""What the structure of documents says before their sentences are asked: page, card, numbers, tables, outline.

The order is that of what is surest: a field of a card is nothing else, an outline may be meant by many words.
"""

from collections.abc import Sequence

from assistant.boxes import draft_boxes
from assistant.by_number import draft_by_number
from assistant.by_wording import draft_by_wording
from assistant.card import draft_card
from assistant.categories import draft_category, draft_indicators
from assistant.contents import asks_headings, draft_list
from assistant.contents_lines import draft_worded_apart, with_contents
from assistant.document_numbers import draft_document_number
from assistant.draft import Draft
from assistant.evidence import Evidence
from assistant.named_items import draft_named_count
from assistant.neighbours import draft_neighbours
from assistant.ordinals import draft_nth
from assistant.page_chrome import draft_page
from assistant.premises import draft_corrected
from assistant.question import Question
from assistant.refusals import Ground
from assistant.table_fields import draft_table_field
from assistant.whereabouts import draft_place
from corpus.types import Document


def draft_structural(
    question: Question,
    evidence: Sequence[Evidence],
    nearby: Sequence[Document],
    documents: Sequence[Document],
) -> Draft | Ground | None:
    """What the structure says, or a field left blank; `nearby` are the documents of the hits, best first."""
    if about := (
        draft_page(question, documents)
        or draft_card(question, documents)
        or draft_document_number(question, nearby)
        or draft_by_number(question, nearby)
        or draft_table_field(question, nearby)
        or draft_worded_apart(question, documents)
        or draft_corrected(question, evidence)
        or draft_named_count(question, evidence)
    ):
        return about
    if outline := (
        draft_neighbours(question, documents)
        or draft_boxes(question, documents)
        or draft_nth(question, documents)
        or draft_place(question, evidence, documents)
    ):
        return with_contents(outline)
    if category := draft_indicators(question, documents) or draft_category(question, documents):
        return category
    # Where nothing but outlines is found there is no sentence to refuse by.
    if not evidence or asks_headings(question, documents):
        listed = draft_list(question, documents)
        if listed:
            return with_contents(listed)
    worded = draft_by_wording(question, evidence, documents)
    return with_contents(worded) if worded else None
