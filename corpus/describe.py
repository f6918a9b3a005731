"""What a document says about itself: title, issuer, dates, number, kind."""

import re
from pathlib import Path

from corpus.card import card_value, parse_date, read_card
from corpus.headings import recognise
from corpus.regions import find_regions, lines_of
from corpus.source import Source
from corpus.types import CardField, Metadata

# What official documents call themselves at the end of their titles.
KINDS = (
    "规划 纲要 方案 计划 意见 通知 决定 办法 条例 规定 细则 法 规则 "
    "报告 批复 复函 函 公告 通报 章程 标准 指南 预案 答复"
).split()
_KIND = re.compile(rf"({'|'.join(sorted(KINDS, key=len, reverse=True))})(?:\s*[(（].*[)）])?$")
_NUMBER = re.compile(r"[㐀-鿿]{2,10}〔(?:19|20)\d\d〕\d+号|国务院令第\d+号|国令第\d+号")
_ADOPTED = re.compile(r"日\s*([㐀-鿿]{2,12}人民代表大会(?:常务委员会)?)")
_REGION = re.compile(
    r"([㐀-鿿]{2,4}?(?:省|自治区|市|经济特区)(?:(?!城市)[㐀-鿿]{1,4}?[区县市州])?)"
)
_PERIOD = re.compile(r"((?:19|20)\d\d)\s*[-—–~至]+\s*((?:19|20)\d\d)\s*年?")
# A five-year plan by its number alone: “十四五”发展规划; the eleventh begins in 2006.
_NUMBERED_PERIOD = re.compile(r"十([一二三四五六七八九])五.*规划")
_ELEVENTH_BEGINS, _YEARS = 2006, 5
_DATED_NAME = re.compile(r"[(（]\s*(\d{4}-\d{2}-\d{2})\s*[)）]$")
MAX_TITLE = 80


def _front_lines(source: Source) -> list[str]:
    """The lines before the body, the card's left out."""
    regions = find_regions(source)
    spans = [region.span for region in regions.before if region.kind == "front"]
    lines = [line.text for span in spans for line in lines_of(source.text[span.start : span.end])]
    body = source.text[regions.body.start : regions.body.start + 400]
    return lines or [line.text for line in lines_of(body)][:3]


def _title(source: Source, card: tuple[CardField, ...], front: list[str], stem: str) -> str:
    """The title of the card or of the format, else the first line that ends like one, else the name."""
    named = card_value(card, "标题", "名称")
    marked = [source.text[hint.span.start : hint.span.end] for hint in source.headings[:1]]
    candidates = [named, *marked, source.title, *front]
    for candidate in candidates:
        short = 4 <= len(candidate) <= MAX_TITLE
        if short and _KIND.search(candidate) and recognise(candidate) is None:
            return "".join(candidate.split())
    return _DATED_NAME.sub("", stem).strip() or stem


def _period(title: str) -> tuple[int | None, int | None]:
    """The first and the last year that a title says, by themselves or by the number of the period."""
    if years := _PERIOD.search(title):
        return int(years[1]), int(years[2])
    if numbered := _NUMBERED_PERIOD.search(title):
        start = _ELEVENTH_BEGINS + _YEARS * "一二三四五六七八九".index(numbered[1])
        return start, start + _YEARS - 1
    return None, None


def _issuer(card: tuple[CardField, ...], front: list[str], title: str) -> str:
    named = card_value(card, "发文机关", "发布机构", "公开机构")
    if named:
        return named
    adopted = [match[1] for line in front if (match := _ADOPTED.search(line))]
    if adopted:
        return adopted[0]
    about = re.match(r"([㐀-鿿、 ]{2,20}?)关于", title)
    return about[1].strip() if about else ""


def describe(source: Source, name: str) -> Metadata:
    """The metadata of a document, from its card, its first lines and, last, its file's name."""
    card = read_card(source.text)
    front = _front_lines(source)
    stem = Path(name).stem
    title = _title(source, card, front, stem)
    dates = [found for line in front if (found := parse_date(line))]
    dated_name = _DATED_NAME.search(stem)
    last = max(dates, default=None) or (parse_date(dated_name[1]) if dated_name else None)
    kind = _KIND.search(title)
    region = _REGION.match(title)
    start, end = _period(title)
    number = _NUMBER.search("\n".join(front))
    return Metadata(
        title=title,
        kind=kind[1] if kind else "",
        issuer=_issuer(card, front, title),
        index_number=card_value(card, "索引号"),
        document_number=card_value(card, "发文字号", "文号") or (number[0] if number else ""),
        region=region[1] if region else "",
        written_on=parse_date(card_value(card, "成文日期", "生成日期")) or last,
        published_on=parse_date(card_value(card, "发布日期")),
        period_start=start,
        # A plan starts from the state of the year before.
        baseline_year=start - 1 if start else None,
        period_end=end,
    )
