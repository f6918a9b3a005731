"""Asks back where a question names several figures alike: 覆盖率要到多少, where the plan has three of them."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from assistant.evidence import Weigher
from assistant.figures import Figure
from assistant.naming import name_share
from assistant.own_place import without_own_place
from assistant.question import Question
from assistant.refusals import Ground
from corpus.fold import bare

# So much of a name must be said for it to be meant, whatever else has the same words.
WHOLE = 0.95
# By so much more than the next one's a name must be said to be meant.
AHEAD = 0.3
# Or so many more characters of it in one piece: 占全区学校总数.
LONGER_RUN = 2
# So many choices are told.
TOLD = 5
# Words that ask, or that any figure may have.
_COMMON = re.compile(
    r"多少|几|百分[之点]?|[所个名间项套门对座家人万年%]|目标|数量|总数|规模|数值|指标|比例|占比|建[设成]?|新建|要|会|到|"
    r"十[三四五]五|规划|计划|全[区县市]|区里|打算|准备|达到|提高|培[养育]|是|的|呢|吗|嘛|哦|什么|搞|办|好|一共|总共|目前|现在"
)
_SEVERAL = re.compile(r"分别|各(?!级|类|种)|哪|都")


def ask_back(
    question: Question, ranked: Sequence[tuple[float, Figure]], weigher: Weigher
) -> Ground | None:
    """The question which of several figures is meant; None where it is clear, or where several are asked for.

    Several are meant alike where all the telling words of the question stand in the words of each.
    """
    if not ranked or question.query.english or question.text != question.standalone:
        return None
    asked = without_own_place(question.understood, ranked[0][1].evidence.document)
    telling = _telling(asked, weigher)
    if not telling or _SEVERAL.search(question.understood):
        return None
    unit = ranked[0][1].record.unit
    alike = [f for _, f in ranked if f.record.unit == unit and _says_all(f, telling)]
    wholes = {f.record.section_id for f in alike if f.in_table}
    alike = [f for f in alike if f.record.parent_id not in wholes]
    named: dict[str, Figure] = {}
    for figure in alike:
        named.setdefault(bare(_name(figure)).replace("教育", ""), figure)
    values = {(f.record.baseline, f.record.target) for f in named.values()}
    shares = sorted((name_share(name, question.understood) for name in named), reverse=True)
    if len(values) < 2 or shares[0] >= WHOLE or shares[0] - shares[1] >= AHEAD:
        return None
    runs = sorted((_run(name, bare(question.understood)) for name in named), reverse=True)
    if runs[0] - runs[1] >= LONGER_RUN:
        return None
    names = [_name(figure) for figure in list(named.values())[:TOLD]]
    more = "等" if len(named) > TOLD else ""
    message = f"规划里有几项都是,请说明问的是哪一项:{'、'.join(names)}{more}。"
    when = "和".join(f"{year}年" for year in question.years)
    choices = tuple(f"{when}{name}是多少?" for name in names)
    return Ground(reason="needs_detail", message=message, choices=choices)


def _run(name: str, asked: str) -> int:
    """How many characters of a name a question says in one piece, at most."""
    return SequenceMatcher(None, name, asked, autojunk=False).find_longest_match().size


def _telling(asked: str, weigher: Weigher) -> list[str]:
    """The words of a question that tell one figure from another."""
    words = [w for w in weigher.tokenize(asked) if len(w) > 1 and not w[0].isdigit()]
    return [w for w in dict.fromkeys(words) if _COMMON.sub("", w)]


def _says_all(figure: Figure, telling: Sequence[str]) -> bool:
    own = f"{figure.words} {figure.record.indicator} {figure.record.name} {figure.record.category}"
    return all(word in own for word in telling)


def _name(figure: Figure) -> str:
    """What a person calls a figure: a row's name, else what it counts."""
    return figure.record.name if figure.in_table else figure.record.indicator or figure.words
