"""The answer in a language model's words: every sentence checked before it is shown, or the extracted one.

The extracted answer is made first and always stands ready. A model is asked only where it can add
something, and what it writes counts only as far as the passages support it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NotRequired, TypedDict, Unpack

from assistant.compose import compose, compose_refusal, nearest_places
from assistant.draft import Draft, Place, Statement
from assistant.extract import MAX_FIRST_LINE
from assistant.listen import listen
from assistant.models import LanguageModel
from assistant.prompts import CANNOT_ANSWER, messages
from assistant.question import Question
from assistant.refusals import NOT_FOUND
from assistant.sources import Source, number_sources
from assistant.support import supported
from assistant.types import Answer, Citation
from assistant.written import read_sentence, sentences
from corpus.errors import ModelError
from corpus.fold import bare
from corpus.quantities import find_quantities
from corpus.types import Document
from index.types import Hit

NOTHING_WRITTEN = "语言模型什么也没有写,这是直接取自原文的回答。"
NOTHING_SUPPORTED = "语言模型写的话在原文里找不到依据,这是直接取自原文的回答。"
NOT_FOUND_BY_MODEL = "语言模型读了最相近的{count}段原文,没有找到答案。"
FIGURE_STANDS = "语言模型没有找到答案,这是直接取自原文的数字。"
DROPPED = "语言模型写的另外{count}句在原文里找不到依据,已略去。"

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a model is asked, and the answer that stands without it."""

    question: Question
    sources: tuple[Source, ...]
    extracted: Answer
    hits: tuple[Hit, ...]
    documents: Mapping[str, Document]


@dataclass(frozen=True, slots=True)
class Written:
    """One sentence as the model wrote it, with the passages that it may cite."""

    text: str
    sources: tuple[Source, ...]


class Steps(TypedDict):
    """The writer's two steps, where someone wants to watch them."""

    generate: NotRequired[Callable[[Brief], Iterator[str]]]
    ground: NotRequired[Callable[[Written], Statement | None]]


def ground(written: Written) -> Statement | None:
    """The sentence as a statement that its quotes support, or None."""
    return supported(read_sentence(written.text), written.sources)


def _can_add(question: Question, extracted: Answer) -> bool:
    """Whether a model may say more than the extracted answer.

    A refusal stands: it was read from the question. What was counted, computed or taken from the
    information card is exact and whole; a model could only lose some of it. Questions in other languages
    than the documents' have a lead of their own, which Chinese quotes could not support.
    """
    if extracted.refusal or not extracted.claims or not _CHINESE.search(question.text):
        return False
    return extracted.claims[0].kind != "computed" and question.kind != "document"


@dataclass(slots=True)
class _Kept:
    """What is left of a reply so far."""

    statements: list[Statement] = field(default_factory=list)
    dropped: int = 0
    declined: bool = False

    @property
    def enough(self) -> bool:
        """Whether a reply of which so much had to be dropped is worth showing."""
        written = sum(statement.kind == "generated" for statement in self.statements)
        return written > 0 and written >= self.dropped


def _place_of(citation: Citation, documents: Mapping[str, Document]) -> Place:
    document = documents[citation.document_id]
    numbers = [
        paragraph.number
        for paragraph in document.paragraphs_of(citation.section_id)
        if citation.span in paragraph.span
    ]
    return Place(
        document=document,
        section_id=citation.section_id,
        paragraph=numbers[0] if numbers else None,
        span=citation.span,
        context=citation.context,
    )


def _extracted_lead(brief: Brief) -> Statement:
    claim = brief.extracted.claims[0]
    cited = [c for c in brief.extracted.citations if c.number in claim.citations]
    places = tuple(_place_of(citation, brief.documents) for citation in cited)
    return Statement(text=claim.text, places=places, kind=claim.kind)


def _figures(text: str) -> list[Decimal]:
    return [quantity.amount for quantity in find_quantities(text)]


def _figure(brief: Brief) -> list[Decimal]:
    """The figure that the extracted answer leads with, where one was asked for; none or one."""
    asked = brief.question.kind == "figure"
    return _figures(brief.extracted.claims[0].text)[:1] if asked else []


