"""The same thing said twice and differently: values, sentences, names."""

import re
from collections.abc import Iterator
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import combinations

from corpus.checks.finding import Finding, Spot, finding
from corpus.fold import bare
from corpus.quantities import find_quantities
from corpus.targets import targets_of
from corpus.types import BODY_KINDS, Document, Span, Target

_OPEN_BOUNDS = {"以上", "不低于", "以内", "约", "左右"}


def _stated(target: Target) -> tuple[str, int | None, str, Decimal] | None:
    value = target.target if target.kind == "目标" else target.baseline
    year = target.target_year if target.kind == "目标" else target.baseline_year
    if value is None or target.target_high is not None or target.bound in _OPEN_BOUNDS:
        return None
    return target.kind, year, target.unit, value


def check_values(document: Document) -> Iterator[Finding]:
    """One indicator of one year with two values, in different places."""
    groups: dict[tuple[str, str, int | None, str], list[tuple[Decimal, Target]]] = {}
    for target in targets_of(document):
        stated = _stated(target)
        if stated and len(target.indicator) >= 4:
            kind, year, unit, value = stated
            groups.setdefault((bare(target.name), kind, year, unit), []).append((value, target))
    for (_, _, year, unit), members in groups.items():
        for (value, first), (other, second) in combinations(members, 2):
            if value != other and first.section_id != second.section_id:
                when = f"{year}年" if year else ""
                message = f"“{first.name}”{when}一处为{value}{unit},一处为{other}{unit}。"
                spots = [Spot(first.section_id, first.span), Spot(second.section_id, second.span)]
                yield finding(document, "同一指标数值不同", message, spots)


MIN_SENTENCE = 12
# Two sentences are one sentence written twice where this share of their characters is the same.
MIN_LIKENESS = 0.85
_SHINGLE = 6


def _pieces(document: Document) -> list[tuple[str, Spot]]:
    """The body's sentences that state a figure, bare, with where they stand."""
    pieces = []
    for paragraph in document.paragraphs:
        if document.section(paragraph.section_id).kind not in BODY_KINDS - {"row", "table"}:
            continue
        for sentence in paragraph.sentences:
            words = bare(document.display(sentence))
            if len(words) >= MIN_SENTENCE and find_quantities(document.quote(sentence)):
                pieces.append((words, Spot(paragraph.section_id, sentence)))
    return pieces


def _near_pairs(pieces: list[tuple[str, Spot]]) -> Iterator[tuple[int, int]]:
    """The pairs that share a shingle of characters, each once."""
    holders: dict[str, list[int]] = {}
    for place, (words, _) in enumerate(pieces):
        for start in range(0, len(words) - _SHINGLE + 1):
            holders.setdefault(words[start : start + _SHINGLE], []).append(place)
    pairs = {
        pair
        for places in holders.values()
        if len(places) <= 8
        for pair in combinations(sorted(set(places)), 2)
    }
    yield from sorted(pairs)


def _other_subject(matcher: "SequenceMatcher[str]") -> bool:
    """Whether the two sentences speak of different things: 小学 here, 初中 there."""
    return any(
        tag == "replace" and min(b - a, d - c) >= 2 for tag, a, b, c, d in matcher.get_opcodes()
    )


def check_sentences(document: Document) -> Iterator[Finding]:
    """Sentences that state the same figures in the same words but for a few characters.

    Sentences without a figure are left alone: laws say the same of many things on purpose.
    """
    pieces = _pieces(document)
    for first, second in _near_pairs(pieces):
        (words, spot), (others, other) = pieces[first], pieces[second]
        if words == others or min(len(words), len(others)) < MIN_LIKENESS * max(
            len(words), len(others)
        ):
            continue
        matcher = SequenceMatcher(a=words, b=others, autojunk=False)
        if matcher.ratio() < MIN_LIKENESS or _other_subject(matcher):
            continue
        changes = [
            f"“{words[a:b]}”与“{others[c:d]}”"
            for tag, a, b, c, d in matcher.get_opcodes()
            if tag != "equal"
        ]
        message = f"两句几乎相同,不同处:{'、'.join(changes[:3])}。"
        yield finding(document, "近似句不一致", message, [spot, other])


_ENDINGS = ("职业技术学院", "职业学院", "职业学校", "技术学院", "学院", "学校", "大学")
_ENDING = re.compile("|".join(_ENDINGS))
# Names of institutions that agree in so many characters before their ending are one name.
MIN_STEM = 8


def check_names(document: Document) -> Iterator[Finding]:
    """Names of institutions that are the same but for their ending: …职业学校, …职业学院."""
    stems: dict[str, dict[str, Spot]] = {}
    for paragraph in document.paragraphs:
        text = document.quote(paragraph.span)
        for match in _ENDING.finditer(text):
            stem = text[max(0, match.start() - MIN_STEM) : match.start()]
            if re.fullmatch(rf"[㐀-鿿]{{{MIN_STEM}}}", stem):
                start = paragraph.span.start + match.start() - MIN_STEM
                spot = Spot(paragraph.section_id, Span(start, paragraph.span.start + match.end()))
                stems.setdefault(stem, {}).setdefault(match[0], spot)
    for stem, endings in stems.items():
        if len(endings) > 1:
            names = "、".join(f"“{stem}{ending}”" for ending in endings)
            yield finding(document, "同一名称写法不同", f"{names}疑为同一单位。", endings.values())
