"""Figures in running text as records: what is counted, how much, by when, reached or aimed at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from corpus.quantities import Quantity, find_quantities
from corpus.types import BODY_KINDS, Document, Paragraph, Span, Target

# Headings under which a plan reports what is there; everywhere else it says what is to be.
_REPORTS = re.compile(
    r"(?!夯实|优化|改善|营造)(?:“?十.五”?(?:时期|期间)?的?)?[㐀-鿿]{0,6}"
    r"(?:基础|现状|回顾|成就|成效|形势|环境|背景|(?:主要|突出|存在)(?:的)?(?:问题|短板|困难|挑战))(?:[与和及][㐀-鿿]{2,4})?"
)
_YEAR = re.compile(r"((?:19|20)\d\d)年")
_PERIOD = re.compile(r"“?十([一二三四五六七八九])五”?(?:期间|时期|末|规划期)")
_ELEVENTH_ENDS = 2010  # 十一五: 2006–2010; five years each before and after
_CUT = re.compile(r"[,，;；。!！?？:：]")
_LISTED = re.compile(r"、")

# Words before a thing that say what is done with it, and how often.
_DOING = (
    "累计 共计 总计 一共 每年 逐年 力争 争取 确保 坚持 努力 逐步 积极 持续 进一步 全面 加快 推进 推动 支持 加强 "
    "办好 含 共有 建成 建设 新建 改建 扩建 改扩建 新增 增加 创建 争创 培育 培养 打造 组建 设立 建立 成立 形成 实施 "
    "完成 引进 引入 选派 选取 选拔 邀请 评选 评定 更新 配备 改造 改善 购置 发放 投入 补充 升格 获得 获 实现 达到 覆盖 "
    "开办 开展 举办 申报 认定 命名 规划 安排 招聘 培训 资助 至少 使得 降低 减少 缩减 提高 提升 下降 增长 上升"
).split()
_PARTICLES = (
    "其中 使 将 对 把 均 各 共 约 近 的 和 及 与 并 了 以 由 从 在(?![校园职册读岗编])".split()
)


def _any_of(words: list[str]) -> str:
    return "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")"


_ENDS_DOING = re.compile(f"{_any_of(_DOING)}$")
_DOING_FIRST = re.compile(f"^{_any_of([*_DOING, *_PARTICLES])}")
# Words between a thing and its value.
_BETWEEN = re.compile(
    r"(?:均|都|各|已|也)?"
    r"(?:达到了|达到|达|提高到|提升到|提高至|增加到|扩大到|降低到|下降到|降低|减少|缩减|提高|增加|增长|保持在|稳定在|控制在|"
    r"分别为|约为|为|共计|累计|共有|共|约|近|至少|不低于|不少于|超过|有|各|由|从|到)+$"
)
# A verb that begins another statement after a counted thing: 15所高中|同步开展课后服务改革.
_THEN = re.compile(
    r"(?:更换|安装|配备|购置|配齐|增设|来|赴|到|被|在|同步|开展|参加|进行|达到|创建|纳入|命名|升格|增配|实现|建成|建设|获|为|的(?=比例|%)|"
    r"均|都|已|并|基础上|以(?!上)|等(?=方式|形式)).*$"
)
# Words of a statement, not of a counted thing: a capture may lose the comma between 500余个 and 工作.
_STATEMENT = re.compile(r"持续|不断|进一步|更加|显著|逐步")
_DONE_THEN = re.compile(r"(?:更换|安装|配备|购置|配齐|增设)(?P<thing>[\u3400-\u9fff“”]{2,12})$")
_NAMED = re.compile(r"(?:命名|评选|评|认定|确定)为(.+)")
_ASIDE = re.compile(r"[(（][^()（）]*[)）]")
# A value that was named before: 占比由|92%|提高到93%.
_VALUE = re.compile(r"\d+(?:\.\d+)?(?:%|[所个名项间套门对]|[万亿]?元)")
_SECOND = re.compile(r"(?<!以)[及和与](?=\d+[个所名项间套门对])")
# What a capture writes without the comma that parted two figures: 2.01亿元|资助资金达到7.2亿元.
_RUN_ON = re.compile(r"^.*\d(?:亿|万)?元(?=[㐀-鿿]{3,}$)")
_TIME = re.compile(r"“?十.五”?|期间|时期|以来|目前")
# For whom and how often an amount is: 按边远程度|每人每月|发放.
_PER_ONE = "(?:每(?:人|生|名|位|所|家|班|校|园|年|月|天|日|周|学年|学期|课时|节|次|亩))+"
_PAID = re.compile(rf"(?:按照?|以|依据)?{_PER_ONE}的?(?:标准)?(?:发放|给予|拨付|不低于|不少于)?$")
_BY = re.compile(r"(?<!.按)(?:按照?|依据|根据)[^按]{2,8}$")
_SPENT = re.compile(r"(?:投入|投资|安排|拨付|奖励)$")
_EVERY_YEAR = re.compile(r"每年|年均")
# Units that measure what goes before them; all others count what may also come after.
_MEASURES = frozenset({"%", "‰", "百分点", "个百分点", "元", "岁", "年"})
_SHARE = re.compile(r"占(?!比)([^占]*?)的?(?:达到|达|为|约)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clause:
    """A stretch of text between commas, and where it begins in the paragraph."""

    start: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A quantity as it was understood; `span` counts in the document."""

    quantity: Quantity
    indicator: str
    year: int | None
    reported: bool
    span: Span


