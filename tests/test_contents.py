"""Answers from the outline of the plan: the n-th item, where something stands, a table's category."""

import pytest

from assistant.pipeline import Assistant


@pytest.mark.parametrize(
    ("question", "first_line"),
    [
        ("重点任务第三条的标题是什么?", "(三)"),
        ("目录里第二大块的标题是什么?", "二、总体要求"),
        ("最后一大章讲的是什么?", "四、规划实施保障"),
        ("“面临形势”是放在哪个一级标题底下的?", "一、发展环境 › (二)面临形势"),
        ("智慧教育在重点任务里排第几?", "三、重点任务"),
        ("义务教育优质均衡发展写在第几章?", "三、重点任务"),
        ("基础教育那一节 小标题 第5个 名称", "5.保障困难群体和特殊群体受教育权利"),
        ("讲综合改革的那一节第三个小点叫什么?", "3.深化新时代教育管理方式改革"),
        ("从目录看,整份规划一共分成几大部分?", "共4部分"),
        ("全文列了几个专栏?", "专栏共8个"),
        ("哪一章的小节最多?", "小节最多的是重点任务,共10小节"),
        ("“规划实施保障”这章目录底下分几条?", "规划实施保障共5项"),
        ("How many sections does the second chapter have?", "总体要求共3项"),
        ("立德树人那一节底下分几个小点?", "共4项(另有专栏1)"),
        ("第一部分 下设小节 标题", "发展环境共2项"),
        ("重点任务里编号“(六)”的那节叫什么?", "(六)打造高素质专业化教师队伍"),
        ("教师队伍那一节在重点任务里排第几呢?", "三、重点任务 › (六)"),
        ("讲高校的一节前面一节和后面一节各是什么?", "后面是(五)构建灵活开放的终身教育体系"),
        ("规划最末尾的一节叫什么?", "(五)健全规划统筹落实机制"),
        ("最后那章头一个小节的题目是什么?", "(一)加强党对教育的全面领导"),
        ("第二章和第三节叫什么?", "(三)发展目标"),
        ("How many tables are in the plan?", "表共1张"),
        ("专栏 总数", "专栏共8个"),
        ("全文有几张图?", "图共3张:义务教育大班额下降趋势图"),
        ("大的章一共有几个,最后那章叫什么名字?", "正文共4部分:发展环境"),
        ("重点任务 这一章 小节数量", "重点任务共10项"),
        ("目录里讲乡村振兴的那节排在重点任务的第几?全名叫什么?", "(八)实施教育助力乡村振兴工程"),
        ("开头第一章和收尾那一章的标题分别是什么?", "一、发展环境；四、规划实施保障"),
        ("第二章下面是怎么分节的?", "总体要求共3项:指导思想；基本原则；发展目标"),
        ("这个规划拢共分成几大部分,各叫啥子名字?", "正文共4部分"),
        ("How many boxes are there in the plan?", "专栏共8个"),
        ("主要指标表里一共多少个指标?", "主要指标共18项"),
        ("指标那张表把指标归成了几大类?最后一类叫啥?", "指标分5类:学前教育、义务教育"),
        ("高等教育有哪几项指标?", "高等教育类共4项指标"),
        ("指标表中约束性指标有几个?还是说全都属于预期性?", "没有约束性指标"),
        ("那张指标表里头,2025年反倒比2020年低的有几项?是哪一项?", "有1项:普通高中在校学生数"),
        ("发展环境里头分哪两小节?", "发展环境共2项:发展基础；面临形势"),
        ("重点任务一共列了几条大的?", "重点任务共10项"),
        ("讲智慧教育的那个专栏是第几个,名字叫什么?", "专栏7 智慧教育重点项目"),
        ("立德树人那个专栏里头摆了哪几个工程?", "共4项"),
        ("第五个专栏叫什么名字?", "专栏5 终身教育体系建设工程"),
        ("八个专栏加起来一共列了多少项工程?", "8个专栏共25项"),
        ("重点任务是不是条条都配了专栏?没得专栏的是哪几条?", "没有专栏的有2项:(八)"),
        ("人工智能教育应用示范校的建设,是写在哪个专栏里的?", "专栏7 智慧教育重点项目"),
        ("推广普通话的内容放在哪一条重点任务里?", "(八)实施教育助力乡村振兴工程"),
        (
            "“智慧教育”那条前面紧挨着的是哪一条?后面又是哪一条?",
            "前面是(六)打造高素质专业化教师队伍,后面是(八)",
        ),
        ("目录 终身教育体系 下一条 标题", "后面是(六)打造高素质专业化教师队伍"),
        (
            "中职教育那一条的标题,目录里的和正文里的写法一样吗?",
            "目录写作“(三)推进中等职业教育创新发展”",
        ),
    ],
)
def test_places_and_items(assistant: Assistant, question: str, first_line: str) -> None:
    answer = assistant.answer(question)
    assert not answer.refusal
    assert first_line in answer.text.split("\n")[0]
    assert answer.citations


