"""What speaks for a candidate passage: one row of numbers for each, in [0, 1] or nearly so."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from corpus.fold import bare
from index.fusion import scaled
from index.lexical import LexicalIndex
from index.query import Query, fits_unit
from index.types import Passage, Vectors

# A word of the query that stands only in the headings above a sentence counts this much of one
# that stands in the sentence.
HEADING_SHARE = 0.5

FEATURES = (
    "words",  # BM25 of the passage with its headings, scaled over all passages
    "meaning",  # cosine similarity of the best sentence, scaled over the nearest
    "sentence",  # share of the query's concepts that the best sentence with its headings holds
    "passage",  # the same for the whole passage
    "title",  # share of the nearest heading that the query says
    "row_for_figure",  # a table's row, where a figure is asked for
    "overview_for_other",  # an outline, where no list is asked for
    "card_for_other",  # the information card, where no document data is asked for
    "card_for_document",  # the information card, where it is
    "field",  # the card or the page's head gives what is asked of the document
    "caption",  # a figure's caption, which says little itself
    "unit",  # a quantity of the unit that is asked for
    "past",  # tells the state at the start, where that is asked for
    "past_for_other",  # the same, where it is not
    "year",  # a year of the query stands in the passage
    "document",  # the query names the passage's document or its place
    "primary",  # the passage is from a plan that the program came with
)

# Documents whose names a query says nearly as far as the one that it names most.
NAMED = 0.8
# A word of a title is no name: a question after 教师 does not name every law about them, and one after 义务教育
# does not name the 义务教育法, whose last two characters it does not say.
TITLE_SAID = 0.5


@dataclass(frozen=True, slots=True)
class Features:
    """float64, shape (n_candidates, len(FEATURES)), and each candidate's best part.

    `similarity` is the cosine similarity of each candidate's nearest part, `nearness` that of each of its
    parts, scaled over the nearest of all.
    """

    matrix: NDArray[np.float64]
    best_parts: NDArray[np.int64]
    similarity: NDArray[np.float64]
    nearness: tuple[Vectors, ...] = ()

    def column(self, name: str) -> NDArray[np.float64]:
        """The values of one feature."""
        return self.matrix[:, FEATURES.index(name)]


def _pairs(text: str) -> frozenset[str]:
    return frozenset(a + b for a, b in pairwise(bare(text)))


# Names come back with every question; what is asked does not, and is not kept.
_pairs_of_name = lru_cache(maxsize=20_000)(_pairs)


def _said(name: str, asked: frozenset[str]) -> float:
    """The share of a name's character pairs that are among those of the query."""
    pairs = _pairs_of_name(name)
    return len(pairs & asked) / len(pairs) if pairs else 0.0


class DocumentNames:
    """Which documents a query names: by their place, else by the end of their title and half of its words.

    `titles` holds each document's words, `places` the words of the innermost part of its region, `regions`
    the whole of it, `ends` the last two characters of its title. A word weighs the more the fewer titles have it.
    """

    def __init__(
        self,
        titles: Mapping[str, frozenset[str]],
        places: Mapping[str, frozenset[str]] | None = None,
        regions: Mapping[str, str] | None = None,
        ends: Mapping[str, str] | None = None,
    ) -> None:
        self._titles = titles
        self._places = places or {}
        self._regions = regions or {}
        self._ends = ends or {}
        counts = Counter(word for own in titles.values() for word in own)
        self._weights = {word: math.log(len(titles) / count) for word, count in counts.items()}

    def shares(self, query: Query) -> dict[str, float]:
        """For each document that the query names, how far in (0, 1]; empty where it names none.

        A single document is never named: there is nothing to tell it apart from. Where
        the query says the place of some documents, it names none of another place.
        """
        if len(self._titles) < 2:
            return {}
        said = set(query.words)
        if here := self._here(said):
            return dict.fromkeys(here, 1.0)
        asked = bare(query.standard)
        shares = {
            name: self._said_share(own, said)
            for name, own in self._titles.items()
            if self._ends.get(name, "") in asked
        }
        return {name: share for name, share in shares.items() if share >= TITLE_SAID}

    def _here(self, said: set[str]) -> list[str]:
        """The documents of a place that is said; of 重庆市万州区 those of 万州区, not those of 重庆市."""
        here = [name for name, place in self._places.items() if place & said]
        regions = {self._regions.get(name, "") for name in here}
        return [
            name
            for name in here
            if not any(
                region != (own := self._regions.get(name, "")) and region.startswith(own)
                for region in regions
            )
        ]

    def _said_share(self, own: frozenset[str], said: set[str]) -> float:
        total = sum(self._weights[word] for word in own)
        return sum(self._weights[word] for word in own & said) / total if total else 0.0


