"""What programs may call over MCP: ask, search, list figures. The page's own events are not among it."""

import json
from typing import Any

import gradio as gr
from gradio.events import api

from assistant.question import check_question
from assistant.site import Site
from assistant.types import answer_json
from corpus.errors import InputError, WenguiError
from corpus.target_records import Choice, target_record
from index.types import hit_json

MAX_HITS = 50
MAX_KEYWORD = 200


def _json(value: dict[str, Any]) -> str:
    """What an agent gets; of other values Gradio sends Python's own notation."""
    return json.dumps(value, ensure_ascii=False)


def build(site: Site) -> None:
    """Add the tools to the open Blocks; their docstrings are what an agent reads."""

    async def ask_plan(question: str) -> str:
        """向规划提一个问题,得到简短的中文回答和它所依据的原文。

        status 为 refused 时,规划没有写,reason 说明原因,nearest 是最相近的章节:请照实转告,不要自己补充。
        citations 里的 quote 是原文原句,address 是章节位置,引用时请一并给出。每个问题单独提,写全说的是什么。

        Args:
            question: 问题,最多 500 个字,例如“高中阶段毛入学率2025年目标是多少?”
        """
        try:
            return _json(answer_json(await site.desk.answer(check_question(question))))
        except WenguiError as error:
            raise gr.Error(str(error), print_exception=False) from error

    async def search_plan(query: str, k: int = 10) -> str:
        """在规划里找与一句话最相关的段落,最相关的在前,每段带章节位置和原文。

        要自己读原文、比较几处说法时用它;只要答案时用 ask_plan。

        Args:
            query: 要找的话,最多 500 个字
            k: 要几段,1 到 50
        """
        try:
            if not 1 <= k <= MAX_HITS:
                raise InputError(f"k 要在 1 到 {MAX_HITS} 之间。")
            hits = await site.desk.search(check_question(query), k=k)
        except WenguiError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return _json({"hits": [hit_json(hit) for hit in hits]})

    def list_targets(keyword: str = "") -> str:
        """列出规划里的指标和数字:数什么、2020 年多少、2025 年目标多少、单位、界限、在哪一节。

        kind 为 现状 的是已有的数,为 目标 的是要达到的数;规划不写实际完成了多少。

        Args:
            keyword: 指标名称里的词或拼音首字母,例如“毛入学率”;留空列出全部
        """
        if len(keyword) > MAX_KEYWORD:
            raise gr.Error(f"keyword 最多 {MAX_KEYWORD} 个字。", print_exception=False)
        entries = site.chosen(Choice(keyword=keyword))
        return _json({"targets": [target_record(entry) for entry in entries]})

    # Not through Gradio's queue: the desk has a line of its own, and Gradio would call itself over HTTP.
    for tool in (ask_plan, search_plan, list_targets):
        api(tool, api_name=tool.__name__, queue=False)


def only_tools(page: gr.Blocks) -> None:
    """Take from the MCP server all but tools: Gradio's prompts and resources connect to the Host header's host."""
    from mcp import types

    server = page.mcp_server_obj
    if server is None:
        raise RuntimeError(page.mcp_error)
    for request in (
        types.GetPromptRequest, types.ListPromptsRequest, types.ReadResourceRequest,
        types.ListResourcesRequest, types.ListResourceTemplatesRequest,
    ):  # fmt: skip
        server.mcp_server.request_handlers.pop(request, None)
