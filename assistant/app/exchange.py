"""The conversation as the page keeps it: one exchange for each question."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from assistant.types import Answer, Turn


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer, None where the reader stopped it; `id` names this showing of it."""

    question: str
    answer: Answer | None
    id: str = field(default_factory=lambda: uuid4().hex)


Exchanges = list[Exchange]


def turns(exchanges: Sequence[Exchange]) -> list[Turn]:
    """The conversation as the assistant takes it, stopped questions left out."""
    history: list[Turn] = []
    for exchange in exchanges:
        if exchange.answer:
            history += [Turn("user", exchange.question), Turn("assistant", exchange.answer.text)]
    return history
