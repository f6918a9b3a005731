"""Outlines and places for questions that ask for them by their wording, in whatever words."""

import re
from collections.abc import Sequence

from assistant.draft import Draft
from assistant.evidence import Evidence
from assistant.ordinals import chapter_said
from assistant.outlines import outline_of, outline_of_kind, outline_of_whole
from assistant.question import Question
from assistant.structure import SHOWS, read_structure, section_meant
from assistant.whereabouts import draft_place_of
from corpus.fold import bare
from corpus.types import Document

# Of an English question only the words that the glossary knows are read, which is enough for these alone.
_IN_ENGLISH = re.compile(
    r"\b(?:which|what) (?:section|chapter|part|heading)\b|\b(?:organi[sz]ed|structured|divided)\b",
    re.IGNORECASE,
)
# Whole or section are often asked for alike: of the two each may be meant from this probability on.
MAY_SHOW = 0.3


def draft_by_wording(
    question: Question, evidence: Sequence[Evidence], documents: Sequence[Document]
) -> Draft | None:
    """What the structure says to a question whose wording asks for it; None for any other."""
    if question.query.english and not _IN_ENGLISH.search(question.standalone):
        return None
    chances = read_structure(question.understood)
    if chances["which"] >= SHOWS:
        return draft_place_of(bare(question.understood), evidence, documents)
    if chances["whole"] + chances["children"] >= SHOWS:
        found = chapter_said(question, documents) or section_meant(
            question.understood, question, documents
        )
        if found and chances["children"] >= MAY_SHOW:
            return outline_of(*found)
        if len(documents) == 1 and chances["whole"] >= MAY_SHOW:
            return outline_of_whole(documents[0])
    if len(documents) == 1 and chances["boxes"] >= SHOWS:
        return outline_of_kind(documents[0], "box")
    return None
