"""The tab 核对: the contradictions found in the documents, both places quoted and linked."""

from html import escape

import gradio as gr

from assistant.app.door import guarded
from assistant.app.evidence import marked, place_actions
from assistant.site import Site
from corpus.checks import Finding, Spot
from corpus.types import Document, Span


def _around(document: Document, spot: Spot) -> Span:
    """The sentence that a place stands in."""
    for paragraph in document.paragraphs_of(spot.section_id):
        for sentence in paragraph.sentences:
            if spot.span in sentence:
                return sentence
    return spot.span


def _spot(document: Document, spot: Spot) -> str:
    address = document.address(spot.section_id)
    link = f"/?document={document.document_id}&section={spot.section_id}&start={spot.span.start}"
    return (
        f'<li><p class="evidence-address">{escape(address)}</p>'
        f"<blockquote>{marked(document, _around(document, spot), spot.span)}</blockquote>"
        f"{place_actions(document, address, spot.span, link)}</li>"
    )


def _finding(number: int, document: Document, finding: Finding, *, named: bool) -> str:
    title = f'<p class="facts">{escape(document.metadata.title)}</p>' if named else ""
    spots = "".join(_spot(document, spot) for spot in finding.spots)
    return (
        f'<section class="finding"><h3><span class="evidence-number">{number}</span>'
        f"{escape(finding.rule)}</h3>{title}<p>{escape(finding.message)}</p><ul>{spots}</ul></section>"
    )


def content(site: Site) -> str:
    """All contradictions, in the order of the texts."""
    several = len(site.assistant.documents) > 1
    cards = "".join(
        _finding(number, document, finding, named=several)
        for number, (document, finding) in enumerate(site.findings, start=1)
    )
    head = (
        f"<h2>文件内部的矛盾({len(site.findings)} 处)</h2>"
        '<p class="facts">按规则找出,供人判断:有的是笔误,有的是两处口径不同。程序不改原文。</p>'
    )
    return f'<div class="findings">{head}{cards or "<p>没有发现矛盾。</p>"}</div>'


def build(site: Site, tab: gr.Tab) -> None:
    """Add the tab's component and event to the open Blocks."""
    shown = gr.HTML(elem_id="checks")
    show = guarded(site, "checks", lambda: content(site))
    tab.select(show, None, shown, show_progress="hidden", api_visibility="private")
