"""The tab 问答: the conversation on the left, the evidence on the right."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from assistant.app import evidence
from assistant.pipeline import Assistant
from assistant.question import MAX_CHARACTERS
from assistant.types import Answer, Turn
from corpus.errors import WenguiError

GREETING = "问一个关于规划的问题,例如下面这些。回答只引用规划原文。"
WAITING = "正在查找……"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$&])")
_MARK = re.compile(r"\[(\d+)\]")

Messages = list[dict[str, str]]
# What the page is to show: conversation, evidence panel, kept history, text in the box.
Update = tuple[Messages, Any, Any, str]
Respond = Callable[[str, list[Turn]], Iterator[Update]]


def markdown_escaped(text: str) -> str:
    r"""The text with everything escaped that Markdown or HTML would read as markup.

    >>> markdown_escaped("*<b>*")
    '\\*\\<b\\>\\*'
    """
    return _MARKDOWN.sub(r"\\\1", text)


def _linked(line: str) -> str:
    """A line escaped, its marks `[1]` made links to the evidence cards."""
    pieces = _MARK.split(line)
    return "".join(
        f"[{piece}](#evidence-{piece})" if place % 2 else markdown_escaped(piece)
        for place, piece in enumerate(pieces)
    )


def bubble(answer: Answer) -> str:
    """The answer as Markdown for the conversation; long spaces of the text layout become lines."""
    note = ""
    if answer.standalone_question != answer.question.strip():
        note = f"*按“{markdown_escaped(answer.standalone_question)}”回答*\n\n"
    lines = answer.text.split("\n")
    first = f"**{_linked(lines[0])}**"
    said = "  \n".join([first, *(_linked(line.strip()) for line in lines[1:])])
    notice = f"\n\n*({markdown_escaped(answer.notice)})*" if answer.notice else ""
    return note + said + notice


def _messages(history: list[Turn], question: str, reply: str) -> Messages:
    shown = [{"role": turn.role, "content": _shown(turn)} for turn in history]
    return [
        *shown,
        {"role": "user", "content": markdown_escaped(question)},
        {"role": "assistant", "content": reply},
    ]


def _shown(turn: Turn) -> str:
    return turn.content if turn.role == "assistant" else markdown_escaped(turn.content)


def _respond(assistant: Assistant) -> Respond:
    """The handler of a question: yields conversation, evidence, kept history and an empty box."""

    def respond(question: str, history: list[Turn]) -> Iterator[Update]:
        yield _messages(history, question, WAITING), gr.skip(), gr.skip(), ""
        try:
            for answer in assistant.stream(question, history):
                yield _messages(history, question, bubble(answer)), gr.skip(), gr.skip(), ""
        except WenguiError as error:
            reply = markdown_escaped(str(error))
            yield _messages(history, question, reply), evidence.EMPTY, gr.skip(), ""
            return
        kept = [*history, Turn("user", question), Turn("assistant", bubble(answer))]
        panel = evidence.panel(answer, assistant.documents)
        yield _messages(history, question, bubble(answer)), panel, kept, ""

    return respond


def build(assistant: Assistant) -> None:
    """Add the tab's components and events to the open Blocks."""
    examples = [q for d in assistant.documents.values() for q in d.metadata.examples]
    history = gr.State([])
    with gr.Row(elem_classes="chat-row"):
        with gr.Column(scale=3, min_width=320):
            conversation = gr.Chatbot(
                label="对话",
                show_label=False,
                height="60vh",
                placeholder=GREETING,
                examples=[{"text": text} for text in examples],
                buttons=["copy"],
                feedback_options=None,
                elem_id="conversation",
            )
            with gr.Row(elem_classes="ask-row"):
                box = gr.Textbox(
                    placeholder=f"例如:{examples[-1]}" if examples else "请输入问题",
                    label="问题",
                    show_label=False,
                    max_length=MAX_CHARACTERS,
                    autofocus=True,
                    scale=6,
                    elem_id="question",
                )
                send = gr.Button("提问", variant="primary", scale=1, min_width=80, elem_id="ask")
        with gr.Column(scale=2, min_width=320):
            panel = gr.HTML(evidence.EMPTY, elem_id="evidence", label="依据")
    respond = _respond(assistant)
    outputs = [conversation, panel, history, box]
    gr.on([box.submit, send.click], respond, [box, history], outputs, show_progress="hidden")
    conversation.example_select(_chosen, None, [box]).then(
        respond, [box, history], outputs, show_progress="hidden"
    )
    conversation.clear(lambda: ([], evidence.EMPTY), None, [history, panel])


def _chosen(event: gr.SelectData) -> str:
    """The text of the example that was clicked."""
    text: str = event.value["text"]
    return text
