"""The word lists that join everyday Chinese, dialect and English to the wording of plans."""

import re
import tomllib

import pytest

from corpus.fold import fold
from index.lexicon import DATA, official_terms, standard_form, translated

FILES = ("lexicon.toml", "english.toml", "dialect.toml")
MAX_TERMS = 5
# Words of one character are matched inside any longer word, so each needs a reason.
SINGLE_CHARACTERS = {
    "娃": "in no official word; compounds such as 农村娃 are open",
    "伢": "in no official word",
    "钱": "in no official word of a plan; everyday compounds are open",
    "咋": "dialect only",
    "啥": "dialect only",
    "冇": "dialect only",
    "嘅": "dialect only",
    "俺": "dialect only",
    "甭": "dialect only",
    "耍": "dialect only; 玩耍 has its own entry",
}


def load(name: str) -> dict[str, str]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", FILES)
def test_words_are_folded_and_say_something_else(name: str) -> None:
    entries = load(name)
    assert [word for word in entries if fold(word) != word or word.strip() != word] == []
    assert [word for word, value in entries.items() if not value.split()] == []
    assert [word for word, value in entries.items() if fold(value).split() == [word]] == []


@pytest.mark.parametrize("name", FILES)
def test_short_words_have_a_reason(name: str) -> None:
    short = {word for word in load(name) if len(word) < 2}
    assert short <= SINGLE_CHARACTERS.keys()


def test_every_reason_is_for_a_word_that_is_there() -> None:
    words = {word for name in FILES for word in load(name)}
    assert words >= SINGLE_CHARACTERS.keys()


@pytest.mark.parametrize("name", ["lexicon.toml", "english.toml"])
def test_official_terms_are_few_distinct_and_chinese(name: str) -> None:
    for word, value in load(name).items():
        terms = value.split()
        assert len(terms) <= MAX_TERMS, word
        assert len(terms) == len(set(terms)), word
        assert all(re.search("[一-龥]", term) for term in terms), word


def test_every_english_entry_is_found_by_itself() -> None:
    """Words with characters that the reader of English does not take as one would never be met."""
    lost = {
        word: translated(word)
        for word, value in load("english.toml").items()
        if translated(word) != " ".join(fold(value).split())
    }
    assert lost == {}


@pytest.mark.parametrize(
    ("question", "standard"),
    [
        (
            "Gross enrollment rate of preschool by 2025?",
            "毛入学率 毛入园率 学前教育 幼儿园 到2025年",
        ),
        ("How many dual-qualified teachers?", "多少 双师型教师 双师型"),
        ("per-student expenditure", "在校学生人均一般公共预算教育支出 人均公用经费"),
    ],
)
def test_english_becomes_official_terms(question: str, standard: str) -> None:
    assert translated(question) == standard


@pytest.mark.parametrize(
    ("question", "standard"),
    [
        ("啷个才读得到公办园", "怎么才读得到公办园"),
        ("有没得校车", "有没有校车"),
        ("学校好久修起", "学校什么时候修好"),
        ("办好多少所学校", "办好多少所学校"),
        ("厕所好多了吗", "厕所改善了吗"),
        ("啥子时候有好多所", "什么时候有多少所"),
        ("不得超越课程标准", "不得超越课程标准"),
        ("取得行业认可", "取得行业认可"),
    ],
)
def test_dialect_becomes_standard(question: str, standard: str) -> None:
    assert standard_form(question) == standard


def test_dialect_leaves_no_dialect_behind() -> None:
    """A replacement holds no other dialect word, or a second reading would change the question again."""
    entries = load("dialect.toml")
    rereadable = {
        word: value for word, value in entries.items() for other in entries if other in value
    }
    assert rereadable.keys() <= {"好多少"}  # kept as it is, only cut in two


@pytest.mark.parametrize(
    ("question", "word", "term"),
    [
        ("放学后有人管吗", "放学后", "课后服务"),
        ("爸妈在外打工的娃儿谁来管", "在外打工", "留守儿童"),
        ("学校会不会乱收补习班的钱", "补习班", "校外培训机构"),
        ("跟不上的孩子怎么办", "跟不上", "因材施教"),
        ("职高毕业能不能上大学", "上大学", "高等教育"),
        ("老师住哪里", "老师住哪", "教师周转宿舍"),
        ("學校有沒有午餐", "午餐", "营养改善计划"),
    ],
)
def test_everyday_words_meet_official_terms(question: str, word: str, term: str) -> None:
    assert term in dict(official_terms(question))[word]


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        ("未成年人犯罪怎么办", "成年人"),
        ("高中考试怎么改", "中考"),
        ("扩大学前教育资源有哪些措施", "大学"),
        ("怎么提高职业教育质量", "高职"),
        ("专职教师怎么配", "职教"),
        ("中小学生怎么入学", "小学生"),
        ("部分班级人数太多", "分班"),
        ("本科以上学历的教师占多少", "上学"),
        ("科技校园怎么建", "技校"),
    ],
)
def test_words_inside_other_words_are_not_taken(question: str, wrong: str) -> None:
    assert wrong in load("lexicon.toml")
    assert wrong in question
    assert wrong not in dict(official_terms(question))
