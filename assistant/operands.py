"""Which figures a question names: records of tables and of text, found by the characters of their names."""

from collections.abc import Mapping, Sequence

from assistant.amounts import Figure
from assistant.evidence import Evidence
from assistant.figures import Figure as RankedFigure
from assistant.figures import certainty
from assistant.naming import contradicts, ranks_of
from assistant.question import Question
from assistant.record_names import names_of, rises
from corpus.types import Document, Target
from index.query import fits_unit

# A record is named when the likeness of its name to the words of the question comes to this.
MIN_LIKENESS = 0.38
# What a row of a table, and a place among the evidence, count beside a likeness of 1.
TABLE_BONUS = 0.08
HIT_BONUS = 0.08
# What the words of the other operand count for one that is named in short (比区级的).
CONTEXT_SHARE = 0.9
# What a likeness to the other operand's words takes away.
AGAINST_SHARE = 0.5
# So much of a short name must stand in the record's name for that.
MIN_HELD = 0.5
# From here on the figure that the evidence puts first is meant where no name is said.
SURE = 0.62
# What is counted where a question names schools alone.
PEOPLE = "在校学生数"
_CHILDREN = "在园幼儿数"


def people_of(words: str) -> str:
    """What the people at the schools that words name are called in a table.

    >>> people_of("幼儿园"), people_of("初中生")
    ('在园幼儿数', '在校学生数')
    """
    return _CHILDREN if "幼儿" in words else PEOPLE


def _thing(target: Target) -> tuple[str, ...]:
    """What a record is of, whichever of its values."""
    return target.document_id, target.section_id, target.indicator, target.unit


def _same(best: Target | None, among: Sequence[Target]) -> list[Target]:
    """The record among others that is the best one, or that rises from it."""
    if best is None:
        return []
    own = [t for t in among if (t.document_id, t.span) == (best.document_id, best.span)]
    return own or [t for t in among if rises(best, t)]


class Operands:
    """The records of the documents that the evidence is from, found by name."""

    def __init__(
        self,
        evidence: Sequence[Evidence],
        documents: Mapping[str, Document],
        question: Question,
        ranked: Sequence[tuple[float, RankedFigure]] = (),
    ) -> None:
        self.question = question
        self._ranked = ranked
        self._likeliest = ranked[0][1].record if ranked else None
        ids = dict.fromkeys(item.passage.document_id for item in evidence)
        self.documents = {name: documents[name] for name in ids}
        self.names = names_of(tuple(self.documents.values()))
        self.records = self.names.records
        self._ranks: dict[tuple[str, str], int] = {}
        for rank, item in enumerate(evidence):
            self._ranks.setdefault((item.passage.document_id, item.passage.section_id), rank)

    def likeness(self, phrase: str, target: Target) -> float:
        """How like a phrase is to a record's name, in [0, 1]; everyday words count as official ones."""
        return self.names.likeness(phrase, target)

    def _order(self, target: Target) -> float:
        document = self.documents[target.document_id]
        table = TABLE_BONUS if document.table(target.section_id) else 0.0
        rank = self._ranks.get((target.document_id, target.section_id))
        return table + (HIT_BONUS / (1 + rank) if rank is not None else 0.0)

    def named(
        self,
        phrase: str,
        among: Sequence[Target],
        *,
        context: str = "",
        against: str = "",
        least: float = MIN_LIKENESS,
    ) -> list[Target]:
        """The records that a phrase names, best first; `context` is what the other operand says.

        A record that is also like `against`, the other operand's words, is less likely meant.
        """
        scored = []
        for target in among:
            if contradicts(phrase, target.name):
                continue
            like = self.likeness(phrase, target)
            if context and self.names.held(phrase, target) >= MIN_HELD:
                like = max(like, CONTEXT_SHARE * self.likeness(f"{phrase} {context}", target))
            if like >= least:
                other = self.likeness(against, target) if against else 0.0
                scored.append((like - AGAINST_SHARE * other + self._order(target), target))
        ranks = ranks_of(phrase)
        of_rank = [pair for pair in scored if ranks & ranks_of(pair[1].name)]
        return [target for _, target in sorted(of_rank or scored, key=lambda pair: -pair[0])]

    def in_table(self, target: Target) -> bool:
        """Whether a record is a row of a table."""
        return self.documents[target.document_id].table(target.section_id) is not None

    def surest(self, among: Sequence[Target]) -> list[Target]:
        """The one of the records that the question asks for by all its evidence, where that is sure among them.

        The two values of one rise do not compete.
        """
        best = _same(self._likeliest, among)
        keys = {_thing(target) for target in among}
        scores: dict[tuple[str, ...], float] = {}
        for score, figure in self._ranked:
            if (key := _thing(figure.record)) in keys:
                scores.setdefault(key, score)
        return best if best and certainty(list(scores.values())) >= SURE else []

    def likeliest(self, among: Sequence[Target]) -> list[Target]:
        """The one of the records that the question's evidence puts first, sure or not."""
        return _same(self._likeliest, among)

    def of_unit(self, unit: str) -> list[Target]:
        """The records counted in a unit; all where it is ''."""
        asked = "%" if unit.endswith("百分点") else unit
        return [target for target in self.records if fits_unit(asked, target.unit)]

    def figure(
        self, target: Target, year: int | None = None, *, past: bool = False
    ) -> Figure | None:
        """The record's value in a year; without one the target, or what was before where `past`."""
        values = [
            (target.target, target.target_year, True),
            (target.baseline, target.baseline_year, False),
        ]
        if past:
            values.reverse()
        for value, own, aimed in values:
            if value is not None and (year is None or own in {year, None}):
                return Figure(
                    document=self.documents[target.document_id],
                    target=target,
                    value=value,
                    year=own,
                    aimed=aimed and target.kind == "目标",
                )
        return None

    def both(self, target: Target) -> tuple[Figure, Figure] | None:
        """The record's values before and aimed at, where it has both."""
        before, aimed = self.figure(target, past=True), self.figure(target)
        if target.baseline is None or target.target is None:
            return None
        return (before, aimed) if before and aimed else None
