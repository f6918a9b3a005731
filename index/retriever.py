"""Opens an index and retrieves passages from it by words and by meaning together."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexDamagedError
from corpus.fold import bare
from corpus.library import plans
from corpus.tokenize import Tokenizer
from corpus.types import Document
from index.build import make_tokenizer, store_of
from index.builds import REBUILD, lease_current
from index.embedders import open_embedder
from index.features import DocumentNames, FeatureMaker, Features
from index.fusion import highest
from index.lexical import LexicalIndexes
from index.lexicon import embeddable
from index.manifest import Manifest, check, expected_manifest
from index.parts import load_lexical, load_passages, open_vectors
from index.query import Query, Reader
from index.rerank import Reranker, load_reranker
from index.seal import OPENING_LIMIT_BYTES, find_damage
from index.settings import IndexSettings
from index.spelling import Speller
from index.types import Embedder, Hit, Judge, NearestVectors, Passage, Vectors

# How many of the nearest sentences, and of the passages that BM25 puts first, are looked at closely.
# More of either moves no measure on dev (docs/decisions/008-reranking.md).
NEAREST = 100
HIGHEST = 50
# The embedder that index/data/reranker.json was fitted with.
FITTED_EMBEDDER = "multilingual-e5-small-wengui"


class HybridRetriever:
    """BM25 over words and cosine similarity of sentences find the candidates; a reranker orders them."""

    def __init__(  # noqa: PLR0913 - the parts of an index, each exchangeable
        self,
        passages: Sequence[Passage],
        documents: Sequence[Document],
        *,
        tokenizer: Tokenizer,
        lexical: LexicalIndexes,
        vectors: NearestVectors,
        embedder: Embedder,
        reranker: Reranker | None = None,
    ) -> None:
        self.passages = tuple(passages)
        self.tokenizer = tokenizer
        self._lexical = lexical
        self._vectors = vectors
        self._embedder = embedder
        self.judge = embedder if isinstance(embedder, Judge) else None
        self._reranker = reranker or load_reranker("")
        self._document_ids = np.array([passage.document_id for passage in self.passages])
        self._tells_of_document = np.array([p.kind == "card" for p in self.passages], dtype=bool)
        self._all_ids = frozenset(document.document_id for document in documents)
        self._features = FeatureMaker(
            self.passages,
            parts=lexical.parts,
            headings=lexical.headings,
            names=_names(documents, tokenizer),
            primary=frozenset(plan.document_id for plan in plans()),
            first_year=_first_year(documents),
        )
        text = "\n".join(document.text for document in documents)
        speller = Speller(text, tokenizer)
        self.reader = Reader(
            tokenize=tokenizer.tokenize,
            idf=self.idf,
            knows=lambda word: lexical.passages.frequency(word) > 0,
            titles=tuple(document.metadata.title for document in documents),
            speller=speller,
        )

    def retrieve(
        self, query: str | Query, *, k: int, within: frozenset[str] | None = None
    ) -> tuple[Hit, ...]:
        """At most k hits, best first, scores in (0, 1); a query without a word or a character gives none.

        `within` limits the hits to documents by their ids.
        """
        read = self.reader.read(query) if isinstance(query, str) else query
        if not read.standard.strip() or k < 1:
            return ()
        places, features = self.candidates(read, within=within)
        if not len(places):
            return ()
        candidates = [self.passages[place] for place in places]
        ranking = self._reranker.rank(read, candidates, features)
        scores, first = ranking.scores, ranking.probability
        order = np.argsort(-scores, kind="stable")
        return tuple(
            Hit(
                passage=candidates[place],
                score=float(first * np.exp(scores[place] - scores[order[0]])),
                rank=rank,
                part=int(features.best_parts[place]),
                nearness=tuple(map(float, features.nearness[place])),
            )
            for rank, place in enumerate(order[:k], start=1)
        )

    def candidates(
        self, query: Query, *, within: frozenset[str] | None = None
    ) -> tuple[NDArray[np.int64], Features]:
        """The passages worth a closer look, ascending, and what speaks for each."""
        words = self._lexical.passages.scores(query.words)
        allowed = np.ones(len(self.passages), dtype=bool)
        if within is not None:
            allowed = np.isin(self._document_ids, sorted(within))
            words = np.where(allowed, words, 0)
        nearest, meaning = self._meaning(query, within)
        places = np.union1d(highest(words, HIGHEST), self._features.owners[nearest])
        places = places[allowed[places]]
        favoured = np.isin(self._document_ids, sorted(self._features.favoured(query)))
        places = np.union1d(places, highest(np.where(favoured, words, 0), HIGHEST))
        if query.asks == "document":
            places = np.union1d(
                places, np.flatnonzero(self._tells_of_document & favoured & allowed)
            )
        if not len(places):
            return places, self._features.none()
        return places, self._features.make(query, places, words=words, meaning=meaning)

    @property
    def calibrated(self) -> bool:
        """Whether the scores' meaning was fitted with this embedder; others spread similarities differently."""
        return self._embedder.name == FITTED_EMBEDDER

    @property
    def notice(self) -> str:
        """One Chinese line while nothing is found by meaning, else empty."""
        return self._vectors.notice

    def idf(self, word: str) -> float:
        """How rare a word is among the passages; the highest for a word that none of them has."""
        return self._lexical.passages.idf(word)

    def _meaning(
        self, query: Query, within: frozenset[str] | None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The nearest parts, and every part's cosine similarity; those beyond count as the farthest."""
        vector = self._embedder.embed_query(embeddable(query.standard))
        nearest = self._vectors.nearest(vector, k=NEAREST, within=within)
        favoured = self._features.favoured(query)
        if within is None and favoured < self._all_ids:
            nearest += self._vectors.nearest(vector, k=NEAREST, within=favoured)
        lowest = min((score for _, score in nearest), default=0.0)
        meaning = np.full(len(self._features.owners), lowest, dtype=np.float32)
        for place, score in nearest:
            meaning[place] = score
        return np.array([place for place, _ in nearest], dtype=np.int64), meaning


def _first_year(documents: Sequence[Document]) -> int | None:
    """The first year of the earliest plan among the documents."""
    starts = [d.metadata.period_start for d in documents if d.metadata.period_start]
    return min(starts, default=None)


def _names(documents: Sequence[Document], tokenizer: Tokenizer) -> DocumentNames:
    """The words of every document's title and place, and its title's end."""

    def words(text: str) -> frozenset[str]:
        return frozenset(tokenizer.tokenize(text))

    def innermost(region: str) -> str:
        return re.sub(r"^.+?[省市区县州旗](?=.)", "", region)

    return DocumentNames(
        {document.document_id: words(document.metadata.title) for document in documents},
        {
            document.document_id: words(innermost(document.metadata.region))
            for document in documents
        },
        {document.document_id: document.metadata.region for document in documents},
        {document.document_id: bare(document.metadata.title)[-2:] for document in documents},
    )


def open_retriever(
    settings: IndexSettings, documents: Sequence[Document], *, embedder: Embedder | None = None
) -> HybridRetriever:
    """The retriever over the current index, which stays on disk as long as the retriever lives.

    `embedder` takes the place of the one that the settings name.

    Raises IndexMissingError where there is none, IndexStaleError where it does not fit the documents,
    the words or the embedder, IndexDamagedError where files are not what the build wrote, each with
    the command that mends it.
    """
    folder, lease = lease_current(settings)
    found = Manifest.load(folder)
    for damage in find_damage(folder, found.files, limit_bytes=OPENING_LIMIT_BYTES):
        raise IndexDamagedError(f"索引 {folder} 已损坏:{damage.part} {damage.what}。{REBUILD}。")
    if embedder is None:
        embedder = open_embedder(settings.embedder, settings.cache_folder, settings.engine)
    tokenizer = make_tokenizer(documents, settings.cache_folder)
    check(
        found, expected_manifest(documents, embedder, tokenizer.terms, store_of(settings)), folder
    )
    return HybridRetriever(
        load_passages(folder),
        documents,
        tokenizer=tokenizer,
        lexical=load_lexical(folder),
        vectors=open_vectors(folder, found, settings, lease),
        embedder=embedder,
        reranker=load_reranker(settings.reranker),
    )