def _clauses(text: str) -> list[_Clause]:
    cuts = [0, *(match.end() for match in _CUT.finditer(text)), len(text)]
    return [_Clause(start=a, text=text[a:b]) for a, b in pairwise(cuts) if text[a:b].strip()]


def _period_end(text: str) -> int | None:
    match = _PERIOD.search(text)
    return _ELEVENTH_ENDS + 5 * "一二三四五六七八九".index(match[1]) if match else None


def _year_of(text: str) -> int | None:
    """The last year that a clause names, by its number or by its five-year period."""
    years = _YEAR.findall(text)
    return int(years[-1]) if years else _period_end(text)


def _thing(words: str) -> str:
    """The words without what is done with the thing."""
    words = re.sub(r"^.*(?:19|20)\d\d年[前底末]?", "", words).strip(" ,，、的")
    while match := _DOING_FIRST.match(words):
        words = words[match.end() :]
    return _balanced(words.strip(" ,，、的"))


def _balanced(words: str) -> str:
    """The words without a quotation mark or bracket at an end whose partner is missing."""
    for opening, closing in ("“”", "()", "（）", "《》"):
        if words.count(opening) > words.count(closing):
            words = words.replace(opening, "", 1) if words.startswith(opening) else words
        elif words.count(closing) > words.count(opening) and words.endswith(closing):
            words = words[:-1]
    return words.strip()


def _after(text: str, quantity: Quantity) -> str:
    """The counted thing named after the number, up to a second one: 80名|市级骨干教师|及6名学科名师."""
    rest = _LISTED.split(_CUT.split(text[quantity.span.end :])[0])[0]
    rest = _SECOND.split(rest)[0]
    rest = re.sub(r"^(?:及?以上|左右|上下|以内|以下|余|多|的)+", "", rest)
    if named := _NAMED.search(rest):
        return _balanced(named[1])
    thing = _balanced(_THEN.sub("", _ASIDE.sub("", rest)).strip())
    return "" if _STATEMENT.search(thing) else re.split(r"[(（]", thing)[0]


def _before(text: str, quantity: Quantity) -> str:
    """The thing named before the number: 智慧校园示范校|15所, 普及率|达到85%."""
    written = _LISTED.split(_ASIDE.sub("", text[: quantity.span.start]))[-1]
    if quantity.bare_unit == "元":
        paid = _PAID.sub("", written)
        written = _BY.sub("", paid) if paid != written else written
        if spent := _SPENT.search(written):
            return _thing(written) or spent[0]
    words = _RUN_ON.sub("", _BETWEEN.sub("", written))
    # 投入 before 达 is a thing, 培育 before a number is done to what follows.
    if words == written and _ENDS_DOING.search(words) and quantity.bare_unit != "元":
        return ""
    first, *others = _VALUE.split(_thing(words))
    name = _BETWEEN.sub("", _RISES_FROM.sub("", first))
    if not name and others and (done := _DONE_THEN.search(others[-1])):
        return done["thing"]  # 45所学校更换|被褥|2.8万套
    return name


