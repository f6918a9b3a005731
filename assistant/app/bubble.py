"""What stands in the conversation: questions and answers as Markdown in which nothing else is markup."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from assistant.app.exchange import Exchange
from assistant.compose import NEAREST_TITLE, QUOTES_TITLE
from assistant.types import Answer

STOPPED = "*(已停止)*"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$&:@/])")
_MARK = re.compile(r"\[(\d+)\]")

Messages = list[dict[str, Any]]


def markdown_escaped(text: str) -> str:
    r"""The text with everything escaped that Markdown or HTML would read as markup, or as an address.

    >>> markdown_escaped("*<b>*")
    '\\*\\<b\\>\\*'
    """
    return _MARKDOWN.sub(r"\\\1", text)


def _linked(line: str, turn: int) -> str:
    """A line escaped, its marks `[1]` made links to the evidence cards of that turn."""
    pieces = _MARK.split(line)
    return "".join(
        f"[{piece}](#evidence-{turn}-{piece})" if place % 2 else markdown_escaped(piece)
        for place, piece in enumerate(pieces)
    )


def _without_quotes(text: str) -> Iterator[str]:
    """The lines of an answer but for the quotes and nearest places, which the panel shows beside it."""
    skipped = False
    for line in text.split("\n"):
        if line in {QUOTES_TITLE, NEAREST_TITLE}:
            skipped = True
        elif skipped and not line.strip():
            skipped = False
        if not skipped and line.strip():
            yield line.strip()


def _nearest(answer: Answer) -> Iterator[str]:
    if answer.refusal and answer.refusal.nearest:
        yield f"\n\n{NEAREST_TITLE}\n"
        for place in answer.refusal.nearest:
            yield f"- [{markdown_escaped(place.address)}]({place.link})"


def bubble(answer: Answer, turn: int) -> str:
    """The answer as Markdown: how a follow-up was understood, first line, further lines, notice."""
    note = ""
    if answer.standalone_question.strip() != answer.question.strip():
        note = f"*按“{markdown_escaped(answer.standalone_question)}”回答*\n\n"
    lines = list(_without_quotes(answer.text)) or [answer.text]
    shown = [f"**{_linked(lines[0], turn)}**", *(_linked(line, turn) for line in lines[1:])]
    notice = f"\n\n*{markdown_escaped(answer.notice)}*" if answer.notice else ""
    return note + "  \n".join(shown) + notice + "\n".join(_nearest(answer))


def messages(exchanges: Sequence[Exchange]) -> Messages:
    """The conversation as the Chatbot takes it; what the last answer asks back with can be chosen."""
    shown: Messages = []
    for turn, exchange in enumerate(exchanges, start=1):
        reply = bubble(exchange.answer, turn) if exchange.answer else STOPPED
        shown += with_reply([], exchange.question, reply)
    last = exchanges[-1].answer if exchanges else None
    if last and last.refusal and last.refusal.choices:
        shown[-1]["options"] = [{"value": choice} for choice in last.refusal.choices]
    return shown


def with_reply(before: Messages, question: str, reply: str) -> Messages:
    """The conversation with one more question and what is said to it, Markdown already."""
    return [
        *before,
        {"role": "user", "content": markdown_escaped(question)},
        {"role": "assistant", "content": reply},
    ]
