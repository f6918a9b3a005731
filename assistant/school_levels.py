"""Computations over the pupils of several levels of school, wherever in a question the levels are named.

The rows of a table that count persons are named by what is left of their indicators: 小学 of 普通小学, 幼儿 of
在园幼儿数, the category where nothing is. This is tried first, and only where a question speaks of nothing
else than levels and what is to be computed; what names its figures in full is read elsewhere.
"""

import re
from collections.abc import Sequence
from itertools import combinations, pairwise

from assistant.amounts import Figure
from assistant.changes import change_of, growth_of_sum, sum_of_changes
from assistant.clause import ASKS, PREFACE, TIME, YEAR, asking_part
from assistant.draft import Draft
from assistant.gaps import gap_of
from assistant.level_names import NamedLevel, left_out, named_levels, run_of_levels
from assistant.operands import Operands
from assistant.own_place import without_own_place
from assistant.pairs import MOVES, pair_of
from assistant.phrases import asked_change
from assistant.proportions import share_of_pairs
from assistant.row_order import first_of
from assistant.sums import rest_beside, total_of
from corpus.types import Target

_SUM = re.compile(
    r"(?<![增添])加|相加|总盘子|合在一|合计|合拢|归拢|拢起|统共|总共|一共|拢共|合起来|总数|总的|总和|之和|凑|\b(?:together|total|combined|altogether|plus|sum)\b",
    re.I,
)
_SHARE = re.compile(
    r"占|份额|每一?百[个名位]|百分之|几成|比重|比例|\b(?:percent\w*|share|proportion)\b|%", re.I
)
_RATIO = re.compile(
    r"几倍|多少倍|倍数|之比|比值|对应(?:几|多少)|数比\s*$|几比(?:一|1|几)|(?:几|多少)个[^,。?]{0,8}(?:才|能|会)有一个|"
    r"每(?:多少|几)个[^,。?]{1,12}有一个|(?:每|一)一?个[^,。?]{1,12}?(?:几|多少)个|times as|\bratio\b",
    re.I,
)
_CHANGE = re.compile(
    r"增(?:加|长|多|幅|量|速)|降幅|冒出|缩(?=多少|几|减|水|了)|(?<![再另])添|长(?=得|了多少|了几|多少|几)|净增|新增|提高|上涨|涨|扩大|减少|下降|降低|(?<![至最])多[招收读]?(?:出|了|多少|几|百分)|少[招收]?(?:了|多少|几|百分)|变化|加多少|\b(?:ris\w+|gr[eo]w\w*|increas\w+|add\w*|more|fewer|chang\w+)\b",
    re.I,
)
_RATE = re.compile(r"增幅|增速|增长率|涨幅|降幅|快|猛|凶|百分|几成|%|percent", re.I)
_ORDER = re.compile(
    r"排(?:序|列|名|一|出|个)|怎么排|从[多高快大少]到|最|依次|\b(?:most|fastest|largest|rank)\b",
    re.I,
)
_COMPARED = re.compile(r"谁|哪[^,。?]{0,14}[多少高低大小快慢猛凶]|比|相差|差|还是|\bthan\b", re.I)
# What is added to the whole and to the part: 净增的人数占净增总数的几成.
_COMING = re.compile(r"净增|新增|增加的|多出来?的|增量|增长的")
_GROWS = re.compile(r"增|涨|提高|上升|扩|多出来|变化|减|降")
_BOTH_YEARS = re.compile(
    r"(?:五|5|这几|这些|几)年|(?:19|20)\d\d[^,。?]{0,12}(?:19|20)\d\d|十四五|规划期"
)


_COMPUTES = re.compile(
    "|".join(p.pattern for p in (_SUM, _SHARE, _RATIO, _CHANGE, _ORDER)) + "|相差|谁|比", re.I
)
# What such a question is made of beside the levels: persons, times, and words that compute or ask.
_MATERIAL = re.compile(
    rf"{_COMPUTES.pattern}|{TIME.pattern}|在校生?|在园|就?读的?|学生|孩子|娃儿?|幼儿(?!园)|人数|人口|规模|数[量目字]?|人|生|"
    r"幼儿园|普通|全部|所有|教育|阶段|目标|指标|规划|计划|预计|预期|全区|区里?|我们|里[面头]?|当中|其中|中|头|[大约概差不]多|"
    r"(?:各|每|所有|全部)(?:个|级)?(?:学段|阶段)|念|抬|冒|缩|拢|冲|全|[七八九十]|表[里中]|起点|左右|麻烦|百分比|谢谢|请教|您好|给|所占|头|刨|除|扣|去掉|剩|通通|统统|算上|平摊|分摊|摊|匀|剔除|添|段|坨|拨|类|块|层|在读|排|队|出|才|凶|娃娃|其他|其它|其余|那阵|一直|直到|"
    r"哪[一个些]*|谁|多少|几|百分[之点比]|个|名|位|成|倍|点|者|两|三|这|那|些|各|每|分别|还|又|再|就|都|要|会|将|能|请|帮忙?|算|算一算|看|下|一|"
    r"说明|两块|两项|那块|怎么|如何|是|有|的|了|到|从|在|和|与|跟|及|以|把|对|为|按|得|来|去|出|上|过|吗|呢|嘛|哦|啊|吧|呀|年|间|期|末|底|后|前|"
    r"相当于?|等于|盘子|几比|大约|约|百|四|六|五|五年|大|小|高|低|快|慢|更|猛|凶|厉害|打算|应该|大概|大约|差不多|分成|分之|上学|想|问|知道|总体|整个|合在|园|总|万|多|少"
)
# Some of the pupils of a level, or something else of it than its pupils.
_NARROWER = re.compile(
    r"招生|行指标|项指标|个指标|公办|民办|公立|私立|普惠|教师|老师|[^比几速百长]率|占比(?![重例率])|学校[^里中]|乡镇|农村|城区|来自|[区市省县]外|外[地籍省市来]|本地|寄宿|住校|走读|男|女|党员|留守|随迁|残疾|[一二三四五六七八九]年级|初[一二三]|高[一二三](?!成)|[大中小]班"
)
# Who asks: 我是写材料的办事员,….
_WHO = re.compile(r"^(?:(?:我们?|本人)?是|(?:我们?|本人)在)[^,。?]{2,16},")
# So many characters beside that, and the question is about something else.
LEFT_OVER = 2