def _indicator(clause: _Clause, quantity: Quantity, earlier: str) -> str:
    """What a quantity counts, in the text's own words; `earlier` is the thing last named."""
    share = quantity.unit.endswith(("%", "百分点"))
    words = clause.text[: quantity.span.start]
    if share and (match := _SHARE.search(words)):
        subject = _thing(words[: match.start()]) or earlier
        return f"{subject}占{match[1]}" if match[1] else f"{subject}占比"
    measured = quantity.bare_unit in _MEASURES
    after = "" if measured else _after(clause.text, quantity)
    return after or _before(clause.text, quantity) or earlier


def _respectively(text: str, quantities: list[Quantity]) -> list[str]:
    """The things of `甲和乙分别为6个和3个`, one for each quantity; empty where it is no such clause."""
    place = text.find("分别")
    if place < 0 or len(quantities) < 2:
        return []
    things = re.split(r"[和与及、]", text[:place])
    return [_thing(thing) for thing in things] if len(things) == len(quantities) else []


def _in_paragraph(document: Document, paragraph: Paragraph, reported: bool) -> Iterator[Target]:
    text = document.quote(paragraph.span)
    year = _heading_year(document, paragraph.section_id)
    earlier, began = "", None
    for clause in _clauses(text):
        year = _year_of(clause.text) or year
        quantities = list(find_quantities(clause.text))
        names = _respectively(clause.text, quantities)
        for place, quantity in enumerate(quantities):
            before, behind = clause.text[: quantity.span.start], clause.text[quantity.span.end :]
            origin = is_origin(before, behind)
            name = names[place] if names else _indicator(clause, quantity, earlier)
            if origin and not names:
                name = _thing(_RISES_FROM.sub("", before)) or name
            earlier = name or earlier
            start = paragraph.span.start + clause.start
            if origin:
                began = _year_of(clause.text[: quantity.span.start]) or began
            reading = _Reading(
                quantity=quantity,
                indicator=name,
                year=None if _EVERY_YEAR.search(clause.text) else began if origin else year,
                reported=reported or origin,
                span=Span(start + quantity.span.start, start + quantity.span.end),
            )
            yield _target(document, paragraph.section_id, reading)
        if not quantities and not _TIME.search(clause.text):
            earlier = _thing(clause.text.rstrip(",，;；。")) or earlier


_RISES_FROM = re.compile(
    rf"(?:由|从)(?:(?:19|20)\d\d年(?:底|末|初)?的?|“?十.五”?末的?|原来的?|现在的?|现行的?)?(?:{_PER_ONE})?$"
)


def is_origin(before: str, behind: str) -> bool:
    """Whether the words around a value say that a rise starts from it.

    >>> is_origin("占比由2015年的", "提高到93%"), is_origin("占比由92%提高到", "")
    (True, False)
    """
    return _RISES_FROM.search(before) is not None and re.search(r"到|至|为", behind) is not None


def _heading_year(document: Document, section_id: str) -> int | None:
    years = [_year_of(section.title) for section in document.path(section_id)]
    return next((year for year in reversed(years) if year), None)


def _target(document: Document, section_id: str, reading: _Reading) -> Target:
    quantity, reported = reading.quantity, reading.reported
    return Target(
        document_id=document.document_id,
        indicator=reading.indicator,
        category="",
        parent="",
        parent_id=None,
        baseline=quantity.value if reported else None,
        baseline_year=reading.year if reported else None,
        target=None if reported else quantity.value,
        target_high=quantity.high,
        target_year=None if reported else reading.year,
        unit=quantity.unit,
        bound=quantity.bound,
        nature="",
        kind="现状" if reported else "目标",
        section_id=section_id,
        span=reading.span,
    )


def reports(document: Document, section_id: str) -> bool:
    """Whether a section tells what is there (发展基础, 面临形势), not what is to be."""
    return any(_REPORTS.fullmatch(section.title) for section in document.path(section_id))


def text_targets(document: Document) -> Iterator[Target]:
    """The quantities of the body's paragraphs as records, in the order of the text."""
    for paragraph in document.paragraphs:
        path = document.path(paragraph.section_id)
        if path[-1].kind not in BODY_KINDS - {"table", "row", "figure"}:
            continue
        reported = reports(document, paragraph.section_id)
        yield from _in_paragraph(document, paragraph, reported)
