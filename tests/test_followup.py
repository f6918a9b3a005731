"""A follow-up stands alone after it was resolved; a whole question stays as it is."""

import pytest

from assistant.followup import resolve
from assistant.types import Turn
from evals.questions import load_questions

# (the questions before, / between them; the follow-up; what it says)
CASES = """
市级骨干教师里党员占多少?|那区级的呢?|区级骨干教师里党员占多少?
到2025年要建成多少所市级智慧校园示范校?|区级的呢|到2025年要建成多少所区级智慧校园示范校?
学校获得多少项市级奖?|国家级的呢?|学校获得多少项国家级奖?
高中阶段毛入学率2025年目标是多少?|那2020年呢?|高中阶段毛入学率2020年是多少?
学前教育毛入园率2020年是多少?|2025年呢?|学前教育毛入园率2025年是多少?
2020年普通小学在校生多少?|2010年的呢?|2010年普通小学在校生多少?
2025年义务教育巩固率是多少?|2030年的目标呢?|2030年义务教育巩固率是多少?
2025年义务教育巩固率是多少?|那现在呢?|现在义务教育巩固率是多少?
义务教育巩固率是多少?|2023年的实际数呢?|2023年实际义务教育巩固率是多少?
2025年普通小学在校生多少?/初中呢?|那2020年的呢?|2020年普通初中在校生多少?
高中阶段毛入学率2025年目标是多少?/学前教育呢?|2020年呢?|学前教育毛入学率2020年是多少?
五育并举怎么抓体育?/美育呢?|劳动教育呢?|五育并举怎么抓劳动教育?
小学入学坚持什么原则?|那初中呢|初中入学坚持什么原则?
到2025年校级干部的学历要求是什么?|年龄上有什么要求?|到2025年校级干部的年龄要求是什么?
市级骨干教师里党员占多大比重?|区一级的哩?|区级骨干教师里党员占多大比重?
万州中学要发展什么特色?|二中的又是哪一样?|万州二中要发展什么特色?
中职2025年有多少学生?/2020年呢?|同一年的普高有好多人?|普高2020年有多少学生?
在万高校的研究生2020年有多少人?/2025年呢?|中间差好多嘛?|研究生2020年和2025年相差多少?
名师工作室要建多少个区级的?|市级的要争几个|名师工作室市级的要争几个?
小学入学坚持什么原则?|初中也一样吗?|初中入学坚持什么原则?
要培育多少名市级骨干教师?|学科带头人呢?|要培育多少名市级学科带头人?
集团化办学的学校有多少所?|学区化的呢?|学区化办学的学校有多少所?
百安移民小学要修啥子?|电报路小学呢?|电报路小学要修什么?
萬州二中有什麼特色?|那外國語學校呢?|万州外国语学校有什么特色?
乡镇幼儿园怎么建?|城区的呢?|城区幼儿园怎么建?
公办幼儿园在园幼儿占比是多少?|民办呢?|民办幼儿园在园幼儿占比是多少?
公办幼儿园乡镇上怎么建?|民办的有支持吗?|民办幼儿园有支持吗?
民办教育的审批时限缩短了多少?|材料呢?|民办教育的审批材料缩短了多少?
“十三五”期间对口支援教育项目有多少个?|资金呢?|“十三五”期间对口支援教育项目资金是多少?
十三五期间教育资助资金有多少?|那助学贷款呢?|十三五期间助学贷款有多少?
小学初中老师的工资有没得保障?|那民办幼儿园老师的工资呢?|民办幼儿园老师的工资有没有保障?
规划对特教老师有啥子要求?|他们的待遇呢?|规划对特教老师的待遇有什么要求?
义务教育教师工资有什么保障?|他们的职称呢?|义务教育教师的职称怎么样?
普通学校怎么帮助残疾孩子?|他们的家庭要是困难呢?|残疾孩子的家庭要是困难怎么办?
江南中学要建什么?|它有多少学生?|江南中学有多少学生?
营养改善计划覆盖哪些学校?|这个计划每人多少钱?|营养改善计划每人多少钱?
人工智能教学实验室一共建了几间?|其中青少年宫有几间?|人工智能教学实验室中,青少年宫有几间?
到2025年要新增多少个名师工作室?|其中优秀的要培育几个?|名师工作室中,优秀的要培育几个?
到2025年要新增多少个党建示范点?|十三五的时候创建了多少个?|十三五的时候创建了多少个党建示范点?
学前教育毛入园率2020年是多少?|到2025年要提高几个百分点?|学前教育毛入园率从2020年到2025年要提高几个百分点?
2020年普通小学在校生多少?/普通初中呢?|两个加起来呢?|2020年普通小学在校生和普通初中在校生加起来一共是多少?
高中阶段毛入学率2025年是多少?/那2020年呢?|差多少?|高中阶段毛入学率2025年和2020年相差多少?
每年选派多少名校长去对口支援省市?|一次去多久?|校长去对口支援省市,一次去多久?
到2025年新增几个名师工作室?|哪些学科的?|到2025年新增的名师工作室是哪些学科的?
2021年万州能考托福不?|考点设在哪里嘛?|2021年万州能考托福,考点设在哪里?
其芳小学带幼儿园吗?|那分班的时候一个班坐好多人喃?|其芳小学分班的时候一个班坐多少人?
社区教育要建几级网络?|师资从哪儿来?|社区教育师资从哪里来?
要培育多少名市级骨干教师?|为什么?|为什么要培育市级骨干教师?
2020年人均受教育年限是多少?|劳动年龄人口的呢?|2020年劳动年龄人口平均受教育年限是多少?
义务教育老师工资有啥保证?|那在乡头教书的呢?|在乡头教书的老师工资有什么保证?
想当飞行员读哪所高中?/喜欢画画的呢?|那搞体育的呢?|搞体育的读哪所高中?
万州2025年九年义务教育巩固率要达到多少?|那渝北区呢?|渝北区2025年九年义务教育巩固率要达到多少?
到2025年万州全区集团化办学覆盖率要达到多少?|那成都那边是多少?|到2025年成都集团化办学覆盖率要达到多少?
教师工资有什么保障?|忠县呢|忠县教师工资有什么保障?
万州义务教育教师工资有什么保障?|那达州的老师呢?|达州义务教育老师工资有什么保障?
How many kindergartens were there in 2020?|And by 2025?|How many kindergartens were there by 2025?
How many teachers will be trained each year?|What about principals?|How many principals will be trained each year?
How many teachers will be trained each year?|How are they chosen?|How are teachers chosen?
义务教育在校学生数2020年和2025年各是多少?|增长了百分之多少?|义务教育在校学生数2025年比2020年增长百分之多少?
研究生2020年有好多?/到2025年呢?|多了好多嘛?|研究生2025年比2020年多多少?
九年义务教育巩固率2025年目标是多少?|它的级别性质是约束性还是预期性?|九年义务教育巩固率的级别性质是约束性还是预期性?
2020年人均受教育年限是多少?/劳动年龄人口的呢?|这两个数相差多少?|2020年人均受教育年限和劳动年龄人口平均受教育年限相差多少?
每年派多少骨干教师到对口支援地方去学习?|校长的呢?人数也是这么多吗?|每年派多少校长到对口支援地方去学习?
要培育多少名市级骨干教师?|学科带头人呢,怎么选?|市级学科带头人怎么选?
高中阶段毛入学率2025年目标是多少?|What about 2020?|高中阶段毛入学率2020年是多少?
"""

