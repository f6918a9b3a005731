"""The way of a question: read, retrieve, gather evidence, refuse or draft, ground, compose."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Unpack

from assistant import answerable, second_look
from assistant.arithmetic import draft_computed, needs_computing
from assistant.choices import ask_back
from assistant.compose import compose, compose_refusal, nearest_places
from assistant.contents import draft_list
from assistant.contents_lines import with_contents
from assistant.document_titles import draft_document_title
from assistant.draft import Draft
from assistant.each_change import draft_each_change
from assistant.evidence import Evidence, Weigher, gather
from assistant.extract import draft_sentence
from assistant.facts import draft_figure, draft_row, draft_worded_row
from assistant.figures import Figure, Records, ranked_figures
from assistant.generate import Brief, Steps, Writer
from assistant.leading import led_by
from assistant.models import open_model
from assistant.operands import Operands
from assistant.own_place import without_own_place
from assistant.proportions import asks_proportion, draft_proportion
from assistant.question import Question, read_question
from assistant.refusals import NOT_COMPUTED, NOT_FOUND, Ground
from assistant.refuse import find_refusal, weak_ground
from assistant.repeated_names import draft_of_each
from assistant.settings import Settings
from assistant.several import draft_several
from assistant.structural import draft_structural
from assistant.types import Answer, Turn
from corpus.errors import DocumentError
from corpus.library import Library
from corpus.types import Document
from index.retriever import open_retriever
from index.types import Hit, PassageSource

# How many passages an answer is drawn from; the right one is among the first five for nearly all
# questions, the others cost nothing.
PASSAGES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """A question with its hits and the sentences in them, best first; `notice` is the retriever's."""

    question: Question
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]
    weigher: Weigher
    figures: tuple[tuple[float, Figure], ...] = ()
    notice: str = ""


def _joined(search: str, answer: str) -> str:
    """The notices of the search and of the answer in one line, each once."""
    return answer if search in answer else f"{search} {answer}".strip()


