"""A reason to refuse, and the sentence that says it."""

import re
from dataclasses import dataclass
from typing import Literal, get_args

from assistant.clause import asking_part
from assistant.question import Question
from assistant.types import RefusalReason
from corpus.fold import fold

# The rules of `refuse` that go by single words, which may mislead: how far each is to be believed beside
# what reading again says is fitted (`python -m evals.fit_read`). Another subject, place or year is final: of
# 119 such refusals on dev and fit 115 are right, and a sentence does not say of which place it speaks.
Rule = Literal["attribute", "achieved", "worded", "unlisted", "uncounted", "opinion"]
RULES: tuple[Rule, ...] = get_args(Rule)

# What takes something for granted and asks for no more than a nod: a wrong place or year in it is put right.
PRESUMES = re.compile(
    r"(?:[嘛吧][,，])|(?:吧|是吗|对吗|对吧|对不对?|对头(?:不|没|吗)?|没错(?:吧)?|是这(?:一)?[年样个项][^,。?]{0,3}吗|是(?:这样|真的)[^,。?]{0,4}吗?|correct|right)[?？。!！\s]*$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A reason to refuse and the sentence that says it; `rule` is None where nothing can speak against it.

    `choices` are questions that say what this one left open.
    """

    reason: RefusalReason
    message: str
    rule: Rule | None = None
    choices: tuple[str, ...] = ()


NOT_FOUND = Ground(reason="not_in_plan", message="规划里没有写这件事。")
VAGUE = Ground(
    reason="needs_detail", message="问题还不够具体,请说明问的是哪一项,例如哪类学校、哪个项目。"
)
NOT_COMPUTED = Ground(
    reason="not_in_plan",
    message="这个数要由别的数算出,规划里没有找全可以算的数。",
)
GREETING = Ground(
    reason="out_of_scope",
    message="您好,我只回答规划里写了什么。请直接问,例如“普通话普及率要达到多少?”。",
)


def asked_of(question: Question) -> str:
    """What is asked, as it was understood, and as it was written, for what the glossary leaves out."""
    texts = (question.understood, fold(question.standalone))
    return "\n".join(asking_part(text, alone=False) for text in texts)
