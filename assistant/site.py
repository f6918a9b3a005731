"""What the page and the HTTP service stand on, opened once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from assistant.feedback import FeedbackStore
from assistant.pipeline import Assistant
from assistant.staff import Staff
from assistant.web.desk import Desk
from assistant.web.limits import Access, Limits
from assistant.web.metrics import Metrics
from corpus.checks import Finding, check_document
from corpus.errors import DocumentError
from corpus.target_records import Choice, Entry, entries_of
from corpus.types import Document


@dataclass(frozen=True, kw_only=True)
class Site:
    """An assistant, its feedback, its reports, the door to what is for the staff, and what it takes on."""

    assistant: Assistant
    feedback: FeedbackStore
    results_folder: Path
    staff: Staff = field(default_factory=Staff)
    limits: Limits = field(default_factory=Limits)
    access: Access = field(default_factory=Access)
    metrics: Metrics = field(default_factory=Metrics)

    @cached_property
    def desk(self) -> Desk:
        """Where questions are asked, within the limits."""
        return Desk(self.assistant, self.limits, self.metrics)

    def document(self, document_id: str) -> Document:
        """The document of that id; DocumentError where there is none."""
        try:
            return self.assistant.documents[document_id]
        except KeyError as error:
            raise DocumentError(
                f"没有文件 {document_id}。用 wengui corpus list 查看都有哪些。"
            ) from error

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The figures of all documents."""
        return entries_of(self.assistant.documents.values())

    def chosen(self, choice: Choice) -> Sequence[Entry]:
        """The figures that fit a choice."""
        return [entry for entry in self.entries if entry.fits(choice)]

    @cached_property
    def findings(self) -> tuple[tuple[Document, Finding], ...]:
        """The contradictions in all documents."""
        return tuple(
            (document, finding)
            for document in self.assistant.documents.values()
            for finding in check_document(document)
        )
