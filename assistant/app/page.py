"""The page as a whole: banner, tabs, theme. Nothing on it comes from another host."""

import os
from pathlib import Path
from typing import Any

# Gradio reads these when it is imported: it must report nothing to anybody.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import gradio as gr

from assistant.app import chat
from assistant.pipeline import Assistant
from corpus.types import Metadata

FOLDER = Path(__file__).parent
TITLE = "问规 Wengui"
# Fonts that the reader's own system has; none is fetched.
FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
MONO_FONTS = ("ui-monospace", "Consolas", "monospace")


def _theme() -> gr.themes.Base:
    return gr.themes.Soft(
        primary_hue="teal",
        neutral_hue="slate",
        font=[gr.themes.Font(name) for name in FONTS],
        font_mono=[gr.themes.Font(name) for name in MONO_FONTS],
    )


def _banner(metadata: Metadata) -> str:
    facts = f"{metadata.issuer} {metadata.published_on} 发布" if metadata.issuer else ""
    return (
        f'<header class="banner"><h1>{TITLE}</h1><p class="banner-plan">{metadata.title}</p>'
        f"<p>{facts}。回答只引用规划原文:写的是2020年的情况和2025年的目标,不是实际完成情况。</p></header>"
    )


def build_page(assistant: Assistant) -> gr.Blocks:
    """The Blocks of the page."""
    document = next(iter(assistant.documents.values()))
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        gr.HTML(_banner(document.metadata))
        with gr.Tabs(), gr.Tab("问答"):
            chat.build(assistant)
    return page


def appearance() -> dict[str, Any]:
    """What a page is mounted with: theme, style, script."""
    return {
        "theme": _theme(),
        "css": (FOLDER / "page.css").read_text(encoding="utf-8"),
        "head": f"<script>{(FOLDER / 'page.js').read_text(encoding='utf-8')}</script>",
        "footer_links": [],
    }