class FeatureMaker:
    """Makes the features of candidates from the postings of sentences and headings."""

    def __init__(  # noqa: PLR0913 - what the features are read from
        self,
        passages: Sequence[Passage],
        *,
        parts: LexicalIndex,
        headings: LexicalIndex,
        names: DocumentNames,
        primary: frozenset[str],
        first_year: int | None = None,
    ) -> None:
        self._passages = passages
        self._parts = parts
        self._headings = headings
        self._names = names
        self._primary = primary
        self._first_year = first_year
        counts = [len(passage.parts) for passage in passages]
        self.starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        self.owners = np.repeat(np.arange(len(passages)), counts)

    def _coverage(
        self, query: Query, places: NDArray[np.int64], parts: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Shares of the concepts' weight held by each part and by each passage, headings counted half."""
        first = np.searchsorted(parts, self.starts[places])
        owner = np.repeat(np.arange(len(places)), np.diff([*first, len(parts)]))
        by_part, by_passage = np.zeros(len(parts)), np.zeros(len(places))
        total = 0.0
        for concept in query.concepts:
            total += concept.weight
            part_held, passage_held = np.zeros(len(parts)), np.zeros(len(places))
            for wording in concept.wordings:
                inside, whole = np.zeros(len(parts)), np.zeros(len(places))
                for word in wording:
                    here = self._parts.holds(word)[parts].astype(float)
                    above = HEADING_SHARE * self._headings.holds(word)[places]
                    inside += np.maximum(here, above[owner])
                    whole += np.maximum(np.maximum.reduceat(here, first), above)
                part_held = np.maximum(part_held, inside / len(wording))
                passage_held = np.maximum(passage_held, whole / len(wording))
            by_part += concept.weight * part_held
            by_passage += concept.weight * passage_held
        return by_part / (total or 1.0), by_passage / (total or 1.0)

    def make(
        self, query: Query, places: NDArray[np.int64], *, words: Vectors, meaning: Vectors
    ) -> Features:
        """The features of the candidates at `places` (ascending).

        `words` holds the BM25 score of every passage, `meaning` the cosine similarity of every part.
        """
        parts = np.concatenate([np.arange(self.starts[p], self.starts[p + 1]) for p in places])
        first = np.searchsorted(parts, self.starts[places])
        sentence, passage = self._coverage(query, places, parts)
        near = scaled(meaning)[parts]
        best = self._best_parts(near + sentence, first)
        matrix = np.column_stack(
            [
                scaled(words)[places],
                np.maximum.reduceat(near, first),
                np.maximum.reduceat(sentence, first),
                passage,
                *self._by_kind(query, places),
            ]
        )
        similarity = np.maximum.reduceat(meaning[parts], first).astype(np.float64)
        return Features(
            matrix=matrix,
            best_parts=best,
            similarity=similarity,
            nearness=tuple(np.split(near, first[1:])),
        )

    @staticmethod
    def none() -> Features:
        """The features of no candidate."""
        nothing = np.zeros(0)
        return Features(np.zeros((0, len(FEATURES))), nothing.astype(np.int64), nothing)

    @staticmethod
    def _best_parts(scores: NDArray[np.float64], first: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each candidate the number (from 0) of its part with the highest score."""
        return np.array([int(np.argmax(part)) for part in np.split(scores, first[1:])])

    def favoured(self, query: Query) -> frozenset[str]:
        """The documents that the query names; the plans that the program came with where it names none."""
        named = self._names.shares(query)
        return frozenset(name for name, share in named.items() if share >= NAMED) or self._primary

    def _asks_past(self, query: Query) -> bool:
        """Whether the query is after what was before the plan's first year."""
        ends = (*query.years, *query.period_ends)
        before = self._first_year is not None and any(year < self._first_year for year in ends)
        return before or (query.past and not query.period_ends)

    def _by_kind(self, query: Query, places: NDArray[np.int64]) -> list[NDArray[np.float64]]:
        """The features that reading a passage gives, a column each."""
        asked = _pairs(query.standard + " ".join(query.added))
        named = self._names.shares(query)
        past = self._asks_past(query)
        figure = query.asks == "figure"
        years = {str(year) for year in query.years}
        rows = []
        for place in places:
            passage = self._passages[place]
            units = [unit for part in passage.parts for unit in part.units]
            fits = bool(query.unit) and any(fits_unit(query.unit, unit) for unit in units)
            rows.append(
                (
                    _said(passage.context[-1], asked) if passage.context else 0.0,
                    figure and passage.kind == "row",
                    passage.kind == "overview" and query.asks != "list",
                    passage.kind == "card" and query.asks != "document",
                    passage.kind == "card" and query.asks == "document",
                    passage.kind == "card"
                    and any(field.stands_in(passage.text) for field in query.fields),
                    ".figure" in passage.section_id,
                    figure and fits,
                    passage.reports and past,
                    passage.reports and not past,
                    any(year in passage.text for year in years),
                    named.get(passage.document_id, 0.0),
                    passage.document_id in self._primary
                    and (not named or passage.document_id in named),
                )
            )
        return list(np.array(rows, dtype=float).T)