_ENGLISH = frozenset(
    "how many much more fewer less children child pupils pupil students student kids people in the of and "
    "from to by between does do will would be there plan plans expect expected planned target targeted "
    "than total together kindergarten kindergartens primary junior senior middle high school schools "
    "compulsory education secondary vocational undergraduate undergraduates postgraduate postgraduates "
    "university higher preschool plus is are what percentage percent share proportion ratio times as grow "
    "growth rise rises increase number enrolment enrollment which most fastest rank difference gap "
    "compared with district that it at over ten thousand thousands five years year regular ed all higher next on "
    "average each per a an combined altogether sum add adding up all roughly about approximately were was "
    "have has level levels stage larger bigger greater every one for s terms schooling or".split()
)
_WORD = re.compile(r"[a-z]+", re.I)


def _of_levels_alone(
    operands: Operands, named: Sequence[NamedLevel], rows: Sequence[Target]
) -> bool:
    """Whether a question speaks of nothing else than the levels and what is to be computed."""
    question = operands.question
    if question.query.english:
        words = _WORD.findall(question.standalone.lower())
        return all(word in _ENGLISH for word in words)
    document = operands.documents[rows[0].document_id]
    asked = without_own_place(question.understood, document)
    text = _WHO.sub("", PREFACE.sub("", asking_part(asked)))
    if _NARROWER.search(text):
        return False
    story, _, last = text.rpartition(",")
    asking = named_levels(operands, last)
    return _is_all(text, named) or (_is_told(story, named, asking) and _is_all(last, asking))


def _is_told(story: str, named: Sequence[NamedLevel], asking: Sequence[NamedLevel]) -> bool:
    """Whether what goes before the last clause, which is `asking`, only tells: 娃儿想读职高,中职要涨几成."""
    # What the last clause asks of is among what the story tells of: 实验室中,设在小学的.
    if re.search(r"(?:中|当中|里[面头]?|内)$", story):
        return False
    if _COMPUTES.search(story) or YEAR.search(story) or ASKS.search(story):
        return False
    return {n.target.section_id for n in named} == {n.target.section_id for n in asking}


def _is_all(text: str, named: Sequence[NamedLevel]) -> bool:
    """Whether a text says nothing else than levels and what questions are made of."""
    for each in named:
        text = text.replace(each.word, " ")
    return len(re.findall(r"[\u3400-\u9fff]", _MATERIAL.sub(" ", text))) <= LEFT_OVER


def draft_levels(operands: Operands) -> Draft | None:
    """What the question asks to be computed of the levels that it names; None where it names none or asks nothing."""
    question = operands.question
    text = f"{question.understood} {question.standalone}"
    named = _without_owners(named_levels(operands, question.understood), question.understood)
    if not named:
        named = named_levels(operands, question.expanded)
    levels, ends = run_of_levels(operands, question.understood, named)
    rows = levels or [n.target for n in named]
    if not rows or not _of_levels_alone(operands, named, rows):
        return None
    out = left_out(question.understood, named)
    beside = [n for n in named if n not in ends and n not in out]
    if out and not levels:
        return _rest(operands, beside, out)
    if beside:
        levels = []
    without = {n.target.section_id for n in out}
    targets = levels or [n.target for n in beside]
    return _computed(operands, text, named, [t for t in targets if t.section_id not in without])


def _without_owners(named: Sequence[NamedLevel], text: str) -> list[NamedLevel]:
    """The levels but those that only say whose part the next one is: 高校 of 高校的研究生; a share asks for both."""
    owners = {
        whole.start
        for whole, part in pairwise(named)
        if part.target.parent_id == whole.target.section_id
        and re.fullmatch("里?的", text[whole.start + len(whole.word) : part.start])
    }
    return [n for n in named if n.start not in owners or _SHARE.search(text)]


