"""What computation a question asks for, and the words in it that name the operands."""

import re
from typing import Literal

from assistant.naming import OWNER, RANK
from corpus.quantities import ANY_UNIT

Asked = Literal[
    "change", "growth", "yearly", "yearly_growth", "per_year", "over_years", "complement", ""
]
Pair = Literal["difference", "ratio", "part", "sum"]

_CHANGE = (
    "净?增加|净增|增多|提高|提升|增长|增幅|增速|增量|上升|上涨|涨幅|涨|升幅|降幅|扩大|下降|减少|降低|缩减|变化|"
    "抬[高升]|拔高|往上[加提涨]|往下[压降减拉]|压低|压降|降(?=了?多少|了?几|下来)|掉(?=了?多少|了?几)|多出来|多出|前后(?=差)|冒出来?(?=多少|几)|长(?=多少|几)|(?<![最至])多[拿领发得招收读上学]?(?=多少|几|了|出|多久|百分)|(?<![多至最])少[招收]?(?=多少|几|了|百分)|缩(?=多少|几|了)|[省砍](?=了?多少|了?几)"
)
_CHANGES = re.compile(_CHANGE)
# 2020年和2025年两个数相差多少.
_APART = re.compile(
    r"(?:19|20)\d\d年?(?:和|与|跟|到|、)(?:19|20)\d\d年?(?:这|那)?(?:两个?年?份?)?[^。?]*(?:相差|差了?)(?:多少|几)|(?:19|20)\d\d年?的?(?:目标值?|数)?的?(?:只|要|会|将|能|才)?比(?:19|20)\d\d年?的?[^,。?]{0,4}(?:高|多|低|少|大|小)(?:出|了|上|过)*(?:多少|几|零点几)"
)
# 提高到多少 asks for the value itself.
_REACHES = re.compile(rf"(?:{_CHANGE})了?(?:到(?!20\d\d)|至|为|成)")
_AMOUNT = re.compile(r"多少|多久|(?<![这那近])几(?![回次遍])|百分[之比点]|幅|率|速|量")
# In a search of two years: 在校生 2025比2020 增加人数.
_CHANGED_NUMBER = re.compile(
    rf"(?:{_CHANGE})的?(?:人数|数目?|多?少)?\s*(?:[百千万亿]*(?:{ANY_UNIT}))?\s*[?。]?$"
)
# Persons are counted where neither a share of them nor money for them is asked for.
_PERSONS = re.compile(r"学生|在校生|孩子|娃儿?|幼儿(?!园)|人数|人口|师生|老师|教师")
_NOT_PERSONS = re.compile(
    r"补助|补贴|津贴|工资|多少块|率|比例|占|比重|百分|%|普惠|钱|资金|经费|元|贷款|投入|拨款"
)
_RATE = "增长率|增幅|增速|涨幅|升幅|降幅"
_RATES = re.compile(_RATE)
_GROWTH = re.compile(rf"{_RATE}|几成|百分之|百分比|增长?了?多少?%")
# The words of an operand that is itself a change: 在园幼儿增加的人数.
_IS_CHANGE = re.compile(
    r"(?:(?:提高|增加|净增|新增|提升|增长|上升|多出来?)的?(?:幅度|人数|数量|总数|总量|量|值)?|增量|增幅|涨幅|升幅)(?:会|要|将)?$"
)
_PARTICLES = re.compile(r"[,，、]|(?:加起来|合起来|一共|总共|合计).*$")
_YEARLY = re.compile(
    r"年均|[五5]年(?:平均|平摊|分摊|匀)(?:下来|着来|来算|来看)?,?(?:一|每)年|平均(?!受).{0,24}每一?年|平均一年|一年平均|平均每年|每年平均|平均每一年|每年大约|(?:折合|折算)(?:到|成|下来)?(?:每一?|一)年|(?:匀|摊|平摊|分摊)(?:下来|开来?|[到进在](?:五|5|这)年[里间中]?)?,?(?:每一?|一)年|(?:摊|分)[开到下].{0,16}(?:一|每)年|一年(?:大概|大约)|每年要?(?=增加|提高|增长|提升)"
)
# How far what there is is from its target.
_TO_TARGET = re.compile(
    r"(?:现有|现在|目前|已有|如今)[^。?]{0,12}目标[^。?]{0,8}(?:差|缺|少|添|补)(?:多少|几)|"
    r"(?:离|距离?)(?:(?:19|20)\d\d年?)?的?目标值?[^。?]{0,4}(?:差|缺|少|欠)(?:多少|几)|"
    r"(?:19|20)\d\d年?[^。?]{0,10}到(?:19|20)\d\d年?的?目标值?[^。?]{0,6}(?:差|缺|少)(?:多少|几)|"
    r"目标值?(?:要|会|只)?比(?:(?:19|20)\d\d年?|基期|起点|现状)[^,。?]{0,6}(?:高|多|低|少|长)(?:出|了)?(?:多少|几|零点几)"
)
_TOTAL = re.compile(r"五年|(?<!\d)5年|一共|总共|累计|合计|总计|共计")
_REST = re.compile(
    r"(?:不在|不是|不属于|没在|没有在|没进|没有进|不上|不读|其余|其他的?|剩下|剩余|余下|非(?=公办|普惠|普通)).*"
    r"(?:占|比例|百分之|比重|%)|"
    r"(?:还有|还剩下?|剩下|余下)[^,。?]{0,3}(?:百分之|百分|多少|几成|多大)[^,。?]{0,16}(?:不到|没|未|不能|不在|不是|不了)"
)

