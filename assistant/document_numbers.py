"""The number of a document that the plan names: 《办法》(国教督〔2021〕2号)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.draft import Draft, Place, Statement
from assistant.naming import name_share
from assistant.question import Question
from assistant.refusals import Ground
from corpus.fold import bare, fold
from corpus.types import Document

# So much of a title must be said; what the question says of the number itself counts beside it.
MIN_NAMED = 0.5
CODE_BONUS, YEAR_BONUS = 0.3, 0.15
_ASKS = re.compile(
    r"文号|发文字号|(?:第几|几|多少)号(?!\s*(?:开始|截止|报名|前|楼|线|电话))|几号文"
)
TITLE = re.compile(
    r"《(?P<title>[^《》]+)》(?:\s*[(（](?P<number>(?P<code>[^()（）〔〕\[\]\d]*)"
    r"[〔\[【](?P<year>(?:19|20)\d\d)[〕\]】]\s*(?P<serial>\d+)\s*号)[)）])?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A document's title where the plan names it; `number` is '' where it gives none."""

    title: str
    number: str
    code: str
    year: str
    place: Place


def named_documents(document: Document) -> Iterator[Named]:
    """The titles in the order of the text."""
    for section in document.sections:
        for paragraph in document.paragraphs_of(section.section_id):
            for sentence in paragraph.sentences:
                for match in TITLE.finditer(document.display(sentence)):
                    place = Place(
                        document=document,
                        section_id=section.section_id,
                        paragraph=paragraph.number,
                        span=sentence,
                        context=paragraph.span,
                    )
                    own = {name: text or "" for name, text in match.groupdict().items()}
                    own.pop("serial")
                    yield Named(place=place, **own)


def _likeness(named: Named, said: str, codes: Sequence[str]) -> float:
    """How surely a question means this document: by its title, its issuer's code and its year."""
    score = name_share(named.title, said)
    score += CODE_BONUS * (named.code in codes)
    return score + YEAR_BONUS * (bool(named.year) and named.year in said)


def draft_document_number(
    question: Question, documents: Sequence[Document]
) -> Draft | Ground | None:
    """The number asked for; a ground to refuse where the plan names the document without one; else None."""
    said = fold(question.understood)
    if not _ASKS.search(said):
        return None
    named = [each for document in documents for each in named_documents(document)]
    codes = {each.code for each in named if each.code and bare(each.code) in bare(said)}
    # 教督 is no code of its own inside 渝府教督发.
    longest = [code for code in codes if not any(code in other for other in codes - {code})]
    scored = sorted(
        ((_likeness(each, said, longest), each) for each in named), key=lambda pair: -pair[0]
    )
    if not scored or scored[0][0] < MIN_NAMED:
        return None
    best = scored[0][1]
    if not best.number:
        message = f"规划提到《{best.title}》,没有写它的文号。"
        return Ground(reason="not_in_plan", message=message)
    text = f"《{best.title}》的文号是{best.number}。"
    return Draft(statements=(Statement(text=text, places=(best.place,)),), quotes=(best.place,))