# (the question before; a question whole in itself; what is left of it)
WHOLE = """
要培育多少名市级骨干教师?|普通话普及率要达到多少?|普通话普及率要达到多少?
要培育多少名市级骨干教师?|换个问题哈,国本中学是要搞啥子建设?|国本中学是要搞啥子建设?
要培育多少名市级骨干教师?|换个话题,特殊教育怎么发展?|特殊教育怎么发展?
要培育多少名市级骨干教师?|对了,国际绿色职业技能大赛万州会支持举办吗?|国际绿色职业技能大赛万州会支持举办吗?
要培育多少名市级骨干教师?|那校长培训每年派多少人?|校长培训每年派多少人?
要培育多少名市级骨干教师?|好的,谢谢!那义务教育巩固率是多少?|义务教育巩固率是多少?
要培育多少名市级骨干教师?|其芳小学的校长是谁?|其芳小学的校长是谁?
要培育多少名市级骨干教师?|谢谢,再见!|谢谢,再见!
要培育多少名市级骨干教师?|学生 评价|学生 评价
2025年小学在校生有多少?|原来这样哈,幼儿园要建几所?|原来这样哈,幼儿园要建几所?
要培育多少名市级骨干教师?|这么多嘛,那校长每年要派几个?|这么多嘛,那校长每年要派几个?
How many teachers will be trained?|What does the plan say about food safety?|What does the plan say about food safety?
"""


def rows(table: str) -> list[list[str]]:
    return [line.split("|") for line in table.strip().splitlines()]


def talk(*questions: str, answer: str = "规划里有这一项。") -> list[Turn]:
    return [
        turn
        for question in questions
        for turn in (Turn("user", question), Turn("assistant", answer))
    ]


@pytest.mark.parametrize(("before", "question", "standalone"), rows(CASES))
def test_a_follow_up_stands_alone(before: str, question: str, standalone: str) -> None:
    assert resolve(question, talk(*before.split("/"))) == standalone


@pytest.mark.parametrize(("before", "question", "standalone"), rows(WHOLE))
def test_a_new_subject_does_not_drag_the_old_along(
    before: str, question: str, standalone: str
) -> None:
    assert resolve(question, talk(before)) == standalone


@pytest.mark.parametrize(
    ("before", "answer", "standalone"),
    [
        (
            "四级教师培训是哪四级?先说两个就行。",
            "先说两个:“国培”和“市培”。",
            "除了国培、市培,四级教师培训还有哪些?",
        ),
        (
            "规划要新建哪几所小学?先说一个。",
            "例如拟新建其芳小学(含6个幼儿班)。[1]",
            "除了其芳小学,规划还要新建哪几所小学?",
        ),
        (
            "教师进修学院要加快设立什么机构?",
            "规划提出加快设立重庆市教师发展分中心。",
            "除了重庆市教师发展分中心,教师进修学院还要加快设立什么机构?",
        ),
    ],
)
def test_what_was_said_is_left_out(before: str, answer: str, standalone: str) -> None:
    assert resolve("还有哪些?", talk(before, answer=answer)) == standalone


def test_without_talk_nothing_changes() -> None:
    for question in ("那区级的呢?", "2020年呢?", "还有哪些?", "And by 2025?"):
        assert resolve(question, []) == question
        assert resolve(question, [Turn("assistant", "您好。"), Turn("user", "你好")]) == question


def test_whole_questions_of_dev_are_never_altered() -> None:
    """Only questions that name no subject of their own may take one from the talk before."""
    alone = [q for q in load_questions("dev") if not q.history and q.refusal != "needs_detail"]
    talks = [talk(question.question) for question in alone[::60]]
    changed = [
        question.question
        for place, question in enumerate(alone)
        if resolve(question.question, talks[place % len(talks)]) != question.question
    ]
    assert changed == []