_OWN_BI = r"(?<!占)比(?!例|重|率|值|较[高一两下这]|一比|武|赛|如)"
_PAIRS: tuple[tuple[Pair, re.Pattern[str]], ...] = (
    (
        "ratio",
        re.compile(
            r"^(?P<a>.+?)(?:大约|大概|大致|约)?(?:是|为|相当于|等于)(?P<b>.+?)的?(?:大约|大概)?(?:多少|几)倍"
        ),
    ),
    ("ratio", re.compile(r"^(?P<a>.+?)(?:与|和|跟)(?P<b>.+?)(?:之比|的比值)")),
    (
        "ratio",
        re.compile(r"^(?P<a>[^,，]+?)(?:与|和|跟)(?P<b>[^,，]+?)[,，][^?]*?(?:几|多少)倍"),
    ),
    (
        "part",
        re.compile(
            r"^(?P<b>.+?)(?:里面?|当中|中)(?:的)?[,，]?(?P<a>[^,，]+?)(?:能|会|要|大约|大概)*占(?:到|了)?(?:百分之|多少|几|多大)"
        ),
    ),
    (
        "part",
        re.compile(
            r"^(?P<a>.+?)在(?P<b>[^,，]+?)(?:里面?|当中|中)(?:的)?(?:(?:能|会|要|大约|大概)*占(?:到|了)?(?:百分之|多少|几|多大)|(?:所占)?的?(?:比重|比例|份额))"
        ),
    ),
    (
        "part",
        re.compile(
            r"^(?P<a>.+?)占(?!比)(?:了|到)?(?P<b>.+?)的?(?:比重|比例|百分之|百分比|多少|几成|多大)"
        ),
    ),
    # How their difference moves.
    (
        "difference",
        re.compile(
            r"^(?P<a>[^,]+?)(?:和|与|跟)(?P<b>[^,]+?)(?:本来|原本|原来|之间|就|都)*有?(?:一定)?的?差距(?=[^?]*(?:缩小|拉大|扩大|变))"
        ),
    ),
    (
        "difference",
        re.compile(
            rf"^(?P<a>[^,]+?){_OWN_BI}(?P<b>[^,]+?)多出来的(?:那)?(?:部分|人数|数|些)?(?=[^?]*(?:缩小|拉大|扩大|变))"
        ),
    ),
    (
        "difference",
        re.compile(
            rf"^(?P<a>.+?){_OWN_BI}较?(?P<b>.+?)(?:要|会|还|应|将)?"
            r"(?:多|高|少|低|大|长|超)(?:出|过)?(?:来|了)?(?:多少|几|的|一大?截|一些|一点)"
        ),
    ),
    (
        "difference",
        re.compile(
            r"^(?P<a>[^,]+?)(?:和|与|跟|、)(?P<b>[^,]+?,[^,。?]{2,6}?)(?:哪一?(?:个|类|种|项)?|谁)(?:更|要)?[多高大长][,?]?[^?]*?"
            r"(?:多|高|差|大|长|超)(?:出)?(?:多少|几)"
        ),
    ),
    (
        "difference",
        re.compile(
            r"^(?P<a>[^,]+?)(?:和|与|跟|、)(?P<b>[^,]+?),?(?:哪一?(?:个|类|种|项)?|谁)[^,。?]{0,6}[多高大长][^?]*?"
            r"(?:多|高|差|大|长|超)(?:出)?(?:多少|几)"
        ),
    ),
    (
        "difference",
        re.compile(
            r"^(?P<a>.+?)(?:和|与|跟|同|、)(?P<b>.+?)(?:之间)?"
            r"(?:相差|相隔|差距|之差|差了?多少|差几|差值)"
        ),
    ),
    (
        "difference",
        re.compile(
            r"^(?P<a>[^,。?]+?)(?:里面?|当中|中|头)(?:不是|不算|不属于)(?P<b>[^,。?]+?)的(?:那?些?)?(?:有|是|共)?(?:多少|几)[人名所个间位]"
        ),
    ),
    (
        "difference",
        re.compile(
            r"^(?P<a>.+?)(?:领先|落后|高出|超出)(?:于|了)?(?P<b>[^,。?]+?)(?:大约|大概)?(?:多少|几)"
        ),
    ),
    (
        "difference",
        re.compile(r"^(?P<a>\S+)\s+(?P<b>\S+(?:\s\S+)?)\s+(?:相差|差值|之差|差距)(?:\s\S+)?$"),
    ),
    ("difference", re.compile(r"^(?P<a>.+?)\s*(?:减去?|-|−)\s*(?P<b>[^\d\s].+)$")),
)
_GAP_CHANGE = re.compile(
    r"(?:差距|相差|差值|差额|差|多出来的).*(?:缩小|拉大|扩大|变大|变小|增大|减小|拉开|变化|变动)"
)
_NOISE = re.compile(
    r"(?:从|自|到了?|至|在|截至)?(?:19|20)\d\d(?:年)?(?:底|末|时)?|[—–~-]+|“?十[一二三四五六]五”?(?:期间|时期|末)?|"
    r"(?:上|前)一?个五年(?:规划|计划)?(?:期间|时期|期)?|(?:这|未来|过去|前)?(?:五|5)年(?:间|下来|来|内|里|之间)?|平均(?:每|一)?一?年|(?:每|一)年平均|年均|每年|"
    rf"(?:多少|几|百分之)+\s*[百千万亿]*(?:个?百分点|{ANY_UNIT})?|(?:个)?百分点|个点(?![位校子])|百分比|"
    rf"(?:要|将|会|能|还|需|预计|计划|打算|应该)*(?:{_CHANGE})(?:了|率|出来|得|来|的)*|"
    r"(?:要|将|会|计划|打算|准备)(?:新)?(?:改造|改建|装|建|换|配|买|修|添|设)(?:成|好|备)?的?|(?<=[套所个门间项座])数(?![据字])|"
    r"(?:专栏|正文|指标表|表格?)(?:里面?|中|上)|[那这]一?个数|[那这]一项|一哈|一下|已建的?|已经有|已有|再(?=照|按|加)|左右|加拢来?|^把|加在一起|现有|原有|原来有?|计算|推算|增长率|比重|目标值?|规划期内?|规划|期间|大约|大概|分别|"
    r"加起来|合计|总共|一共|之和|总和|共计|相加|总计|到底|至少|(?:^|(?<=[\s,]))(?:在|到|那|那么|按|照)|"
    r"[的了是哦吗呢啊嘛,，。?？!！:：、“”\"()]|里面|[里中](?=$|\s)"
)
_SHARE = re.compile(r"比例|比率")
_AMOUNTS = re.compile(rf"(?:多少|(?<![那这])几)\s*([百千万亿]*(?:个?百分点|{ANY_UNIT}))")
_MULTIPLIER = re.compile(r"(?:多少|几)([百千万亿]+)(?=[,。?人了]|$)")
_MANY_MULTIPLES = re.compile(r"(?:多少|几)个([百千]?[万亿])(?![百千万亿])")
_POINTS = re.compile(r"百分点|个点(?![位校子])")

