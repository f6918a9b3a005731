"""Which document the plan goes by, where a question asks for it: 依据哪份办法, 基本遵循是哪个文件."""

import re
from collections.abc import Sequence

from assistant.document_numbers import TITLE
from assistant.draft import Draft, Statement
from assistant.evidence import Evidence
from assistant.extract import MAX_FIRST_LINE, place_of
from assistant.question import Question
from corpus.fold import bare

# Of so many of the best sentences the first that names one.
SENTENCES = 4
_KINDS = "工作方案|实施方案|方案|办法|文件|意见|通知|条例|纲要|指南|规程|规则|指标|标准|法律|法规|规定|计划"
# 用什么办法 asks for no document.
_SURELY = "文件|方案|条例|纲要|指南|规程|法律|法规"
_ASKS = re.compile(
    rf"哪(?:一)?(?:份|个|部|项|些|几份|几个|几部)?[^,，。?、]{{0,8}}?(?P<kind>{_KINDS})|"
    rf"什么[^,，。?、]{{0,4}}?(?P<sure>{_SURELY})|"
    rf"(?P<named>{_KINDS})的?(?:全名|全称|名字|名称)?(?:是|叫|为)(?:哪|什么)(?:一)?(?:份|个|部)?"
)
_ENDS = re.compile(r"[,，;；。:：]")
_ANY = frozenset({"文件", "法律", "法规"})
# What is asked of a document beside its name is no title.
_MORE = re.compile(r"文号|几号|什么时候|哪一?年|日期|多少|几[条章项]")


def draft_document_title(question: Question, evidence: Sequence[Evidence]) -> Draft | None:
    """The titles in the best sentence that names a document of the kind asked for; else None."""
    asks = _ASKS.search(question.understood)
    if not asks or _MORE.search(question.understood):
        return None
    kind = asks["kind"] or asks["sure"] or asks["named"]
    said = bare(question.understood)
    for item in evidence[:SENTENCES]:
        titles = [match for match in TITLE.finditer(item.text) if _fits(match["title"], kind)]
        if new := [match for match in titles if bare(match["title"]) not in said]:
            line = "；".join(dict.fromkeys(_clause(item.text, match) for match in new)) + "。"
            if len(line) > MAX_FIRST_LINE:
                return None
            place = place_of(item)
            return Draft(statements=(Statement(text=line, places=(place,)),), quotes=(place,))
    return None


def _clause(text: str, title: re.Match[str]) -> str:
    """The clause that names a title, from the comma before it to the one behind."""
    start = max((mark.end() for mark in _ENDS.finditer(text, 0, title.start())), default=0)
    end = _ENDS.search(text, title.end())
    return text[start : end.start() if end else len(text)].strip()


def _fits(title: str, kind: str) -> bool:
    return kind in _ANY or kind in title