@pytest.mark.parametrize(
    ("question", "first_line"),
    [
        ("九年义务教育巩固率的计量单位是什么?", "单位为%"),
        ("劳动年龄人口平均受教育年限归在哪一大类?", "分类为教育竞争力"),
        ("在园幼儿普惠率是约束性还是预期性?", "属性为预期性"),
        ("那张表的编号和标题是什么?", "表2-1 主要指标,共18项"),
    ],
)
def test_fields_of_a_table(assistant: Assistant, question: str, first_line: str) -> None:
    answer = assistant.answer(question)
    assert first_line in answer.first_line
    assert answer.citations


def test_a_category_is_listed_whole(assistant: Assistant) -> None:
    answer = assistant.answer("指标表的学前教育类一共列了几个指标?")
    assert "学前教育类共4项指标" in answer.text
    assert "在园幼儿数" in answer.text


@pytest.mark.parametrize("question", ["现在落实的是第几期提升计划?", "重点任务第三条投资多少亿元?"])
def test_other_ordinals_are_no_places(assistant: Assistant, question: str) -> None:
    assert not assistant.answer(question).text.startswith("在")


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("2020年,义务教育学生里普通初中生占百分之几?", "35.87%"),
        ("十三五期间平均每年引进教师多少名?", "344名"),
    ],
)
def test_shares_within_a_whole_and_years_of_a_total(
    assistant: Assistant, question: str, part: str
) -> None:
    assert part in assistant.answer(question).text.split("\n")[0]


def test_what_must_be_computed_is_not_answered_by_one_of_its_parts(assistant: Assistant) -> None:
    answer = assistant.answer("学区化办学和图书馆的数量相加是多少所?")
    assert answer.refusal


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("第三章第四节的标题是什么?", 1),
        ("智慧教育在重点任务里排第几?", 2),
        ("规划实施保障下面有哪几项?", 6),
    ],
)
def test_an_outline_cites_the_table_of_contents(
    assistant: Assistant, question: str, lines: int
) -> None:
    answer = assistant.answer(question)
    cited = [c for c in answer.citations if c.section_id == "contents"]
    assert sum(len(c.quote.split("\n\n")) for c in cited) == lines


def test_headings_that_the_contents_do_not_list_cite_none_of_it(assistant: Assistant) -> None:
    answer = assistant.answer("基础教育那一节底下分哪几个小标题?")
    assert answer.citations
    assert all(c.section_id != "contents" for c in answer.citations)


@pytest.mark.parametrize(
    ("question", "first_line"),
    [
        ("网页最上面链接了哪几个网站?", "中国政府网、重庆市人民政府网"),
        ("在政府网站首页要怎么点进去才能找到这份规划?", "规划信息 > 专项规划"),
        ("网页的导航栏有哪些栏目?", "政务公开 政务服务"),
        ("这个网页能不能念给我听?", "语音播报"),
    ],
)
def test_the_page_around_the_plan(assistant: Assistant, question: str, first_line: str) -> None:
    answer = assistant.answer(question)
    assert first_line in answer.first_line
    assert answer.citations


@pytest.mark.parametrize(
    ("question", "first_line"),
    [
        ("点名要改扩建的小学有几所?", "8所(百安移民小学综合楼"),
        (
            "智慧教育和乡村振兴分别在重点任务的第几条?",
            "(七)提高智慧教育创新发展能力和三、重点任务 › (八)",
        ),
        ("推进学前教育普及普惠发展有哪几个方面?", "共4项:开展全国学前教育普及普惠区创建工作"),
    ],
)
def test_what_sentences_and_paragraphs_list(
    assistant: Assistant, question: str, first_line: str
) -> None:
    assert first_line in assistant.answer(question).first_line