# 甲和乙这两拨人,党员的比例差多少.
_OF_BOTH = re.compile(
    r"(?P<a>[^,。?]{2,12}?)(?:和|与|跟)(?P<b>[^,。?]{2,12}?)(?:这|那)[两二](?:拨|类|种|批|群|部分)人?,(?P<what>[^,。?]{2,12}?)(?:相?差)(?:多少|几)"
)


# 骨干教师里的党员比例,市级那档比区级那档多几个百分点.
_OF_RANKS = re.compile(
    rf"^(?P<what>[^。?]{{3,20}}?)(?:里面?|中)?[,的]?(?P<a>{RANK.pattern}|{OWNER.pattern})(?:的|那[档类边些])?比(?P<b>{RANK.pattern}|{OWNER.pattern})(?:的|那[档类边些])?[^,。?]{{0,3}}[高多低少](?:出)?(?:多少|几)"
)


def core(text: str) -> str:
    """The words of a question, or of a part of it, that may name a figure.

    >>> core("2025年在园幼儿数比2020年增加多少万人?").split()
    ['在园幼儿数比']
    """
    return _SHARE.sub("占比", _NOISE.sub(" ", text))


def asked_unit(text: str) -> str:
    """The unit that a question counts its result in, 百分点 for a difference of shares, or ''.

    >>> asked_unit("增加多少万人"), asked_unit("提高几个百分点"), asked_unit("增长多少")
    ('万人', '百分点', '')
    >>> asked_unit("要多出多少万?")
    '万'
    """
    if _POINTS.search(text):
        return "百分点"
    match = _MANY_MULTIPLES.search(text) or _AMOUNTS.search(text) or _MULTIPLIER.search(text)
    return match[1] if match else ""


