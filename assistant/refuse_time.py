"""A question about a time that the plan does not speak of: other years, and what was achieved since."""

import re
from collections.abc import Sequence

from assistant.asking import SHOWS, read_asking
from assistant.evidence import Evidence
from assistant.question import Question
from assistant.refusals import PRESUMES, Ground, asked_of
from corpus.fold import fold

_ACTUAL = re.compile(
    r"现在|目前|如今|眼下|今年|去年|前年|最新|实际(?!教室)|实有|真正|最后[^,。]{0,6}(?:了|成功|多少)|中期评估结果|没完成|"
    r"已经?(?:完成|达到|建成|实现|有|开展|评上|用)|已经?(?:到|来|招|引进|培训|拨付?|培养|配)[^,。?]{0,6}(?:人数|数量|多少|几)|"
    r"完成(?:了|得|情况|率|(?<![要应须]完成)几|数)|截至202[1-9]|(?:进行|进展|推进|干|搞)到(?:哪|什么)"
)
_AIMED_TOO = re.compile(
    r"(?:以后|往后|将来|今后|后头|后面|接下来|目标)[^,。?多少]{0,6}(?:到|是|为)?(?:多少|几)|加上[^,。?]*(?:新增|新建|要建)"
)
_ACHIEVED = re.compile(
    r"(?:修|建|搬|迁|招生|招人|开课|开业|通车|到位|验收|投用|评|创建|申报|申请|改造|完成|开工|开学|成立|挂牌|启用|打造|落成|开园|改善|铺开|配齐|招满|实现)[^,。?]{0,6}"
    r"(?:(?<!有)没有|没得|了没|了吗|了不|没)[哦嘛啊呀喃?？!！。]*$|到底开工|"
    r"actually|opened yet|already|so far|really (?:been|finished|built|done)|measured (?:rate|result)|came to an end|"
    r"到没到|(?:[\u4e00-\u9fff]成|[办做达评]到|评上)(?:了)?没(?:有|得)(?![\u4e00-\u9fff]{3})"
)


ACHIEVED = Ground(
    reason="target_not_actual",
    message="规划写的是要做什么和制定规划时的情况,不写后来实际做到了没有。",
)


def other_time(question: Question, top: Sequence[Evidence]) -> Ground | None:
    """A year or a five-year period that neither the evidence nor its document's period holds."""
    offered = fold(top[0].text if question.kind == "figure" else "".join(t.text for t in top))
    if PRESUMES.search(asked_of(question)):
        return None
    metadata = top[0].document.metadata
    start, end, baseline = metadata.period_start, metadata.period_end, metadata.baseline_year
    if start is None or end is None:
        return None
    named = [
        year for year in question.years if not {start, end} <= set(question.years) or year != start
    ]
    for year in (*named, *question.query.period_ends):
        if year in {baseline, end} or str(year) in offered:
            continue
        if start <= year < end:
            if question.kind == "figure" or top[0].passage.kind == "row":
                message = f"规划只写了{baseline}年的情况和{end}年的目标,没有写{year}年实际是多少。"
                return Ground(reason="target_not_actual", message=message)
        else:
            message = f"规划写的是{start}—{end}年,没有{year}年的这项内容。"
            return Ground(reason="not_in_plan", message=message)
    return None


def _tells_before(question: Question, top: Sequence[Evidence]) -> bool:
    """Whether the time before the plan is asked for, or told of: what was achieved then it does say."""
    baseline = top[0].document.metadata.baseline_year
    before = question.query.period_ends or question.query.past or top[0].passage.reports
    return bool(before) or baseline in question.years


def asks_achieved(question: Question, top: Sequence[Evidence]) -> Ground | None:
    """Whether what was achieved is asked for, and the evidence, of a plan, says what is to be."""
    if top[0].document.metadata.period_start is None or _tells_before(question, top):
        return None
    asked = asked_of(question)
    counted = question.kind == "figure" and _ACTUAL.search(asked)
    if not (counted or _ACHIEVED.search(asked)):
        return None
    if counted and _AIMED_TOO.search(asked):
        return None  # what is to be is asked for beside what is
    return ACHIEVED


def sounds_achieved(question: Question, top: Sequence[Evidence]) -> Ground | None:
    """The same by the question's whole wording, where that is as good as sure."""
    if top[0].document.metadata.period_start is None or question.query.english:
        return None
    sure = read_asking(question.understood).actual > SHOWS
    return ACHIEVED if sure and not _tells_before(question, top) else None
