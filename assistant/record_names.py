"""The records of documents and how like their names are to words, by characters and pairs of characters."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from assistant.amounts import places_of
from assistant.figures import figure_span
from corpus.fold import bare, fold
from corpus.targets import targets_of
from corpus.text_targets import is_origin
from corpus.types import Document, Span, Target
from index.lexicon import official_terms

# A name matters more than the words beside it: a question says more than a name.
NAME_WEIGHT = 0.6
# What the official terms of an everyday word count beside what a question says itself.
OFFICIAL_SHARE = 0.5
# What a likeness to the name, the indicator, and the words around a figure counts.
_NAME_SHARES = (1.0, 1.0, 0.9)
# The names of so many libraries are kept, and so many phrases: a question tries a few dozen.
KEPT_LIBRARIES, KEPT_PHRASES = 16, 4096


def rises(origin: Target, target: Target) -> bool:
    """Whether one record is what another rises from: both of one thing, in one sentence."""
    return (
        origin.kind == "现状"
        and origin.baseline is not None
        and origin.target is None
        and (origin.section_id, origin.indicator, origin.unit)
        == (target.section_id, target.indicator, target.unit)
    )


def _joined(document: Document, records: Sequence[Target]) -> list[Target]:
    """The records, 由92%提高到93% as one with both values; so where both were reached before the plan."""
    joined: list[Target] = []
    for target in records:
        last = joined[-1] if joined else None
        if last and rises(last, target) and target.baseline is None:
            joined[-1] = replace(target, baseline=last.baseline, baseline_year=last.baseline_year)
        elif last and rises(last, target) and _starts_rise(document, last):
            joined[-1] = replace(
                target,
                baseline=last.baseline,
                baseline_year=last.baseline_year,
                target=target.baseline,
                target_year=target.baseline_year,
            )
        else:
            joined.append(target)
    return joined


def _starts_rise(document: Document, target: Target) -> bool:
    around = Span(max(0, target.span.start - 16), target.span.end + 16)
    text, start = document.quote(around), target.span.start - around.start
    return is_origin(text[:start], text[start + len(target.span) :])


@lru_cache(maxsize=KEPT_PHRASES)
def _grams(text: str) -> frozenset[str]:
    """The characters and the pairs of characters, not across a space."""
    pieces = [bare(piece) for piece in fold(text).split()]
    return frozenset(gram for p in pieces for gram in [*p, *(a + b for a, b in pairwise(p))])


@lru_cache(maxsize=KEPT_PHRASES)
def _official(phrase: str) -> frozenset[str]:
    """The same of the official terms for a phrase's words."""
    return _grams(" ".join(term for _, terms in official_terms(phrase) for term in terms))


def _words(document: Document, target: Target) -> str:
    """What stands around a figure of a text; its name alone may say little (`累计引进教师1720名`)."""
    if document.table(target.section_id):
        return ""
    (place,) = places_of(document, target)
    return document.display(figure_span(document, place.span, target))


class Names:
    """The records of documents with their names."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.records = tuple(r for each in documents for r in _joined(each, targets_of(each)))
        own = {each.document_id: each for each in documents}
        grams = {
            id(t): [_grams(name) for name in (t.name, t.indicator, _words(own[t.document_id], t))]
            for t in self.records
        }
        counts = Counter(gram for names in grams.values() for gram in names[0])
        self._unknown = math.log(1 + len(self.records))
        self._weights = {
            gram: math.log(1 + len(self.records) / count) for gram, count in counts.items()
        }
        self._names = {
            key: [(name, self._weight(name) or 1.0) for name in names]
            for key, names in grams.items()
        }

    def _weight(self, grams: frozenset[str]) -> float:
        unknown = self._unknown
        known = self._weights
        return sum(known.get(gram, unknown if len(gram) == 1 else unknown / 2) for gram in grams)

    def likeness(self, phrase: str, target: Target) -> float:
        """How like a phrase is to a record's name, in [0, 1]; everyday words count as official ones."""
        said = _grams(phrase)
        official = _official(phrase) - said
        of_said = self._weight(said) or 1.0
        best = 0.0
        for (name, whole), share in zip(self._names[id(target)], _NAME_SHARES, strict=True):
            own = self._weight(name & said)
            held = own + OFFICIAL_SHARE * self._weight(name & official)
            like = (held / whole) ** NAME_WEIGHT * (own / of_said) ** (1 - NAME_WEIGHT)
            best = max(best, share * like)
        return best

    def held(self, phrase: str, target: Target) -> float:
        """The share of a phrase that a record's name holds."""
        said = _grams(phrase)
        return self._weight(said & self._names[id(target)][0][0]) / (self._weight(said) or 1.0)


@lru_cache(maxsize=KEPT_LIBRARIES)
def names_of(documents: tuple[Document, ...]) -> Names:
    """The records of documents with their names, made once."""
    return Names(documents)