def asks_for(text: str, years: int) -> Asked:
    """The computation over one record that a folded question asks for, or ''; `years` are named in it."""
    yearly = _YEARLY.search(text)
    apart = years > 1 and _APART.search(text)
    to_target = _TO_TARGET.search(text)
    if to_target or apart or (_CHANGES.search(text) and not _REACHES.search(text)):
        of_years = to_target or (years > 1 and (apart or yearly or _CHANGED_NUMBER.search(text)))
        if not (_AMOUNT.search(text) or of_years):
            return ""
        growth = _GROWTH.search(text) and asked_unit(text) in {"", "%"}
        if yearly and "平均受" not in text[yearly.start() : yearly.end() + 1]:
            return "yearly_growth" if growth else "yearly"
        return "growth" if growth else "change"
    if yearly:
        return "per_year"
    if _REST.search(text):
        return "complement"
    return "over_years" if _TOTAL.search(text) and "多少" in text else ""


def asked_change(text: str, *, growing: bool) -> Asked:
    """What of one change a question asks for: by how much, by how many % where `growing`, in a year."""
    if _YEARLY.search(text):
        return "yearly_growth" if growing else "yearly"
    return "growth" if growing and asked_unit(text) in {"", "%"} else "change"


def halves(text: str) -> tuple[Pair, str, str] | None:
    """The computation over two figures that a folded question asks for, with the words of both."""
    if both := _OF_BOTH.search(text):
        return "difference", f"{both['a']}{both['what']}", f"{both['b']}{both['what']}"
    if of := _OF_RANKS.search(text):
        return "difference", f"{of['a']}{of['what']}", f"{of['b']}{of['what']}"
    for kind, pattern in _PAIRS:
        if match := pattern.search(text):
            rest = text[match.end() :]
            return kind, match["a"], f"{match['b']} {rest}" if kind == "difference" else match["b"]
    return None


def is_change(words: str) -> bool:
    """Whether the words of an operand say a change: 在园幼儿增加的人数."""
    return _IS_CHANGE.search(_PARTICLES.sub("", words)) is not None


def asks_gap_change(text: str) -> bool:
    """Whether a question asks how the difference of two records changes."""
    return _GAP_CHANGE.search(text) is not None


def asks_gap(first: str, text: str) -> Literal["growth", "change", ""]:
    """What of two records a difference is asked of: their growth, their change, or '' for their values.

    `first` are the words of the first operand.

    >>> asks_gap("小学的增幅", "小学的增幅比初中高多少个百分点")
    'growth'
    >>> asks_gap("小学增加的人数", "小学增加的人数比初中多多少万人")
    'change'
    """
    if _RATES.search(text) and asked_unit(text) in {"%", "百分点"}:
        return "growth"
    return "change" if is_change(first) else ""


def counts_persons(text: str) -> bool:
    """Whether a question counts persons, not a share of them nor money for them.

    >>> counts_persons("上幼儿园的孩子要多出多少"), counts_persons("孩子的入园率要提高多少")
    (True, False)
    """
    return bool(_PERSONS.search(text)) and not _NOT_PERSONS.search(text)
