"""The evidence panel: each citation as a card with its paragraph or table, the quote highlighted."""

from collections.abc import Mapping, Sequence
from html import escape

from assistant.app.exchange import Exchange
from assistant.app.tables import table_html
from assistant.citing import checked_numbers, citation_text
from assistant.types import Answer, Citation
from corpus.types import Document, Span

EMPTY = (
    '<div class="evidence-empty"><h2>依据</h2>'
    "<p>提问之后,这里显示回答所依据的原文。</p>"
    '<ol class="steps"><li>引用的句子、表里的那一行会标出来</li>'
    "<li>“在原文中查看”打开它在规划里的位置</li>"
    "<li>“复制引用”得到带标题、机关、日期和章节的引用</li>"
    "<li>回答里的数字逐个与原文核对过</li></ol></div>"
)

Documents = Mapping[str, Document]


def marked(document: Document, context: Span, quote: Span) -> str:
    """The context with the quote inside it highlighted, mended for reading."""
    before = document.display(Span(context.start, quote.start))
    after = document.display(Span(quote.end, context.end))
    return f"{escape(before)}<mark>{escape(document.display(quote))}</mark>{escape(after)}"


def _body(document: Document, citation: Citation) -> str:
    table = document.table(citation.section_id)
    if table is not None:
        return table_html(document, table, citation.section_id, near=True)
    return f"<p>{marked(document, citation.context, citation.span)}</p>"


def place_actions(document: Document, address: str, span: Span, link: str) -> str:
    """What can be done with a place: open it in the plan, copy it as a citation."""
    citation = escape(citation_text(document, address, span))
    return (
        f'<div class="place-actions"><a href="{escape(link)}">在原文中查看</a>'
        f'<button type="button" data-copy="{citation}">复制引用</button></div>'
    )


def card(document: Document, citation: Citation, *, turn: int, opened: bool) -> str:
    """One citation: its number and address above, the paragraph or table below."""
    actions = place_actions(document, citation.address, citation.span, citation.link)
    return (
        f'<details class="evidence-card" id="evidence-{turn}-{citation.number}"'
        f"{' open' if opened else ''}><summary>"
        f'<span class="evidence-number">{citation.number}</span>'
        f'<span class="evidence-address">{escape(citation.address)}</span></summary>'
        f"{_body(document, citation)}{actions}</details>"
    )


def _checks(answer: Answer, documents: Documents) -> str:
    """What was checked of an answer, each said only where it holds."""
    lines = []
    if all(documents[c.document_id].quote(c.span) == c.quote for c in answer.citations):
        lines.append("引文与原文逐字相同")
    numbers = checked_numbers(answer, documents)
    if numbers.quoted:
        lines.append(f"数字已核对:{'、'.join(numbers.quoted)} 在引文里")
    if numbers.computed:
        lines.append(f"由引文算得:{'、'.join(numbers.computed)}")
    return "".join(f"<li>{escape(line)}</li>" for line in lines)


def _turn(turn: int, exchange: Exchange, documents: Documents, *, shown: bool) -> str:
    answer = exchange.answer
    if answer is None:
        return ""
    citations = answer.refusal.nearest if answer.refusal else answer.citations
    cards = "".join(
        card(documents[c.document_id], c, turn=turn, opened=c.number == 1) for c in citations
    )
    checks = "" if answer.refusal else f'<ul class="checked">{_checks(answer, documents)}</ul>'
    title = "相近的内容" if answer.refusal else "依据"
    return (
        f'<section class="evidence-turn" data-turn="{turn}" data-answer="{escape(answer.text)}"'
        f"{'' if shown else ' hidden'}><h2>{title}</h2>"
        f'<p class="evidence-question">{escape(exchange.question)}</p>{checks}{cards}'
        '<a class="to-conversation" href="#conversation">↑ 回到对话</a></section>'
    )


def panel(exchanges: Sequence[Exchange], documents: Documents) -> str:
    """The evidence of every answer of the conversation, the last one's shown."""
    last = len(exchanges)
    turns = [
        _turn(turn, exchange, documents, shown=turn == last)
        for turn, exchange in enumerate(exchanges, start=1)
    ]
    return "".join(turns) or EMPTY
