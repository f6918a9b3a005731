"""Words found in a document's text, by sentence, whatever the width, case or script of the characters."""

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.fold import fold
from corpus.types import Document, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A sentence that holds the words: the `number`-th (from 1) of its section, and where in it."""

    section_id: str
    number: int
    sentence: Span
    words: Span


def numbered_sentences(document: Document, section_id: str) -> Iterator[tuple[int, Span]]:
    """The sentences of a section's own text, counted from 1 through all its paragraphs."""
    sentences = (
        sentence
        for paragraph in document.paragraphs_of(section_id)
        for sentence in paragraph.sentences
    )
    return enumerate(sentences, start=1)


def sentence_link(document: Document, section_id: str, number: int | None = None) -> str:
    """The permanent address of a section, or of its `number`-th sentence, relative to the page's root."""
    sentence = f"&s={number}" if number else ""
    return f"/?document={document.document_id}&section={section_id}{sentence}"


def find(document: Document, words: str) -> Iterator[Found]:
    """The sentences that hold the words as one string, in order; none for blank words."""
    wanted = fold(words.strip())
    if not wanted:
        return
    for section in document.sections:
        for number, sentence in numbered_sentences(document, section.section_id):
            place = fold(document.quote(sentence)).find(wanted)
            if place >= 0:
                start = sentence.start + place
                yield Found(
                    section_id=section.section_id,
                    number=number,
                    sentence=sentence,
                    words=Span(start, start + len(wanted)),
                )
