"""Follow-ups that compute over what was talked about: 两个加起来呢, 差多少, 这是升还是降, 中职在里头占多少."""

import re

from assistant import clause
from assistant.followup_fragment import NUMBER_ASKED
from assistant.talk import Before, subject_before, subject_of

_SUM = re.compile(
    r"(?:这|那)?(?:两|三|几)?(?:个|者|项|种)?(?:数|数字|指标)?(?:一共|总共|合计|合起来|加起来|加在一起|相加|总和)(?:一共|总共)?(?:是|有)?(?:多少)?[^,。]{0,3}"
)
_DIFFERENCE = re.compile(
    r"(?:这|那)?(?:两|二)?(?:个|者|项|年|头)?(?:数|数字|指标)?(?:之间|中间)?(?:相差|差|差距|差距是|差了?)(?:有)?多少.{0,4}"
)
# How what was talked about changes: 增长了百分之多少, 多了几万人.
_CHANGED = re.compile(
    r"(?:一共|总共|总的|到底|那|五年|等于|相当于|也就是)?(?:里|间|下来)?(?:要|会|能|将)?(?P<yearly>平均每一?年|每一?年平均|年均|每一?年)?(?:要|会|能|将)?"
    r"(?P<way>增长|增加|提高|上升|减少|下降|降低|多[招收]?|少[招收]?|涨|升|降|高|低)(?:出|加)?(?:了|出来|上去)?"
    r"(?P<much>(?:多少|几|百分之(?:多少|几))[^,。]{0,5})"
)
# 中职在里头占多大份额: of what was talked about.
_SHARE_WITHIN = re.compile(
    r"(?P<part>[\u3400-\u9fff]{2,10}?)(?:在|于)?(?:这?里面?|其中|当中)(?:能|要|会|大约)?占(?P<much>[^,。?]{2,8})"
)
# 占全区学校的多少: what was talked about does.
_OF_WHOLE = re.compile(
    r"占(?:到|了)?(?!比)[^,。?]{2,10}的?(?:多少|几成|百分之(?:几|多少)|多大(?:比例|比重|份额)?)"
)
# 前一个比后一个多几套: the two that were talked about.
_FORMER = re.compile(
    r"(?:前一?个|前者|第一个)(?P<than>比)(?:后一?个|后者|第二个)(?P<asked>[^,。?]+)"
)
# 这是升还是降,幅度百分之几.
_UP_OR_DOWN = re.compile(
    r"(?:这|那)?(?:个数)?(?:算|是)*(?:升|涨|增加?|多|提升)了?还是(?:降|跌|减少?|少)了?(?:[,的]?(?:幅度|比例)?(?:是|有|为)?(?P<much>百分之(?:几|多少)|多少|几[^,。?]{1,4}))?"
)


def compared(words: str, before: Before) -> str | None:
    """What is asked of the two things that were talked about, of their whole, or of how one changes; else None."""
    if before.earlier and (_SUM.fullmatch(words) or _DIFFERENCE.fullmatch(words)):
        return _together(words, before)
    if (share := _of_share(words, before)) is not None:
        return share
    if (two := _FORMER.fullmatch(words)) and before.earlier:
        first, second = subject_of(before.earlier), subject_of(before.question)
        return f"{first}比{second}{two['asked']}?"
    if (way := _UP_OR_DOWN.fullmatch(words)) and NUMBER_ASKED.search(before.question):
        return _changed(way["much"] or "多少", "增长", before)
    if change := _CHANGED.fullmatch(words):
        by = f"{'平均每年' if change['yearly'] else ''}{change['way']}"
        return _changed(change["much"], by, before)
    return None


def _of_share(words: str, before: Before) -> str | None:
    """What share something is of what was talked about, or that is of something."""
    if _OF_WHOLE.fullmatch(words):
        return f"{subject_before(before)}{words}?"
    within = _SHARE_WITHIN.fullmatch(words)
    if within is None:
        return None
    when = "".join(clause.TIME.findall(before.question)[:1])
    whole = clause.TIME.sub("", subject_before(before))
    return f"{when}{within['part']}占{whole}的{within['much']}?"


def _together(words: str, before: Before) -> str:
    """The last two questions as one about their sum or difference."""
    first, second = before.earlier, before.question
    time = clause.TIME.search(first)
    one, two = (clause.TIME.sub("", subject_of(each)) for each in (first, second))
    both = f"{one}和{two}" if one != two else one
    when = time[0] if time and time[0] in second else ""
    times = [match[0] for match in map(clause.TIME.search, (first, second)) if match]
    if one == two and len(times) > 1:
        both = f"{one}{times[0]}和{times[1]}"
    asks = "相差多少" if "差" in words else "加起来一共是多少"
    return f"{when}{both}{asks}?"


def _changed(much: str, way: str, before: Before) -> str:
    """The change between the two years that were talked about, or else of what was talked about."""
    years = sorted(set(clause.YEAR.findall(f"{before.earlier} {before.question} {before.answer}")))
    subject = re.sub(
        r"[和与跟到至、,]?(?:各|分别)?(?:自|是)?$", "", clause.TIME.sub("", subject_before(before))
    )
    between = f"{years[-1]}年比{years[0]}年" if len(years) == 2 else ""
    return f"{subject}{between}{way}{much}?"
