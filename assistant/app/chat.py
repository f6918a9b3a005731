"""The tab 问答: the conversation on the left, the evidence on the right."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import Any

import gradio as gr

from assistant.app import evidence
from assistant.app.bubble import bubble, markdown_escaped, messages, with_reply
from assistant.app.exchange import Exchange, Exchanges, turns
from assistant.app.verdict import Verdict
from assistant.question import MAX_CHARACTERS
from assistant.site import Site
from corpus.errors import WenguiError

WAITING = "正在查找……"
FAILED = "出错了,这个问题没有答成。请再问一次;仍然不行,请告诉维护的人。"
INTRODUCTION = (
    '<div class="introduction"><h2>问一个关于规划的问题</h2><p>用平常的话问就行。'
    "每个回答都引用规划原文,并写明在哪一章、哪一条;规划没有写的,会直说没有写。</p></div>"
)

# Components with what they are to become; those not named stay as they are.
Update = dict[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chat:
    """The components of the tab that change while it is used."""

    site: Site
    welcome: gr.Column
    conversation: gr.Chatbot
    tools: gr.Row
    box: gr.Textbox
    send: gr.Button
    stop: gr.Button
    panel: gr.HTML
    exchanges: gr.State
    pending: gr.State
    verdict: Verdict

    @property
    def outputs(self) -> list[Any]:
        """What the events of the tab may change."""
        return [
            self.welcome, self.conversation, self.tools, self.box, self.send, self.stop,
            self.panel, self.exchanges, self.pending, *self.verdict.outputs,
        ]  # fmt: skip

    def _running(self, *, runs: bool) -> Update:
        """Stop instead of send while an answer is under way."""
        return {
            self.send: gr.update(visible=not runs),
            self.stop: gr.update(visible=runs),
            self.tools: gr.update(visible=not runs),
        }

    def _reply(self, before: Exchanges, question: str, text: str) -> Update:
        shown = with_reply(messages(before), question, text)
        return {self.conversation: gr.update(value=shown, visible=True)}

    def respond(self, question: str, before: Exchanges) -> Iterator[Update]:
        """Ask; yields what is to be shown as the answer grows."""
        yield {
            **self._reply(before, question, WAITING),
            **self._running(runs=True),
            **self.verdict.reset(),
            self.welcome: gr.update(visible=False),
            self.box: "",
            self.pending: question,
        }
        answer = None
        try:
            for answer in self.site.desk.stream(question, turns(before)):
                yield self._reply(before, question, bubble(answer, len(before) + 1))
        except WenguiError as error:
            reply = self._reply(before, question, markdown_escaped(str(error)))
            yield {**reply, **self._running(runs=False), self.box: question}
            return
        yield self._settled([*before, Exchange(question, answer)])

    def _settled(self, exchanges: Exchanges) -> Update:
        documents = self.site.assistant.documents
        return {
            **self._running(runs=False),
            self.conversation: gr.update(value=messages(exchanges)),
            self.panel: evidence.panel(exchanges, documents),
            self.exchanges: exchanges,
            self.pending: "",
        }

    def again(self, exchanges: Exchanges) -> Iterator[Update]:
        """Ask the last question once more, in the place of its first answer."""
        yield from self.respond(exchanges[-1].question, exchanges[:-1])

    def chosen(self, exchanges: Exchanges, option: gr.SelectData) -> Iterator[Update]:
        """Ask the question that a reader chose of those that an answer asked back with."""
        yield from self.respond(str(option.value), exchanges)

    def stopped(self, question: str, before: Exchanges) -> Update:
        """What is shown once the reader has stopped an answer."""
        return self._settled([*before, Exchange(question, None)] if question else before)

    def failed(self, question: str, before: Exchanges) -> Update:
        """What is shown where a bug kept the answer back; a stopped answer has said so itself."""
        if not question:
            return {self.pending: ""}
        return {**self._reply(before, question, FAILED), **self._running(runs=False)}

    def renewed(self) -> Update:
        """An empty conversation."""
        return {
            **self._settled([]),
            **self._running(runs=False),
            **self.verdict.reset(),
            self.tools: gr.update(visible=False),
            self.welcome: gr.update(visible=True),
            self.conversation: gr.update(value=[], visible="hidden"),
        }


def _examples(site: Site) -> list[gr.Button]:
    """The example questions as buttons, in a column for each persona."""
    pairs = [pair for d in site.assistant.documents.values() for pair in d.metadata.examples]
    buttons = []
    with gr.Row(elem_classes="personas"):
        for persona, group in groupby(pairs, key=itemgetter(0)):
            with gr.Column(min_width=200, elem_classes="persona"):
                gr.HTML(f"<h3>{escape(persona)}</h3>")
                buttons += [gr.Button(question, elem_classes="example") for _, question in group]
    return buttons


def _ask_row() -> tuple[gr.Textbox, gr.Button, gr.Button]:
    with gr.Row(elem_classes="ask-row"):
        box = gr.Textbox(
            placeholder="请输入问题,按回车提问",
            label="问题",
            show_label=False,
            max_length=MAX_CHARACTERS,
            scale=6,
            min_width=180,
            elem_id="question",
        )
        send = gr.Button("提问", variant="primary", scale=1, min_width=80, elem_id="ask")
        stop = gr.Button("停止", scale=1, min_width=80, visible=False, elem_id="stop")
    return box, send, stop


def _tools() -> tuple[gr.Row, dict[str, gr.Button]]:
    """The row of what can be done with the last answer."""
    with gr.Row(visible=False, elem_classes="tools") as row:
        labels = {
            "copy": "复制回答",
            "again": "再问一次",
            "up": "有用",
            "down": "有问题",
            "new": "新对话",
        }
        buttons = {
            name: gr.Button(label, size="sm", min_width=0, elem_id=f"{name}-answer")
            for name, label in labels.items()
        }
    return row, buttons


def build(site: Site) -> None:
    """Add the tab's components and events to the open Blocks."""
    with gr.Row(elem_classes="chat-row"):
        with gr.Column(scale=3, min_width=300):
            with gr.Column(elem_id="welcome") as welcome:
                gr.HTML(INTRODUCTION)
                examples = _examples(site)
            conversation = gr.Chatbot(
                label="对话",
                show_label=False,
                visible="hidden",
                buttons=[],
                feedback_options=None,
                latex_delimiters=[],
                allow_tags=False,
                elem_id="conversation",
            )
            tools, buttons = _tools()
            verdict = Verdict.build(site.feedback, buttons["up"], buttons["down"])
            box, send, stop = _ask_row()
        with gr.Column(scale=2, min_width=300):
            panel = gr.HTML(evidence.EMPTY, elem_id="evidence", label="依据")
    chat = _Chat(
        site=site, welcome=welcome, conversation=conversation, tools=tools, box=box, send=send,
        stop=stop, panel=panel, exchanges=gr.State([]), pending=gr.State(""), verdict=verdict,
    )  # fmt: skip
    _connect(chat, buttons, examples)


