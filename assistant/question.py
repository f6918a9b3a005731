"""Reads a question: checks it, and finds its kind, its years and what follows from the talk before."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.followup import resolve
from assistant.types import Turn
from corpus.errors import QuestionError
from index.query import Asks, Query, Reader

MAX_CHARACTERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as asked, as it stands alone, and as it was understood."""

    text: str
    standalone: str
    query: Query

    @property
    def understood(self) -> str:
        """The standalone question folded, with dialect and typing mistakes put right."""
        return self.query.standard

    @property
    def expanded(self) -> str:
        """What was understood, followed by the official terms for its everyday words."""
        return " ".join([self.query.standard, *self.query.added])

    @property
    def kind(self) -> Asks:
        """The kind of answer that is asked for."""
        return self.query.asks

    @property
    def years(self) -> tuple[int, ...]:
        """The years named."""
        return self.query.years

    @property
    def only_year(self) -> int | None:
        """The year, where one alone is named."""
        return self.query.years[0] if len(set(self.query.years)) == 1 else None

    @property
    def unit(self) -> str:
        """What a figure is counted in, `%` for a rate, '' where none is named."""
        return self.query.unit


def check_question(text: str) -> str:
    """The question without white space at its ends; QuestionError where it cannot be answered."""
    stripped = text.strip()
    if not stripped:
        raise QuestionError("问题是空的。请输入一个问题,例如“高中阶段毛入学率2025年目标是多少?”。")
    if len(stripped) > MAX_CHARACTERS:
        raise QuestionError(f"问题有 {len(stripped)} 个字,最多 {MAX_CHARACTERS} 个。请缩短后再问。")
    try:
        stripped.encode()
    except UnicodeEncodeError as error:
        raise QuestionError("问题不是有效的 UTF-8 文本。请检查输入的编码。") from error
    return stripped


def read_question(text: str, history: Sequence[Turn], reader: Reader) -> Question:
    """What a question asks for; QuestionError where it is empty, too long or not text."""
    checked = check_question(text)
    standalone = resolve(checked, history)
    return Question(text=text, standalone=standalone, query=reader.read(standalone))
