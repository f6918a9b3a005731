"""👍 and 👎 for the last answer, with what was wrong with it."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.app.exchange import Exchanges, turns
from assistant.feedback import MAX_COMMENT, REASONS, Feedback, FeedbackStore
from assistant.feedback import Verdict as Word
from corpus.errors import WenguiError

THANKS = "已记录,谢谢。只保存问题、回答和您的意见,不保存您是谁。"


def _status(text: str) -> str:
    return f'<p role="status">{text}</p>' if text else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The two buttons, the form that 👎 opens, and the line that says it was kept."""

    store: FeedbackStore
    up: gr.Button
    down: gr.Button
    form: gr.Group
    reason: gr.Radio
    comment: gr.Textbox
    send: gr.Button
    status: gr.HTML

    @classmethod
    def build(cls, store: FeedbackStore, up: gr.Button, down: gr.Button) -> "Verdict":
        """Add the form and the line to the open Blocks."""
        with gr.Group(visible=False, elem_id="verdict-form") as form:
            reason = gr.Radio(list(REASONS), label="哪里有问题?", elem_id="reason")
            comment = gr.Textbox(
                label="补充说明(可不填,请不要写个人信息)", max_length=MAX_COMMENT, elem_id="comment"
            )
            send = gr.Button("提交", variant="primary", size="sm", elem_id="send-verdict")
        status = gr.HTML(elem_id="verdict-status")
        return cls(
            store=store, up=up, down=down, form=form, reason=reason, comment=comment, send=send,
            status=status,
        )  # fmt: skip

    @property
    def outputs(self) -> list[Any]:
        """The components that change."""
        return [self.form, self.reason, self.comment, self.status]

    def reset(self) -> dict[Any, Any]:
        """The form put away and empty."""
        return {
            self.form: gr.update(visible=False),
            self.reason: None,
            self.comment: "",
            self.status: "",
        }

    def _keep(self, exchanges: Exchanges, word: Word, reason: str, comment: str) -> dict[Any, Any]:
        *before, last = exchanges
        if last.answer is None:
            return {self.status: _status("这个问题没有答完,不能评价。")}
        feedback = Feedback(
            id=last.id, verdict=word, answer=last.answer, history=turns(before), reason=reason,
            comment=comment,
        )  # fmt: skip
        try:
            self.store.save(feedback)
        except WenguiError as error:
            return {self.status: _status(str(error))}
        return {**self.reset(), self.status: _status(THANKS)}

    def praise(self, exchanges: Exchanges) -> dict[Any, Any]:
        """Keep a 👍."""
        return self._keep(exchanges, "up", "", "")

    def blame(self, exchanges: Exchanges, reason: str | None, comment: str) -> dict[Any, Any]:
        """Keep a 👎 with its reason."""
        return self._keep(exchanges, "down", reason or "", comment)

    def connect(self, exchanges: gr.State) -> None:
        """Tie the events to what they do."""
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        self.up.click(self.praise, [exchanges], self.outputs, **quiet)
        opened = {self.form: gr.update(visible=True), self.status: ""}
        self.down.click(lambda: opened, None, self.outputs, **quiet)
        self.send.click(self.blame, [exchanges, self.reason, self.comment], self.outputs, **quiet)
