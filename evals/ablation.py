"""What each part of retrieval is worth: `dev` with one part away at a time.

    python -m evals.ablation     writes evals/results/ablation.json and docs/images/ablation.svg

A part is left out by a stand-in that does nothing, or by taking its features away. The weights are
fitted again without it, by ten-fold cross-validation; every question is judged by weights that have
not seen it. `as_fitted` keeps the program's weights instead, which have seen all questions.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click
import numpy as np

from assistant.settings import Settings, load_settings
from corpus.fold import fold
from corpus.library import plans
from corpus.tokenize import Tokenizer
from evals.bars import draw
from evals.fit import RANKING_PENALTY, Case, Floats, cases, cross_validated, successes
from evals.questions import EvalQuestion, load_questions
from evals.run import RESULTS, current_commit
from evals.significance import estimate, randomisation_test
from evals.standins import NoVectors, Remembered, Unscored
from index.build import make_tokenizer
from index.builds import current_folder
from index.embedders import load_embedder
from index.embeddings import load_embeddings
from index.features import FEATURES
from index.lexical import LexicalIndex, LexicalIndexes
from index.memory import ArrayVectors
from index.passages import entries, index_text, passages_of
from index.query import Reader
from index.rerank import load_weights
from index.retriever import HybridRetriever
from index.types import NearestVectors

OUT = RESULTS / "ablation.json"
DRAWING = Path(__file__).parent.parent / "docs" / "images" / "ablation.svg"
WHOLE = "whole"
# Decision 003 weighed the two rankings so before there was anything to fit.
PLAIN = {"words": 0.7, "meaning": 0.3}


class Bench:
    """The plans' passages with exact vectors, and retrievers over them that lack a part."""

    def __init__(self, settings: Settings) -> None:
        self.documents = plans()
        self.passages = [p for document in self.documents for p in passages_of(document)]
        self.tokenizer = make_tokenizer(self.documents, settings.cache_folder)
        self.lexical = LexicalIndexes.build(self.passages, self.tokenizer.tokenize)
        self._embedder = Remembered(load_embedder(settings.embedder, settings.cache_folder))
        owners = [passage.document_id for passage, _ in entries(self.passages)]
        kept = np.array(load_embeddings(current_folder(settings.index)))
        self._vectors = ArrayVectors(kept, owners)

    def retriever(
        self,
        *,
        tokenizer: Tokenizer | None = None,
        lexical: LexicalIndexes | None = None,
        vectors: NearestVectors | None = None,
    ) -> HybridRetriever:
        """The retriever, what is given in the place of its own parts."""
        return HybridRetriever(
            self.passages,
            self.documents,
            tokenizer=tokenizer or self.tokenizer,
            lexical=lexical or self.lexical,
            vectors=vectors or self._vectors,
            embedder=self._embedder,
        )

    def without_words(self) -> HybridRetriever:
        """No BM25 score."""
        words = [self.tokenizer.tokenize(index_text(passage)) for passage in self.passages]
        return self.retriever(lexical=replace(self.lexical, passages=Unscored.build(words)))

    def without_headings(self) -> HybridRetriever:
        """No heading stands in for a word that a sentence lacks."""
        empty = LexicalIndex.build([[""] for _ in self.passages])
        return self.retriever(lexical=replace(self.lexical, headings=empty))

    def without_terms(self) -> HybridRetriever:
        """Jieba's own dictionary alone."""
        plain = Tokenizer()
        lexical = LexicalIndexes.build(self.passages, plain.tokenize)
        return self.retriever(tokenizer=plain, lexical=lexical)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is left out: its name, the retriever and reader that lack it, the features that go."""

    name: str
    label: str
    retriever: Callable[[Bench], HybridRetriever] = Bench.retriever
    reader: Callable[[Reader], Reader] = lambda reader: reader
    dropped: frozenset[str] = frozenset()


_COVERAGE = frozenset({"sentence", "passage"})
_KINDS = frozenset({"row_for_figure", "overview_for_other", "card_for_other", "caption", "unit"})
_PAST = frozenset({"past", "past_for_other"})
PARTS = (
    Part(name=WHOLE, label="全部"),
    Part(name="reranker", label="重排(只剩词与意思相加)", dropped=frozenset(FEATURES) - set(PLAIN)),
    Part(name="words", label="词:BM25", retriever=Bench.without_words),
    Part(name="meaning", label="意思:句向量", retriever=lambda b: b.retriever(vectors=NoVectors())),
    Part(name="coverage", label="词的覆盖(句、段)", dropped=_COVERAGE),
    Part(
        name="headings",
        label="标题",
        retriever=Bench.without_headings,
        dropped=frozenset({"title"}),
    ),
    Part(name="past", label="现状与目标之分", dropped=_PAST),
    Part(name="kinds", label="段落种类与单位", dropped=_KINDS),
    Part(name="lexicon", label="口语词表", reader=lambda r: replace(r, terms=lambda _: ())),
    Part(name="dialect", label="方言与英文词表", reader=lambda r: replace(r, standardise=fold)),
    Part(name="spelling", label="错字改正", reader=lambda r: replace(r, speller=None)),
    Part(name="terms", label="文件自己的词(jieba 词典)", retriever=Bench.without_terms),
)


def _judged(bench: Bench, part: Part, questions: Sequence[EvalQuestion]) -> tuple[Floats, Floats]:
    """success@1 and @5 of each question, shape (n_questions, 2): fitted again, and as fitted."""
    retriever = part.retriever(bench)
    reader = part.reader(retriever.reader)
    kept = np.array([name not in part.dropped for name in FEATURES])
    given = []
    for case in cases(retriever, bench.documents, questions, reader):
        matrix = case.features.matrix * kept
        given.append(Case(case.query, replace(case.features, matrix=matrix), case.relevant))
    known: Mapping[str, float] = PLAIN if part.name == "reranker" else load_weights()["ranking"]
    weights = np.array([known.get(name, 0.0) for name in FEATURES])
    return cross_validated(given, RANKING_PENALTY), np.array([successes(c, weights) for c in given])


def ablate(bench: Bench, questions: Sequence[EvalQuestion]) -> list[dict[str, object]]:
    """A row for every part: both measures with intervals, and against the whole with p."""
    rows: list[dict[str, object]] = []
    whole: Floats | None = None
    for part in PARTS:
        again, fitted = _judged(bench, part, questions)
        whole = again if whole is None else whole
        row: dict[str, object] = {"name": part.name, "label": part.label}
        for column, k in enumerate((1, 5)):
            own, all_parts = again[:, column].tolist(), whole[:, column].tolist()
            row[f"success@{k}"] = asdict(estimate(own))
            row[f"difference@{k}"] = float(np.mean(own) - np.mean(all_parts))
            row[f"p@{k}"] = randomisation_test(all_parts, own)
            row[f"as_fitted@{k}"] = float(fitted[:, column].mean())
        rows.append(row)
        click.echo(
            f"{part.name}: {again.mean(axis=0).round(3)}, as fitted {fitted.mean(axis=0).round(3)}"
        )
    return rows


@click.command()
def main() -> None:
    """Measure every part on dev, keep the result, draw it."""
    questions = [q for q in load_questions("dev") if q.answerable and q.evidence and not q.history]
    rows = ablate(Bench(load_settings()), questions)
    about = {"set": "dev", "date": datetime.now(UTC).date().isoformat(), "commit": current_commit()}
    text = json.dumps(
        {**about, "questions": len(questions), "rows": rows}, ensure_ascii=False, indent=1
    )
    OUT.write_text(text + "\n", encoding="utf-8")
    DRAWING.write_text(draw(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
