"""Contradictions inside a document, each with the places that disagree, quoted."""

from corpus.checks.finding import Finding, Spot
from corpus.checks.outline import check_contents, check_numbering
from corpus.checks.repeats import check_names, check_sentences, check_values
from corpus.checks.sums import check_parts, check_shares
from corpus.types import Document

__all__ = ["Finding", "Spot", "check_document"]

CHECKS = (
    check_parts,
    check_shares,
    check_values,
    check_sentences,
    check_names,
    check_contents,
    check_numbering,
)


def check_document(document: Document) -> tuple[Finding, ...]:
    """All contradictions found in a document, in the order of their first place."""
    findings = [finding for check in CHECKS for finding in check(document)]
    return tuple(sorted(findings, key=lambda finding: finding.spots[0].span))