def _rest(
    operands: Operands, beside: Sequence[NamedLevel], out: Sequence[NamedLevel]
) -> Draft | None:
    """What is left of the one level that a question names beside those that it leaves out."""
    if len(beside) != 1 or _SHARE.search(operands.question.understood):
        return None
    targets = [beside[0].target, *(n.target for n in out)]
    figures = _figures(operands, targets)
    whole = _whole_of(figures)
    if whole is None or whole.target is not beside[0].target:
        return None
    return rest_beside(whole, [figure for figure in figures if figure is not whole])


def _computed(
    operands: Operands, text: str, named: Sequence[NamedLevel], targets: Sequence[Target]
) -> Draft | None:
    question = operands.question
    pairs = [pair for target in targets if (pair := operands.both(target))]
    changing = bool(_CHANGE.search(text)) and (
        question.only_year is None or bool(_BOTH_YEARS.search(question.understood))
    )
    if len(targets) == len(named) == 2 and _says_than(question.understood, named):
        changing = False
    whole = _whole_and_part(pairs)
    if whole and _SHARE.search(text) and not question.query.english:
        part, of = whole
        kind = share_of_pairs if _COMING.search(text) else _then_and_aimed
        if draft := kind(operands, part, of):
            return draft
    if len(pairs) == len(targets) and changing:
        return _of_changes(operands, text, targets, pairs)
    if len(targets) < 2:
        return None
    return _of_values(operands, text, targets)


def _says_than(text: str, named: Sequence[NamedLevel]) -> bool:
    """Whether one level is said to be more than another, and neither to grow: 小学生比初中生多多少."""
    between = text[named[0].start : named[1].start]
    return "比" in between.replace("比例", "") and not _GROWS.search(text)


def _whole_and_part(
    pairs: Sequence[tuple[Figure, Figure]],
) -> tuple[tuple[Figure, Figure], tuple[Figure, Figure]] | None:
    """(part, whole) of two rows of which one is part of the other, else None."""
    if len(pairs) != 2:
        return None
    for part, whole in (pairs, reversed(pairs)):
        if part[0].target.parent_id == whole[0].target.section_id:
            return part, whole
    return None


def _then_and_aimed(
    operands: Operands, part: tuple[Figure, Figure], whole: tuple[Figure, Figure]
) -> Draft | None:
    """How the share of a part goes, where that is asked for."""
    if not MOVES.search(operands.question.understood):
        return None
    return pair_of(operands, "part", part[1], whole[1])


def _of_changes(
    operands: Operands, text: str, targets: Sequence[Target], pairs: list[tuple[Figure, Figure]]
) -> Draft | None:
    rate = bool(_RATE.search(text))
    if len(pairs) == 1:
        if operands.question.kind != "figure":
            return None
        asked = asked_change(operands.question.understood, growing=rate)
        return change_of(operands, asked, *pairs[0])
    if _SUM.search(text):
        return growth_of_sum(pairs) if rate else sum_of_changes(pairs)
    if len(pairs) > 2 or _ORDER.search(text):
        return first_of(operands, targets, text)
    if _COMPARED.search(text):
        return gap_of(operands, pairs, relative=rate, greater_first=True)
    return None


def _figures(operands: Operands, targets: Sequence[Target]) -> list[Figure]:
    """The figures of all rows in the one year that is asked for; none where one of them has none."""
    question = operands.question
    past = question.query.past or bool(question.query.period_ends)
    figures = [f for t in targets if (f := operands.figure(t, question.only_year, past=past))]
    alike = len(figures) == len(targets) and len({f.year for f in figures}) == 1
    return figures if alike else []


def _of_values(operands: Operands, text: str, targets: Sequence[Target]) -> Draft | None:
    figures = _figures(operands, targets)
    if not figures:
        return None
    greater, less, *more = sorted(figures, key=lambda f: f.amount, reverse=True)
    alike = len({f.target.unit for f in figures}) == 1
    draft: Draft | None = None
    if _SHARE.search(text):
        draft = _share(operands, figures)
    if not draft and _RATIO.search(text) and not more:
        draft = pair_of(operands, "ratio", greater, less)
    if not draft and _SUM.search(text) and alike:
        draft = total_of(figures)
    if not draft and _ORDER.search(text):
        draft = first_of(operands, targets, text)
    if not draft and _COMPARED.search(text) and not more:
        draft = pair_of(operands, "difference", greater, less)
    return draft


def _whole_of(figures: Sequence[Figure]) -> Figure | None:
    """The one that the table says all the others are part of."""
    wholes = (
        whole
        for whole in figures
        if all(f is whole or f.target.parent_id == whole.target.section_id for f in figures)
    )
    return next(wholes, None)


def _share(operands: Operands, figures: Sequence[Figure]) -> Draft | None:
    """The share of a part in the whole that the table says it is part of."""
    for a, b in combinations(figures, 2):
        for part, whole in ((a, b), (b, a)):
            if part.target.parent_id == whole.target.section_id:
                return pair_of(operands, "part", part, whole)
    return None
