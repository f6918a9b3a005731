"""The tab 规划原文: choose a document, search in it, read it; every section and sentence has a link."""

from html import escape
from typing import Annotated

import gradio as gr
from fastapi import APIRouter, Query

from assistant.app.reading import text_html, tree_html
from assistant.site import Site
from corpus.find import Found, find, sentence_link
from corpus.types import Document, Span

# More hits than anybody reads; the count says that there are more.
MAX_SHOWN = 50
_AROUND = 24
_SIDE = """<label for="find">在原文中查找</label>
<input id="find" type="search" placeholder="例如 普惠性" maxlength="200" autocomplete="off">
<div id="found" role="status"></div>
<details id="plan-outline" open><summary>目录</summary>
<nav id="plan-tree" aria-label="目录"></nav></details>"""


def _hit(document: Document, found: Found) -> str:
    """A sentence that was found, the words marked, a little of the sentence around them."""
    start = max(found.sentence.start, found.words.start - _AROUND)
    end = min(found.sentence.end, found.words.end + _AROUND)
    parts = [
        document.quote(Span(start, found.words.start)),
        f"<mark>{escape(document.quote(found.words))}</mark>",
        document.quote(Span(found.words.end, end)),
    ]
    parts[0], parts[2] = escape(parts[0]), escape(parts[2])
    name = escape(document.section(found.section_id).name)
    link = escape(sentence_link(document, found.section_id, found.number))
    return f'<li><a href="{link}"><small>{name}</small>{"".join(parts)}</a></li>'


def hits(document: Document, words: str) -> str:
    """What a search shows: how many sentences hold the words, and links to them."""
    if not words.strip():
        return ""
    found = list(find(document, words))
    if not found:
        return f"<p>没有找到“{escape(words.strip())}”。</p>"
    more = f",列出前 {MAX_SHOWN} 句" if len(found) > MAX_SHOWN else ""
    lines = "".join(_hit(document, each) for each in found[:MAX_SHOWN])
    return f'<p>{len(found)} 句{more}</p><ol class="hits">{lines}</ol>'


def _documents(site: Site) -> str:
    """The list of documents, where there are several."""
    documents = list(site.assistant.documents.values())
    if len(documents) < 2:
        return ""
    links = "".join(
        f'<li><a href="/?document={escape(d.document_id)}" data-document="{escape(d.document_id)}">'
        f"{escape(d.metadata.title)}</a></li>"
        for d in documents
    )
    return f'<nav class="documents" aria-label="文件"><ul>{links}</ul></nav>'


def make_router(site: Site) -> APIRouter:
    """What the page's script fetches when a document is opened."""
    router = APIRouter(include_in_schema=False)
    made: dict[str, dict[str, str]] = {}

    @router.get("/page/documents/{document_id}")
    def document(document_id: str) -> dict[str, str]:
        if document_id not in made:
            opened = site.document(document_id)
            made[document_id] = {"tree": tree_html(opened), "text": text_html(opened)}
        return made[document_id]

    @router.get("/page/documents/{document_id}/find")
    def found(document_id: str, words: Annotated[str, Query(max_length=200)]) -> dict[str, str]:
        return {"hits": hits(site.document(document_id), words)}

    return router


def build(site: Site) -> None:
    """Add the tab's parts to the open Blocks; the page's script fills them."""
    first = escape(next(iter(site.assistant.documents)))
    with gr.Row(elem_classes="plan-row"):
        with gr.Column(scale=2, min_width=260, elem_classes="plan-side"):
            gr.HTML(_documents(site) + _SIDE)
        with gr.Column(scale=5, min_width=300):
            gr.HTML(
                f'<article id="plan-text" data-first="{first}" tabindex="-1">'
                '<p role="status">正在打开……</p></article>'
            )
