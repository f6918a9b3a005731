"""The word lists that join everyday Chinese, dialect and English to the wording of plans."""

import re
import tomllib

import pytest

from corpus.fold import fold
from index import lexicon
from index.lexicon import official_terms

DATA = lexicon.FILE.parent
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


def is_ascii_word(word: str) -> bool:
    return re.fullmatch(r"[a-z0-9][a-z0-9' -]*[a-z0-9]", word) is not None


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


def test_english_words_are_matched_whole_so_they_are_plain() -> None:
    assert [word for word in load("english.toml") if not is_ascii_word(word)] == []


def test_the_lexicon_has_no_english_of_its_own() -> None:
    assert [word for word in load("lexicon.toml") if re.search("[a-z]{2}", word)] == []


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
    assert wrong in lexicon.load_lexicon()
    assert wrong in question
    assert wrong not in dict(official_terms(question))