def _connect(chat: _Chat, buttons: dict[str, gr.Button], examples: list[gr.Button]) -> None:
    """Tie the events to what they do."""
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    kept = [chat.pending, chat.exchanges]
    asked = [
        gr.on([chat.box.submit, chat.send.click], chat.respond, [chat.box, chat.exchanges], chat.outputs, **quiet),
        buttons["again"].click(chat.again, [chat.exchanges], chat.outputs, **quiet),
        chat.conversation.option_select(chat.chosen, [chat.exchanges], chat.outputs, **quiet),
    ]  # fmt: skip
    asked += [
        button.click(partial(chat.respond, button.value), [chat.exchanges], chat.outputs, **quiet)
        for button in examples
    ]
    for event in asked:
        event.failure(chat.failed, kept, chat.outputs, **quiet)
    # First cancel, then say so: what the answer still sends must not come after.
    cancelled = chat.stop.click(None, cancels=asked, **quiet)
    cancelled.then(chat.stopped, kept, chat.outputs, **quiet)
    buttons["new"].click(chat.renewed, None, chat.outputs, **quiet)
    chat.conversation.clear(chat.renewed, None, chat.outputs, **quiet)
    buttons["copy"].click(None, js="() => wengui.copyAnswer()")
    chat.verdict.connect(chat.exchanges)
