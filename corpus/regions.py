"""Where the body of a source stands: what comes before it, its table of contents, what comes after."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.card import read_card
from corpus.headings import recognise
from corpus.source import Source
from corpus.types import CardField, SectionKind, Span

# An unnumbered entry of a table of contents (总则, 附则) is this short.
MAX_ENTRY = 20
_CONTENTS = re.compile(r"目\s*[录錄次]")
_PAGE_NUMBER = re.compile(r"[\s.．…·]*\d*$")
# Lines that a page puts after its text; looked for only at the end of the source.
_CLOSING = re.compile(r"扫一扫|打印本页|关闭窗口|分享到|责任编辑|相关链接|上一篇|下一篇")


@dataclass(frozen=True, slots=True)
class Line:
    """A line's text without white space at its ends, and where that stands."""

    start: int
    text: str

    @property
    def end(self) -> int:
        """Where the text ends."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of the source outside the body."""

    kind: SectionKind
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """The parts of a source: before, body, after. Together they tile the text."""

    before: tuple[Region, ...]
    body: Span
    after: tuple[Region, ...]
    card: tuple[CardField, ...]


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines that hold more than white space, in order."""
    lines, position = [], 0
    for raw in text.splitlines(keepends=True):
        stripped = raw.strip()
        if stripped:
            lines.append(Line(position + raw.index(stripped), stripped))
        position += len(raw)
    return tuple(lines)


def _bare(text: str) -> str:
    return "".join(_PAGE_NUMBER.sub("", text).split())


def _contents(lines: tuple[Line, ...], levels: Mapping[int, int]) -> range:
    """The indices of the lines of the table of contents, its title included; empty where none is.

    It ends before its own first entry comes again, or where a line is no heading.
    """
    titles = [index for index, line in enumerate(lines) if _CONTENTS.fullmatch(line.text)]
    if not titles:
        return range(0)
    first = titles[0]
    seen: set[str] = set()
    last = first + 1
    while last < len(lines):
        line = lines[last]
        entry = _bare(line.text)
        is_entry = recognise(_PAGE_NUMBER.sub("", line.text)) or len(entry) <= MAX_ENTRY
        if entry in seen or not is_entry or line.text.endswith("。") or line.start in levels:
            break
        seen.add(entry)
        last += 1
    return range(first, last) if len(seen) > 1 else range(0)


def _body_start(lines: tuple[Line, ...], after: int, levels: Mapping[int, int]) -> int:
    """The index of the first body line at or after an index: a heading or a full sentence."""
    title = _title_line(lines, levels)
    for index in range(after, len(lines)):
        line = lines[index]
        if index == title:
            continue
        if recognise(line.text) or line.start in levels or line.text.endswith(("。", "：", ":")):
            return index
    return after


def _title_line(lines: tuple[Line, ...], levels: Mapping[int, int]) -> int | None:
    """The index of the line that the format marks as the document's title.

    It is the first heading, of a level that no other has, and without a number.
    """
    marked = [index for index, line in enumerate(lines) if line.start in levels]
    if not marked or recognise(lines[marked[0]].text):
        return None
    level = levels[lines[marked[0]].start]
    others = [levels[lines[index].start] for index in marked[1:]]
    return marked[0] if all(other > level for other in others) else None


def _body_end(lines: tuple[Line, ...]) -> int:
    end = len(lines)
    while end and len(lines[end - 1].text) < 40 and _CLOSING.search(lines[end - 1].text):
        end -= 1
    return end


def _start_of(lines: tuple[Line, ...], index: int, text: str) -> int:
    """Where the line of that index begins: 0 for the first, the text's end for one past the last."""
    if index >= len(lines):
        return len(text)
    return lines[index].start if index else 0


def find_regions(source: Source) -> Regions:
    """The regions of a source; where nothing tells a body apart, all of it is body."""
    text = source.text
    lines = lines_of(text)
    levels = {hint.span.start: hint.level for hint in source.headings}
    contents = _contents(lines, levels)
    # A card stands before the contents; further down, brackets are part of the body.
    card = read_card(text[: lines[contents.start].start] if contents else text)
    after_card = sum(line.start < card[-1].span.end for line in lines) if card else 0
    first = contents.stop or _body_start(lines, after_card, levels)
    body = Span(_start_of(lines, first, text), len(text))
    body_end = max(_start_of(lines, _body_end(lines), text), body.start)
    cuts: list[tuple[int, SectionKind]] = [(0, "front")]
    if card:
        cuts += [(card[0].span.start, "card"), (card[-1].span.end, "front")]
    if contents:
        cuts.append((lines[contents.start].start, "contents"))
    ends = [start for start, _ in cuts[1:]] + [body.start]
    before = [
        Region(kind=kind, span=Span(start, end))
        for (start, kind), end in zip(cuts, ends, strict=True)
        if end > start
    ]
    after = [Region(kind="closing", span=Span(body_end, len(text)))] if body_end < len(text) else []
    return Regions(
        before=tuple(before), body=Span(body.start, body_end), after=tuple(after), card=card
    )
