"""What a language model writes, as it comes: thoughts dropped, sentences cut, citation marks read."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_THOUGHT = ("<think>", "</think>")
_MARK = re.compile(
    r"[^\S\n]*[\[［【]\s*((?:资料|来源)?\s*\d{1,4}(?:\s*[,，、]\s*(?:资料|来源)?\s*\d{1,4})*)\s*[\]］】]"
)
# A sentence with the marks behind it is whole once something else follows, or at the end of a line.
_CLOSING = "。！？!?”』」’）)*"
_WHOLE = re.compile(
    rf"[^\n]*?[。！？!?][{_CLOSING}]*(?:{_MARK.pattern})*[^\S\n]*(?=[^\s\[［【{_CLOSING}])|[^\n]*\n"
)
_LIST_MARK = re.compile(
    r"^\s*(?:[-*•·#>]+\s*|\d{1,2}[.、)）](?!\d)\s*|[(（][\d一二三四五六七八九十]{1,2}[)）]\s*)+"
)
_END = re.compile(r"[。！？!?;；:：,，、\s]+$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence without its marks, and the numbers that they hold, each once."""

    text: str
    numbers: tuple[int, ...]


def without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces without what stands between <think> and </think>, wherever the pieces are cut.

    >>> "".join(without_thoughts(["<thi", "nk>嗯", "…</think>15所", "。"]))
    '15所。'
    """
    held, thinking = "", False
    for piece in pieces:
        held += piece
        while True:
            tag = _THOUGHT[thinking]
            before, found, after = held.partition(tag)
            if not found:
                break
            if not thinking:
                yield before
            held, thinking = after, not thinking
        kept = next((n for n in range(len(tag) - 1, 0, -1) if held.endswith(tag[:n])), 0)
        ready = held[: len(held) - kept]
        if ready and not thinking:
            yield ready
        held = held[len(ready) :]
    if held and not thinking:
        yield held


def sentences(pieces: Iterable[str]) -> Iterator[str]:
    r"""The whole sentences of a text that comes in pieces, each with its marks, as soon as it is whole.

    >>> list(sentences(["甲。[", "1]乙", "。\n丙"]))
    ['甲。[1]', '乙。', '丙']
    """
    held = ""
    for piece in pieces:
        held += piece
        while match := _WHOLE.match(held):
            held = held[match.end() :]
            if whole := match[0].strip():
                yield whole
    if rest := held.strip():
        yield rest


def read_sentence(text: str) -> Sentence:
    """A sentence as a model writes it: list marks and emphasis away, its marks as numbers.

    >>> read_sentence("- **建成15所**[1],[资料2]。")
    Sentence(text='建成15所。', numbers=(1, 2))
    """
    marks = [match[1] for match in _MARK.finditer(text)]
    numbers = dict.fromkeys(int(digits) for mark in marks for digits in re.findall(r"\d+", mark))
    bare = _LIST_MARK.sub("", _MARK.sub("", text).replace("**", "").replace("__", ""))
    bare = bare.strip()
    ended = bare if bare.endswith(("。", "！", "？")) else _END.sub("", bare) + "。"
    return Sentence(re.sub(r"[,，、;；\s]+。$", "。", ended), tuple(numbers))
