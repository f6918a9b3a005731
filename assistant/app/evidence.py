"""The evidence panel: each citation as a card with its paragraph or table, the quote highlighted."""

from collections.abc import Mapping
from html import escape

from assistant.types import Answer, Citation
from corpus.types import Document, Span, Table, TableRow

EMPTY = '<p class="evidence-empty">提问之后,这里显示回答所依据的原文,引用的句子会标出来。</p>'


def _marked(document: Document, context: Span, quote: Span) -> str:
    """The context with the quote inside it highlighted, mended for reading."""
    before = document.display(Span(context.start, quote.start))
    after = document.display(Span(quote.end, context.end))
    return f"{escape(before)}<mark>{escape(document.display(quote))}</mark>{escape(after)}"


def _cells(row: TableRow, category: str, *, merged: bool) -> str:
    texts = [category, *row.cells] if merged else list(row.cells)
    return "".join(f"<td>{escape(text)}</td>" for text in texts)


def _table(document: Document, table: Table, cited: str) -> str:
    """The rows of the cited row's category under the header, the cited row or header highlighted."""
    head = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    categories = [row.category for row in table.rows if row.section_id == cited]
    near = [row for row in table.rows if row.category in categories]
    lines = []
    for place, row in enumerate(near):
        category = "" if place and near[place - 1].category == row.category else row.category
        mark = ' class="cited"' if row.section_id == cited else ""
        merged = len(table.columns) > len(row.cells)
        lines.append(f"<tr{mark}>{_cells(row, category, merged=merged)}</tr>")
    mark = ' class="cited"' if table.section_id == cited else ""
    hidden = len(table.rows) - len(near)
    note = f"<caption>表中另有 {hidden} 行</caption>" if hidden else ""
    return (
        f'<div class="evidence-table"><table>{note}<thead><tr{mark}>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _body(document: Document, citation: Citation) -> str:
    table = document.table(citation.section_id)
    if table is not None:
        return _table(document, table, citation.section_id)
    return f"<p>{_marked(document, citation.context, citation.span)}</p>"


def card(document: Document, citation: Citation, *, opened: bool) -> str:
    """One citation: its number and address above, the paragraph or table below."""
    return (
        f'<details class="evidence-card" id="evidence-{citation.number}"{" open" if opened else ""}>'
        f'<summary><span class="evidence-number">{citation.number}</span>'
        f'<span class="evidence-address">{escape(citation.address)}</span></summary>'
        f"{_body(document, citation)}</details>"
    )


def panel(answer: Answer, documents: Mapping[str, Document]) -> str:
    """The cards of an answer's citations, or of the nearest sections of a refusal."""
    citations = answer.refusal.nearest if answer.refusal else answer.citations
    title = "相近的内容" if answer.refusal else "依据"
    cards = "".join(
        card(documents[citation.document_id], citation, opened=citation.number == 1)
        for citation in citations
    )
    return f'<h2 class="evidence-title">{title}</h2>{cards}' if cards else EMPTY
