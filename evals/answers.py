"""Whether an answer is right: its words, its citations, its refusal.

correct           every `must` and no `must_not` stands in the answer; for figures in its first line
wrong_number      a figure question answered with a number in the first line, and not the right one
citation_precision  share of citations whose quote touches a gold quote (span) or whose section holds
                  one or is held by one (section)
citation_recall   share of the needed facts that some citation covers, in the same two senses
"""

import re
from collections.abc import Mapping, Sequence

from assistant.types import Answer, Citation
from corpus.fold import fold
from corpus.types import Document, Span
from evals.questions import EvalQuestion, GoldSpan

MAX_FIRST_LINE = 120
_MARKS = re.compile(r"\[\d+\]")
# Spaces and commas say nothing, but between two digits they part numbers; only 1,925 is one number.
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SPACES = re.compile(r"(?<!\d)[\s,]+|[\s,]+(?!\d)")


def _plain(text: str) -> str:
    """Folded text without spaces, commas and marks, so that `1,925 套` and `1925套` are one."""
    unmarked = _MARKS.sub("", fold(text)).replace("，", ",")
    return _SPACES.sub("", _THOUSANDS.sub("", re.sub(r"\s+", " ", unmarked)))


def holds(text: str, wanted: str) -> bool:
    """Whether a text holds one of the alternatives (parted by |); a number must stand alone.

    >>> holds("到2025年建成15所。", "15所|十五所"), holds("115所", "15所"), holds("98.5%", "98")
    (True, False, False)
    >>> holds("1,925 套", "1925套"), holds("在园幼儿数 4.06 6.1", "6.1"), holds("分别为6,3个", "3个")
    (True, True, True)
    """
    plain = _plain(text)
    for alternative in wanted.split("|"):
        pattern = re.escape(_plain(alternative))
        before = r"(?<![\d.])" if pattern[:1].isdigit() else ""
        after = r"(?!\d|\.\d)" if pattern[-1:].isdigit() else ""
        if pattern and re.search(before + pattern + after, plain):
            return True
    return False


def is_correct(question: EvalQuestion, answer: Answer) -> bool:
    """Whether an answerable question is answered rightly, or an unanswerable one refused."""
    if not question.answerable:
        return answer.status == "refused"
    if answer.status == "refused":
        return False
    where = answer.first_line if question.is_figure else answer.text
    right = all(holds(where, wanted) for wanted in question.must)
    return right and not any(holds(answer.first_line, wrong) for wrong in question.must_not)


def has_wrong_number(question: EvalQuestion, answer: Answer) -> bool:
    """Whether a figure question got a number in the first line, but not the right one."""
    if not question.is_figure or answer.status == "refused" or not question.answerable:
        return False
    numbers = re.search(r"\d", _MARKS.sub("", answer.first_line))
    wanted = [must for must in question.must if re.search(r"\d", must)]
    return bool(numbers and wanted) and not all(holds(answer.first_line, must) for must in wanted)


def _touches(span: Span, other: Span) -> bool:
    return span.start < other.end and other.start < span.end


def _section_counts(citation: Citation, sections: Sequence[str]) -> bool:
    own = citation.section_id
    return any(own == s or own.startswith(f"{s}.") or s.startswith(f"{own}.") for s in sections)


def _span_counts(citation: Citation, golds: Sequence[GoldSpan]) -> bool:
    return any(
        gold.document_id == citation.document_id and _touches(gold.span, citation.span)
        for gold in golds
    )


def citation_scores(
    question: EvalQuestion, answer: Answer, groups: Sequence[Sequence[GoldSpan]]
) -> dict[str, float]:
    """Precision and recall of an answer's citations, by span and by section; 0 without citations."""
    golds = [gold for group in groups for gold in group]
    cited = answer.citations
    by_span = [_span_counts(citation, golds) for citation in cited]
    by_section = [_section_counts(citation, question.sections) for citation in cited]
    covered = [any(_span_counts(citation, group) for citation in cited) for group in groups]
    return {
        "citation_precision_span": sum(by_span) / len(cited) if cited else 0.0,
        "citation_precision_section": sum(by_section) / len(cited) if cited else 0.0,
        "citation_recall_span": sum(covered) / len(groups) if groups else 0.0,
        "section_cited": float(any(by_section)),
    }


def citations_sound(answer: Answer, documents: Mapping[str, Document]) -> bool:
    """Whether every quote is verbatim and stands where its address says."""
    nearest = answer.refusal.nearest if answer.refusal else ()
    return all(
        citation.quote == documents[citation.document_id].quote(citation.span)
        and citation.span in documents[citation.document_id].section(citation.section_id).span
        and citation.address.startswith(
            documents[citation.document_id].address(citation.section_id)
        )
        for citation in (*answer.citations, *nearest)
    )


def first_line_fits(answer: Answer) -> bool:
    """Whether the first line, its marks left out, has at most 120 characters."""
    return len(_MARKS.sub("", answer.first_line)) <= MAX_FIRST_LINE
