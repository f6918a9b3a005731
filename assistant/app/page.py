"""The page as a whole: banner, tabs, theme. Nothing on it comes from another host."""

import os
from html import escape
from pathlib import Path
from typing import Any

# Gradio reads these when it is imported: it must report nothing to anybody.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import gradio as gr

from assistant.app import agents, chat, checks, evaluation, figures, plan
from assistant.site import Site
from corpus.types import Metadata

FOLDER = Path(__file__).parent
TITLE = "问规 Wengui"
# Fonts that the reader's own system has; none is fetched.
FONTS = (
    "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC",
    "WenQuanYi Micro Hei", "system-ui", "sans-serif",
)  # fmt: skip
MONO_FONTS = ("ui-monospace", "Consolas", "monospace")


def _theme() -> gr.themes.Base:
    """Colours dark enough on white, and light enough on black, for text to be read (WCAG AA)."""
    theme = gr.themes.Soft(
        primary_hue="teal",
        secondary_hue="teal",
        neutral_hue="slate",
        font=[gr.themes.Font(name) for name in FONTS],
        font_mono=[gr.themes.Font(name) for name in MONO_FONTS],
    )
    return theme.set(
        color_accent="*primary_700",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        block_label_text_color="*neutral_700",
        block_title_text_color="*neutral_700",
        block_title_text_color_dark="*neutral_200",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
    )


def _period(metadata: Metadata) -> str:
    if metadata.period_start and metadata.period_end:
        return f"规划期 {metadata.period_start}—{metadata.period_end} 年"
    return ""


def _banner(metadata: Metadata, count: int) -> str:
    """Whose plan, which period, and what the answers are not."""
    published = f"{metadata.published_on} 发布" if metadata.published_on else ""
    several = f"共 {count} 份文件" if count > 1 else ""
    facts = " · ".join(
        f'<span class="banner-fact">{escape(fact)}</span>'
        for fact in (metadata.issuer, published, _period(metadata), several)
        if fact
    )
    baseline = f"{metadata.baseline_year}年的情况和" if metadata.baseline_year else ""
    goal = f"{metadata.period_end}年的" if metadata.period_end else ""
    return (
        f'<a class="skip" href="#question">跳到提问</a><header class="banner"><div><h1>{TITLE}</h1>'
        f'<p class="banner-plan">{escape(metadata.title)}</p>'
        f"<p>{facts}</p></div>"
        '<div class="banner-buttons"><button type="button" id="larger" aria-pressed="false">大字</button>'
        '<button type="button" id="darker" aria-pressed="false">深色</button></div>'
        f'<p class="banner-limits">回答只引用规划原文:写的是{baseline}{goal}目标,'
        "<strong>不报告实际完成了多少</strong>,也不代替向主管部门询问。</p></header>"
    )


def build_page(site: Site) -> gr.Blocks:
    """The Blocks of the page."""
    documents = list(site.assistant.documents.values())
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        gr.HTML(_banner(documents[0].metadata, len(documents)))
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap"):
            with gr.Tab("问答", id="chat"):
                chat.build(site)
            with gr.Tab("指标查询", id="figures") as tab:
                figures.build(site, tab)
            with gr.Tab("规划原文", id="plan"):
                plan.build(site)
            with gr.Tab("核对", id="checks") as tab:
                checks.build(site, tab)
            with gr.Tab("评测", id="evaluation") as tab:
                evaluation.build(site, tab)
        agents.build(site)
        gr.HTML('<p id="said" role="status" aria-live="polite"></p>')
    return page


def _joined(folder: str, suffix: str) -> str:
    files = sorted((FOLDER / folder).glob(f"*{suffix}"))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def appearance() -> dict[str, Any]:
    """What a page is mounted with: theme, style, script."""
    return {
        "theme": _theme(),
        "css": _joined("styles", ".css"),
        "head": f"<script>{_joined('scripts', '.js')}</script>",
        "footer_links": [],
    }