class Assistant:
    """Answers questions over an opened index. Every step is a method that takes the last one's value."""

    def __init__(
        self,
        retriever: PassageSource,
        documents: Iterable[Document],
        writer: Writer | None = None,
    ) -> None:
        self.retriever = retriever
        self.writer = writer
        self.documents = {document.document_id: document for document in documents}
        self.records = Records(self.documents)

    def load_models(self) -> None:
        """Load what the first question would else wait for."""
        self.search("预热", k=1)
        if self.retriever.judge is not None:
            self.retriever.judge.judge("预热", ["预热"])

    def search(
        self, query: str, *, k: int, within: frozenset[str] | None = None
    ) -> tuple[Hit, ...]:
        """The passages for a query, best first; `within` limits them to documents by their ids.

        Where the structure or the figures of the documents answer it, the passages of that answer lead; where
        the first is not clear, the first few are read together with the query.
        """
        read = self.retriever.reader.read(query)
        hits = self.retriever.retrieve(read, k=max(k, PASSAGES), within=within)
        if not hits:
            return hits
        found = self.gathered(Question(text=query, standalone=query, query=read), hits)
        draft = self.exact(found)
        if draft is None and found.question.kind == "figure":
            draft = draft_figure(found.question, found.figures, found.weigher)
        if isinstance(draft, Draft):
            passages = self.retriever.passages
            allowed = [p for p in passages if within is None or p.document_id in within]
            hits = led_by(draft, hits, allowed)
        elif (judge := self.retriever.judge) and draft is None:
            hits = second_look.reordered(found.question, hits, found.evidence, judge)
        return hits[:k]

    def scope(self, document_ids: Sequence[str] = (), kind: str = "") -> frozenset[str] | None:
        """The documents of these ids, or of a kind, or both; None where neither limits them.

        DocumentError names an id or a kind that there is not.
        """
        if not document_ids and not kind:
            return None
        if missing := [name for name in document_ids if name not in self.documents]:
            raise DocumentError(f"文件库里没有 {missing[0]}。用 wengui corpus list 查看都有哪些。")
        kinds = {document.metadata.kind for document in self.documents.values()} - {""}
        if kind and kind not in kinds:
            raise DocumentError(
                f"文件库里没有“{kind}”这一类,现有的种类:{'、'.join(sorted(kinds))}。"
            )
        chosen = document_ids or self.documents
        return frozenset(
            name for name in chosen if not kind or self.documents[name].metadata.kind == kind
        )

    def read(self, question: str, history: Sequence[Turn] = ()) -> Question:
        """What a question asks for; QuestionError where it is empty, too long or not text."""
        return read_question(question, history, self.retriever.reader)

    def retrieve(self, question: Question, within: frozenset[str] | None = None) -> Retrieved:
        """The evidence for a question that was read; `within` limits it to documents by their ids."""
        return self.gathered(
            question, self.retriever.retrieve(question.query, k=PASSAGES, within=within)
        )

    def gathered(self, question: Question, hits: tuple[Hit, ...]) -> Retrieved:
        """The sentences and figures in the first hits."""
        hits = hits[:PASSAGES]
        weigher = Weigher(question.query.concepts, self.retriever.tokenizer.tokenize)
        evidence = gather(question, hits, self.documents, weigher)
        return Retrieved(
            question=question,
            hits=hits,
            evidence=evidence,
            weigher=weigher,
            figures=tuple(ranked_figures(question, evidence, self.records, weigher)),
            notice=self.retriever.notice,
        )

    def exact(self, found: Retrieved) -> Draft | Ground | None:
        """What the documents' structure says: their card, what a question has wrong, a reason to refuse, an outline."""
        question = found.question
        documents = tuple(self.documents.values())
        near = dict.fromkeys(hit.passage.document_id for hit in found.hits)
        nearby = [self.documents[name] for name in near]
        if structural := draft_structural(question, found.evidence, nearby, documents):
            return structural
        ground = self.refusal(found)
        if ground and ground.rule == "attribute":
            # Figures that all have their own names were asked for, whatever other words were said.
            several = draft_several(question, found.evidence, self.documents, found.figures)
            operands = Operands(found.evidence, self.documents, question, found.figures)
            each = draft_each_change(operands) or several or draft_of_each(operands)
            if not each and asks_proportion(question.understood):
                each = draft_proportion(operands)
            return each or ground
        return ground or self.computed(found)

    def computed(self, found: Retrieved) -> Draft | Ground | None:
        """What is computed or listed; a reason to refuse where only a computation would answer."""
        question = found.question
        if draft := (
            draft_computed(question, found.evidence, self.documents, found.figures)
            or draft_several(question, found.evidence, self.documents, found.figures)
        ):
            return draft
        if question.kind == "figure" and needs_computing(question, found.figures):
            return NOT_COMPUTED
        if question.kind == "figure" and (
            which := ask_back(question, found.figures, found.weigher)
        ):
            return which
        documents = tuple(self.documents.values())
        listed = draft_list(question, documents) if question.kind == "list" else None
        return with_contents(listed) if listed else None

    def _draft(self, found: Retrieved) -> Draft | None:
        """The draft that the evidence gives: the figure asked for, else the best sentences."""
        question = found.question
        if draft := (
            draft_document_title(question, found.evidence)
            or draft_worded_row(question, found.evidence)
            or draft_figure(question, found.figures, found.weigher)
            or draft_row(question, found.evidence)
        ):
            return draft
        return draft_sentence(question, found.evidence, found.weigher) if found.evidence else None

    def compose(self, found: Retrieved) -> Answer:
        """The answer that the evidence gives, grounded, or the refusal that is due."""
        question, exact = found.question, self.exact(found)
        chance, found = self.weighed(found, exact)
        if isinstance(exact, Ground) and exact.rule and chance >= answerable.THRESHOLD:
            exact = self.computed(found)
        draft, ground = (exact, None) if isinstance(exact, Draft) else (None, exact)
        if exact is None:
            calibrated = getattr(self.retriever, "calibrated", True)
            weak = calibrated and chance < answerable.THRESHOLD
            ground = weak_ground(question, found.evidence) if weak else None
            draft = None if weak else self._draft(found)
        answer = compose(question, draft) if draft else None
        nearest = nearest_places(found.hits, self.documents)
        answer = answer or compose_refusal(question, ground or NOT_FOUND, nearest)
        return replace(answer, confidence=chance, notice=found.notice)

    def weighed(
        self, found: Retrieved, exact: Draft | Ground | None = None
    ) -> tuple[float, Retrieved]:
        """How likely the evidence answers; where that is not clear, it is read again with the question.

        What was read again comes back in the order that reading gave it.
        What is exact is not read again, but for a rule that goes by words: nothing else speaks against it.
        """
        values = self.strength(found)
        before = answerable.probability(values)
        rule = exact.rule if isinstance(exact, Ground) else None
        if exact is not None and not rule:
            return before, found
        due = second_look.is_due(before, ruled=rule is not None)
        if due and (reading := self.second_look(found)):
            chance = answerable.probability(values, reading.values, rule)
            figures = reading.of_figures(found.figures)
            return chance, replace(found, evidence=reading.evidence, figures=figures)
        return 0.0 if rule else before, found

    def second_look(self, found: Retrieved) -> second_look.Reading | None:
        """What a judge says of the sentences; None where there is no judge or nothing to read."""
        judge = self.retriever.judge
        if judge is None or not found.evidence:
            return None
        return second_look.read(found.question, self.lead(found), found.evidence, judge)

    def lead(self, found: Retrieved) -> Evidence:
        """The sentence that would answer; there is evidence."""
        asks_figure = found.question.kind == "figure" and found.figures
        return found.figures[0][1].evidence if asks_figure else found.evidence[0]

    def refusal(self, found: Retrieved) -> Ground | None:
        """The reason to refuse that reading the question gives, or None."""
        asked = found.question.understood
        if found.evidence:
            asked = without_own_place(asked, found.evidence[0].document)
        content = self.retriever.tokenizer.tokenize(asked)
        documents = tuple(self.documents.values())
        return find_refusal(found.question, found.evidence, documents, content)

    def strength(self, found: Retrieved) -> tuple[float, ...]:
        """What speaks for an answer, see `answerable`."""
        return answerable.features_of(
            found.question, found.hits, found.evidence, found.weigher, found.figures
        )

    def brief(self, found: Retrieved, extracted: Answer) -> Brief | None:
        """What a language model is to be asked; None where there is none or it could add nothing."""
        if self.writer is None:
            return None
        return self.writer.brief(found.question, extracted, found.hits, self.documents)

    def write(
        self, found: Retrieved, extracted: Answer, **steps: Unpack[Steps]
    ) -> Iterator[Answer]:
        """The answer growing: by checked sentences of the model, or the extracted one by its lines.

        The last value is the whole answer. It need not go on from the ones before: the extracted answer
        takes the place of a model's words where too few of them hold. `steps` are the writer's own.
        """
        brief = self.brief(found, extracted)
        if self.writer and brief:
            for answer in self.writer.write(brief, **steps):
                yield replace(answer, notice=_joined(found.notice, answer.notice))
            return
        lines = extracted.text.split("\n")
        for count in range(1, len(lines)):
            yield replace(extracted, text="\n".join(lines[:count]), claims=(), citations=())
        yield extracted

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Answer]:
        """The answer growing, see `write`; QuestionError where the question is empty, too long or not text."""
        started = time.perf_counter()
        found = self.retrieve(self.read(question, history))
        for answer in self.write(found, self.compose(found)):
            yield replace(answer, elapsed_ms=round((time.perf_counter() - started) * 1000))

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The whole answer; QuestionError where the question is empty, too long or not text."""
        *_, answer = self.stream(question, history)
        return answer


def open_writer(settings: Settings) -> Writer | None:
    """The writer with the language model of the settings, or None; SettingsError where it cannot be had."""
    model = open_model(settings.model)
    return Writer(model) if model else None


def open_assistant(settings: Settings) -> Assistant:
    """The assistant over the library and its current index; WenguiError where one is missing."""
    documents = Library(settings.library_folder).documents()
    return Assistant(open_retriever(settings.index, documents), documents, open_writer(settings))
