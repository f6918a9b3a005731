"""Computed answers: the formulas by hand, and questions whose answers are sums over the plan's figures."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import operations
from assistant.arithmetic import draft_computed
from assistant.phrases import asks_for, halves
from assistant.pipeline import Assistant
from assistant.summands import listed
from assistant.types import Claim


def d(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("result", "shown", "formula"),
    [
        (operations.difference(d("12.1"), d("8.76"), "万人"), "3.34", "12.1万人−8.76万人"),
        (operations.difference(d("3.3"), d("3.57")), "0.27", "3.3−3.57"),
        (operations.growth(d("4.9"), d("6.1")), "约24.49", "(6.1−4.9)÷4.9"),
        (operations.ratio(d("12.1"), d("6.1")), "约1.98", "12.1÷6.1"),
        (operations.ratio(d("6.1"), d("18.2"), percent=True), "约33.52", "6.1÷18.2"),
        (operations.total([d("8.76"), d("4.90")]), "13.66", "8.76+4.9"),
        (operations.total([]), "0", ""),
        (operations.complement(d("51.48")), "48.52", "100%−51.48%"),
        (operations.yearly(d("4.06"), d("6.1"), 5), "约0.41", "(6.1−4.06)÷5"),
        (operations.yearly(d("93.86"), d("94"), 5), "0.028", "(94−93.86)÷5"),
        (operations.per_year(d("170.78"), 5), "约34.16", "170.78÷5"),
        (operations.over_years(d("30"), 5, "名"), "150", "每年30名×5年"),
        (operations.yearly_growth(d("100"), d("161.051"), 5), "10", "(161.051÷100)的1/5次方−1"),
    ],
)
def test_formulas(result: operations.Result, shown: str, formula: str) -> None:
    assert (result.shown, result.formula) == (shown, formula)


def test_nothing_is_divided_by_zero() -> None:
    with pytest.raises(ValueError, match="0"):
        operations.growth(d("0"), d("1"))
    with pytest.raises(ValueError, match="0"):
        operations.ratio(d("1"), d("0"))
    with pytest.raises(ValueError, match="0"):
        operations.yearly_growth(d("0"), d("1"), 5)


@given(st.decimals(min_value=-(10**6), max_value=10**6, places=4))
def test_rounding_keeps_the_value(value: Decimal) -> None:
    assert abs(operations.rounded(value) - value) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("普通高中在校生到2025年会减少多少万人?", f"减少{d('3.57') - d('3.3')}万人"),
        ("中等职业教育在校生2025年比2020年多多少万人", f"增加{d('3.0') - d('2.03')}万人"),
        ("高等教育毛入学率五年要提高几个百分点?", f"提高{d('60') - d('53.3')}个百分点"),
        ("研究生规模五年增加多少人", f"增加{1200 - 839}人"),
        ("上幼儿园的孩子2025年比2020年要多出多少?", f"增加{d('6.1') - d('4.06')}万人"),
        ("人均受教育年限2025年的目标离十二年还差几年?", f"还差{12 - d('10.4')}年"),
        ("小学净增的人数占义务教育净增总数的几成?", "约73.57%"),  # 3.34÷4.54
        ("到了2025年,幼儿园娃儿跟初中生哪个人数多?", "一样,都是6.1万人"),
        ("小学跟初中比,五年里哪个学生涨得多些?", f"{d('3.34') - d('1.2')}万人"),
        ("高等教育在校生规模的增长率是多少", "增长约31.86%"),  # (11.3−8.57)÷8.57
        ("2025年普通高中和中等职业教育在校生合计多少万人?", "6.3万人"),  # 3.3+3.0
        ("2025年普通高中在校生是中等职业教育的多少倍", "1.1倍"),  # 3.3÷3.0
        ("2020年高中阶段毛入学率比高等教育毛入学率高多少个百分点", "43.8个百分点"),  # 97.1−53.3
        ("高等教育在校生规模年均增长率是多少", "年均增长约5.69%"),  # (11.3÷8.57)^(1/5)−1
        ("2025年研究生占高等教育在校生的比例是多少", "约1.06%"),  # 1200÷113000
        ("普通小学、普通初中和普通高中2025年在校生总共多少万人", "21.5万人"),  # 12.1+6.1+3.3
        ("区外学生占比要提高几个百分点", "提高1个百分点"),  # 93−92, from one sentence
        ("十四五期间一共要选派多少优秀校长", "至少150名"),  # 30×5
        ("哪些指标是约束性指标?", "没有约束性指标"),
        ("哪个指标2025年目标低于2020年?", "普通高中"),
        (
            "高中阶段教育里哪几项指标2025年目标超过3.2万人?",
            "有2项.*3.3万人.*6.3万人|有2项.*6.3万人.*3.3万人",
        ),
        ("教育竞争力的几个指标里提高最多的是哪个?", "劳动年龄人口.*0.8年"),  # 12−11.2 > 10.4−9.8
        ("毛入学率和毛入园率,哪个指标提高得最少?", "高中阶段毛入学率|学前教育毛入园率"),
        ("初中生平均一年多出多少万人?", "平均每年增加0.24万人"),
        ("2025年幼儿园娃儿跟小学初中学生加拢来,总共有多少万人?", "合计24.3万人"),
        ("2025年普高和中职一共多少万人?", "合计6.3万人"),
        ("普通小学的增幅比普通初中高多少个百分点?", "高约13.64个百分点"),
        ("在园幼儿增加的人数比普通初中多多少万人?", "高0.84万人"),
        ("两个受教育年限指标,哪一个增加得更多?", "劳动年龄人口平均受教育年限,提高0.8年"),
        ("普通高中和中职,哪个增加得更多?", "普通高中在校学生数减少0.27万人"),
        # 12.1÷… of 18.2−13.66: the share of one change in another
        ("义务教育新增的学生里面,有百分之几是初中生?", "约26.43%"),  # (6.1−4.9)÷(18.2−13.66)
        (
            "按2020年的在园幼儿数和公办占比推算,公办园里大约有多少万娃儿?",
            "约2.09万人",
        ),  # 4.06×51.48%
        (
            "集团化办学校数占全区学校总数的17.34%,照这个倒推全区一共多少所?",
            "约173.01所",
        ),  # 30÷17.34%
        ("高中阶段毛入学率和高等教育毛入学率的差距,五年里是缩小还是拉大?", "缩小5.3"),  # 43.8→38.5
        ("普通高中 中等职业教育 2025年在校生 合计", "合计6.3万人"),
        ("帮忙合计一下,优秀校长和骨干教师两种人,每年总共送多少名?", "130名"),  # 30+100
        ("已有的党建示范点加上要新增的,总共是多少个?", "25个"),  # 14+11
        ("“十三五”末搞学区化和搞集团化的学校,两种合计有多少所?", "115所"),  # 85+30
        ("教育资助资金跟生源地信用助学贷款,合在一起是多少亿元?", "9.6亿元"),  # 7.2+2.4
        ("想请您帮忙算一下:规划期内小学在校人数比2020年要涨百分之几?", "38.13%"),
        ("初中生占义务教育在校生的比例,到2025年是上升还是下降?", "下降2.35个百分点"),
        (
            "If average years of schooling rise evenly, how many years are added per calendar year?",
            "0.12年",
        ),
        ("上一个五年引进的老师,平摊到每年是多少名?", "平均每年344名"),  # 1720÷5
        ("我是新来的,不懂。领导要我写个报告。研究生规模五年增加多少人?", "增加361人"),
        ("市级骨干教师、市级学科名师、市级学科带头人合计培养多少名?", "合计100名"),
        ("骨干教师、学科名师、学科带头人 培育人数 合计", "合计100名"),
        ("区级和市级的工作室凑一堆,总共几个?", "合计35个"),
        ("已建成的市级骨干专业加上市级重点专业,中职一共几个?", "合计9个"),
        ("挂职的优秀校长按最低数每年派,五年累计至少多少人次?", "5年至少150名"),
        ("义务教育新增的学生里,普通初中占了多大比重?", "约26.43%"),
        ("人均受教育年限和劳动年龄人口平均受教育年限,哪一个提高得更多?", "高0.2年"),
        ("估算一下,2020年公办园里大概有多少万孩子?", "约2.09万人"),  # 4.06×51.48%
        ("标准化实验室 中学数字图书馆 合计", "合计21"),
        ("2025年在园幼儿离7万还差多少?", "0.9万人"),
        ("2025年学前毛入园率距离百分之百还差几个百分点?", "6.5个百分点"),
        ("教育经费累计投入按五年平均,一年是多少亿元?", "约34.16亿元"),
        ("初中和小学相比,哪一段的人数增长更快?", "约13.64个百分点"),
        ("2020年,小学生在义务教育学生里的比重是多大?", "约64.13%"),
        ("写材料要把幼儿园、小学、初中人数合起来讲,2025年这三项的总和是多少?", "24.3万人"),
        ("原先有14个党建示范点,再加上新增的,一共多少个?", "25个"),
        # The levels of school lead where a question speaks of nothing else.
        ("照规划里的数,2025年读初中的人比2020年会增长百分之多少?", "24.49%"),
        ("读小学和读初中的孩子合在一起,2025年要比2020年多出多少人?", "合计增加4.54万人"),
        ("2025年比2020年新增的义务教育学生中,新增小学生占多大比重?", "73.57%"),
        ("到2025年,是读幼儿园的娃儿多,还是读初中的娃儿多?", "一样,都是6.1万人"),
        ("市级骨干教师和区级骨干教师这两拨人,党员的比例差多少个点?", "1.2个百分点"),
        ("人均受教育年限五年一共要提高几年?摊到每年是多少?", "0.12年.*0.6年"),
        ("高中阶段在校生里念中职的,2025年占几成?", "约47.62%"),
        ("中职生占高中阶段学生的比重,2020年到2025年抬高了几个百分点?", "上升11.37个百分点"),
        ("2025年高校在校生刨开普通本科生和研究生,还剩多少万?", "还有8.32万人"),
        ("把幼儿园到大学各学段2020年的在校人数全加起来是多少?", "合计31.89万人"),
        ("从幼儿园到高中阶段,2025年一共多少学生?", "合计30.6万人"),
        ("2025年每多少个大学生里头有一个研究生?", "约94.17倍"),
        ("研究生的规模按五年平摊,一年净增多少人?", "平均每年增加72.2人"),
        ("按学区化办学的学校数和它占的比例倒推,全区学校大概多少所?", "约174所"),
        ("市级和区级的智慧校园示范校加到一起是多少所?", "合计35所"),
        ("市级智慧校园示范校从现有数量到目标数量,还差几所?", "增加11所"),
        ("从目录以外的指标看,用2025年的在园幼儿数和毛入园率倒推,适龄幼儿有多少?", "约6.52万人"),
        (
            "把2025年的小学、初中、普高、中职四类学生按人数从多到少排个队",
            "小学.*初中.*高中.*中等职业",
        ),
        ("幼儿园、义务教育、大学这三类,哪一类五年间添的人最多?", "义务教育在校学生数,增加4.54万人"),
        ("按百分比计的指标里,五年提升的百分点排第二的是谁?", "提高第二多的是学前教育公办"),
        (
            "人均受教育年限和劳动年龄人口平均受教育年限本来就有差距,到2025年这个差距比2020年拉大了几年?",
            "扩大0.2年",
        ),
        ("从初中到大学,2025年一共多少学生?", "合计23.7万人"),
        ("从普高到大学2025年一共多少学生?", "合计14.6万人"),
        ("所有学段里小学和初中2025年一共多少人?", "合计18.2万人"),
        ("市级和区级的名师工作室加起来多少个?", "合计35个"),
        ("百分率指标中除了没变的,哪项提高第二少?", "高中阶段毛入学率,提高1.4个百分点"),
        ("用毛入园率和2025年在园幼儿数倒推,适龄幼儿有多少?", "约6.52万人"),
        ("班班通要装的套数比“三个课堂”多多少套?", "388套"),
        ("百分率指标里,排除没变的那个,提升幅度最小的是哪一项?", "普惠率,提高0.14个百分点"),
        ("必须完成的“约束性”指标有多少个?", "没有约束性指标"),
        (
            "How many more years of schooling will the working-age population have in 2025 compared with 2020?",
            "0.8",
        ),
    ],
)
def test_computed_answers(assistant: Assistant, question: str, holds: str) -> None:
    answer = assistant.answer(question)
    claims: tuple[Claim, ...] = answer.claims
    assert re.search(holds, answer.first_line), answer.first_line
    assert claims[0].kind == "computed"
    assert answer.citations
    assert len(answer.first_line) <= 120


@pytest.mark.parametrize(
    "question",
    [
        "高等教育毛入学率要提高到多少?",
        "要新增多少所重庆市智慧校园示范校?",
        "人均受教育年限2025年目标是多少?",
        "公办幼儿园在园幼儿占比是多少",
        "集团化、学区化办学加起来占义务教育学校总数的百分之多少?",
        "每年选派多少名优秀校长?",
        "公办幼儿园占比实际到多少了?",
        "到2025年校级干部大学本科以上学历提高到百分之多少?",
    ],
)
def test_plain_questions_are_not_computed(assistant: Assistant, question: str) -> None:
    found = assistant.retrieve(assistant.read(question))
    assert draft_computed(found.question, found.evidence, assistant.documents) is None


def test_english_answers_name_percentage_points(assistant: Assistant) -> None:
    question = "By how many percentage points should the gross kindergarten enrolment rate rise between 2020 and 2025?"
    assert "3.4 percentage points" in assistant.answer(question).first_line


def test_reading() -> None:
    assert asks_for("毛入园率要提高几个百分点", 0) == "change"
    assert asks_for("毛入园率要提高到多少", 0) == ""
    assert listed("甲和乙加起来占百分之多少") == ()
    assert halves("2025年甲是乙的几倍") == ("ratio", "2025年甲", "乙")
    assert halves("甲占比2025年目标是多少") is None


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        ("2025年大学里除了研究生,还有多少本科生?", "8.32"),
        ("2020年大学生扣掉本科生,占全部大学生的百分之几?", "23.22"),
        ("各学段除了大学,2025年一共多少人?", "41.9"),
        ("用在园幼儿数和公办园占比倒推全区幼儿多少?", "11.09"),
        ("国家级和市级技能大师工作室合计几个?", "7个"),
        ("市级和国家级奖项一共多少项?", "578"),
        ("公办和民办幼儿园一共多少所?", "6个"),
        ("小学六年级和初中三年级2025年一共多少人?", "18.2"),
    ],
)
def test_what_is_not_meant_is_not_computed(assistant: Assistant, question: str, wrong: str) -> None:
    assert wrong not in assistant.answer(question).first_line