def _leads(statement: Statement, brief: Brief) -> bool:
    """Whether a statement may be the first line: short, and with the figure that was extracted."""
    fits = len(statement.text) <= MAX_FIRST_LINE
    return fits and set(_figure(brief)) <= set(_figures(statement.text))


class Writer:
    """Writes answers with a language model, from the passages that were retrieved."""

    def __init__(self, model: LanguageModel) -> None:
        self.model = model

    def brief(
        self,
        question: Question,
        extracted: Answer,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
    ) -> Brief | None:
        """What the model is to be asked, or None where the extracted answer stands unasked."""
        if not _can_add(question, extracted):
            return None
        sources = number_sources(hits, documents)
        return (
            sources
            and Brief(
                question=question,
                sources=sources,
                extracted=extracted,
                hits=tuple(hits),
                documents=documents,
            )
        ) or None

    def generate(self, brief: Brief) -> Iterator[str]:
        """The sentences of the model's reply, each as soon as it is whole; ModelError as it comes."""
        reply = listen(self.model, messages(brief.question.standalone, brief.sources))
        return sentences(reply)

    def write(self, brief: Brief, **steps: Unpack[Steps]) -> Iterator[Answer]:
        """The answer growing by a checked sentence at a time; the last one is whole.

        The last one is the extracted answer with a notice where the model failed, found nothing, or
        wrote too little that holds.
        """
        generate = steps.get("generate", self.generate)
        check = steps.get("ground", ground)
        kept = _Kept()
        try:
            for text in generate(brief):
                shown = _keep(kept, text, brief, check)
                if shown and (growing := self._answer(brief, kept.statements)):
                    yield growing
        except ModelError as error:
            yield replace(brief.extracted, notice=error.notice)
            return
        yield self._whole(brief, kept)

    def _answer(
        self, brief: Brief, statements: Sequence[Statement], *, quoted: bool = False
    ) -> Answer | None:
        """The answer of these statements, with their quotes below once it is whole."""
        places = [place for each in statements for place in each.places] if quoted else []
        quotes = {(place.document.document_id, place.span): place for place in places}
        draft = Draft(statements=tuple(statements), quotes=tuple(quotes.values()))
        answer = compose(brief.question, draft)
        confidence = brief.extracted.confidence
        return answer and replace(answer, generator=self.model.name, confidence=confidence)

    def _whole(self, brief: Brief, kept: _Kept) -> Answer:
        if kept.declined and not kept.statements:
            return _declined(brief)
        answer = self._answer(brief, kept.statements, quoted=True) if kept.enough else None
        if answer is None:
            notice = NOTHING_SUPPORTED if kept.dropped else NOTHING_WRITTEN
            return replace(brief.extracted, notice=notice)
        notice = DROPPED.format(count=kept.dropped) if kept.dropped else ""
        return replace(answer, notice=notice)


def _keep(
    kept: _Kept, text: str, brief: Brief, check: Callable[[Written], Statement | None]
) -> bool:
    """Put a sentence with those kept, or count it as dropped; whether it was kept."""
    if bare(CANNOT_ANSWER) in bare(text):
        kept.declined = True
        return False
    statement = check(Written(text, brief.sources))
    said = {bare(each.text) for each in kept.statements}
    if statement is None or bare(statement.text) in said:
        kept.dropped += statement is None
        return False
    if not kept.statements and not _leads(statement, brief):
        kept.statements.append(_extracted_lead(brief))
    kept.statements.append(statement)
    return True


def _declined(brief: Brief) -> Answer:
    """The answer where the model read the passages and found none.

    A figure that was taken from the documents for a question after a figure stands: small models miss
    table rows. Else the reader is told that it is not there: sentences that merely share the question's
    words are a worse answer than the nearest sections.
    """
    if _figure(brief):
        return replace(brief.extracted, notice=FIGURE_STANDS)
    nearest = nearest_places(brief.hits, dict(brief.documents))
    refused = compose_refusal(brief.question, NOT_FOUND, nearest)
    notice = NOT_FOUND_BY_MODEL.format(count=len(brief.sources))
    return replace(refused, notice=notice, confidence=brief.extracted.confidence)
