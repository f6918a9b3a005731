"""How a query is read, what speaks for a passage, the reranker, cross-encoders, limits to documents."""

import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from sentence_transformers import CrossEncoder
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

from assistant.cli import wengui
from assistant.over import assistant_over, documents_of_files
from assistant.pipeline import Assistant
from assistant.settings import Settings
from corpus.errors import DocumentError, SettingsError
from corpus.fold import fold
from corpus.types import Document, Span
from evals.questions import load_questions
from evals.standins import NoVectors
from evals.table import ablation_table
from index.embedders import load_embedder
from index.features import FEATURES, HEADING_SHARE, DocumentNames, FeatureMaker, Features
from index.lexical import LexicalIndexes
from index.passages import passages_of
from index.query import Reader, asked_kind, asked_unit
from index.rerank import LinearReranker, load_reranker
from index.retriever import HybridRetriever, open_retriever
from index.types import Part, Passage

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def retriever(hashing_assistant: Assistant, hashing_settings: Settings) -> HybridRetriever:
    documents = tuple(hashing_assistant.documents.values())
    return open_retriever(hashing_settings.index, documents)


@pytest.fixture(scope="module")
def reader(retriever: HybridRetriever) -> Reader:
    return retriever.reader


@pytest.mark.parametrize(
    ("text", "asks", "unit"),
    [
        ("到2025年建成多少所智慧校园示范校", "figure", "所"),
        ("高中阶段毛入学率是多少", "figure", "%"),
        ("重点任务有哪些", "list", ""),
        ("规划的索引号是什么", "document", ""),
        ("怎样关爱留守儿童", "policy", ""),
    ],
)
def test_what_is_asked_for(text: str, asks: str, unit: str) -> None:
    assert (asked_kind(text), asked_unit(text)) == (asks, unit)


@pytest.mark.parametrize(
    ("text", "standard"),
    [
        ("请问一下普通话普及率,谢谢", "普通话普及率"),
        ("娃儿读书要好多钱", "娃儿读书要多少钱"),
        ("How many kindergartens by 2025?", "多少 幼儿园 学前教育 到2025年"),
    ],
)
def test_what_is_searched(reader: Reader, text: str, standard: str) -> None:
    assert reader.read(text).standard == standard


def test_a_query_tells_what_it_understood(reader: Reader) -> None:
    query = reader.read("“十三五”末和2025年,放学后有人管吗")
    assert query.years == (2025,)
    assert query.period_ends == (2020,)
    assert "课后服务" in query.added
    assert not query.english
    assert reader.read("What about kindergartens?").english
    assert reader.read("").words == ()
    assert reader.read("").unknown == 1
    assert reader.read("普通话").unknown == 0
    assert reader.read("魑魅魍魉").unknown == 1


def test_parts_of_reading_can_be_left_out(reader: Reader) -> None:
    plain = replace(reader, standardise=fold, terms=lambda _: (), speller=None)
    query = plain.read("娃儿放学后有好多人管")
    assert query.standard == "娃儿放学后有好多人管"
    assert query.added == query.corrected == ()
    assert reader.read("娃儿放学后有好多人管").added


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("规划的指导思响是什么", "规划的指导思想是什么"),
        ("学前教育毛入员率", "学前教育毛入园率"),
    ],
)
def test_typing_mistakes_are_put_right(reader: Reader, wrong: str, right: str) -> None:
    query = reader.read(wrong)
    assert query.standard == right
    assert query.corrected


def test_sound_questions_stay_as_they_are(reader: Reader) -> None:
    plain = [q.question for q in load_questions("dev") if q.style == "plain"]
    assert len(plain) > 100
    changed = [text for text in plain if reader.read(text).corrected]
    assert len(changed) <= len(plain) / 70, changed


def passage(number: int, heading: str, *sentences: str) -> Passage:
    parts = tuple(Part(span=Span(0, 1), text=text) for text in sentences)
    return Passage(
        passage_id=f"d#{number}", document_id="d", section_id=str(number), kind="paragraph", paragraph=1,
        span=Span(0, 1), address="", context=(heading,), text="".join(sentences), parts=parts,
    )  # fmt: skip


def test_features_by_hand() -> None:
    passages = (passage(1, "甲乙", "丙", "丁"), passage(2, "戊己", "丙 甲"))
    lexical = LexicalIndexes.build(passages, lambda text: [c for c in text if c.strip()])
    maker = FeatureMaker(
        passages,
        parts=lexical.parts,
        headings=lexical.headings,
        names=DocumentNames({"d": frozenset()}),
        primary=frozenset({"d"}),
    )
    read = Reader(tokenize=list, idf=lambda word: 1.0, knows=lambda word: True).read("甲丙丁")
    words, meaning = np.array([3, 1], np.float32), np.array([0.2, 0.4, 0.8], np.float32)
    found = maker.make(read, np.array([0, 1]), words=words, meaning=meaning)
    # Concepts 甲 丙 丁: the heading says 甲 and counts half; 丙 and 丁 stand in different sentences.
    assert found.column("sentence") == pytest.approx([(1 + HEADING_SHARE) / 3, 2 / 3])
    assert found.column("passage") == pytest.approx([(2 + HEADING_SHARE) / 3, 2 / 3])
    assert found.column("words") == pytest.approx([1, 0])
    assert found.column("meaning") == pytest.approx([(0.4 - 0.2) / (0.8 - 0.2), 1])
    assert found.similarity == pytest.approx([0.4, 0.8])
    assert found.best_parts.tolist() == [1, 0]
    assert found.column("primary").tolist() == [1, 1]
    assert found.matrix.shape == (2, len(FEATURES))


def test_scores_are_probabilities_and_fall(retriever: HybridRetriever) -> None:
    for question in load_questions("dev")[:60]:
        scores = [hit.score for hit in retriever.retrieve(question.question, k=20)]
        assert all(0 < score < 1 for score in scores)
        assert all(a >= b for a, b in pairwise(scores))


def test_more_evidence_makes_the_first_hit_surer(reader: Reader) -> None:
    query = reader.read("普通话普及率")
    reranker = LinearReranker({})

    def probability(similarity: float) -> float:
        features = Features(
            np.zeros((1, len(FEATURES))), np.zeros(1, np.int64), np.array([similarity])
        )
        return reranker.rank(query, [passage(1, "甲", "乙")], features).probability

    found = [probability(similarity) for similarity in (0.7, 0.8, 0.9, 1.0)]
    assert all(0 < a < b < 1 for a, b in pairwise(found))


def test_within_leaves_nothing_else(retriever: HybridRetriever) -> None:
    (own,) = {passage.document_id for passage in retriever.passages}
    question = "普通话普及率"
    limited = retriever.retrieve(question, k=5, within=frozenset({own}))
    assert limited == retriever.retrieve(question, k=5)
    assert retriever.retrieve(question, k=5, within=frozenset({"无"})) == ()


def test_without_vectors_words_still_find(
    plan: Document, retriever: HybridRetriever, hashing_settings: Settings
) -> None:
    passages = list(passages_of(plan))
    words_alone = HybridRetriever(
        passages, [plan], tokenizer=retriever.tokenizer,
        lexical=LexicalIndexes.build(passages, retriever.tokenizer.tokenize),
        vectors=NoVectors(), embedder=load_embedder("hashing", hashing_settings.cache_folder),
    )  # fmt: skip
    assert words_alone.retrieve("普通话普及率", k=1)[0].passage.section_id == "3.8.2"


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real cross-encoder of a few random weights, in a folder."""
    folder = tmp_path_factory.mktemp("model")
    characters = "普通话及率幼儿园学校"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(characters)]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16,
    )  # fmt: skip
    torch.manual_seed(1)
    config.num_labels = 1
    BertForSequenceClassification(config).save_pretrained(folder / "bert")
    BertTokenizer(str(folder / "vocab.txt"), model_max_length=128).save_pretrained(folder / "bert")
    CrossEncoder(str(folder / "bert"), num_labels=1, device="cpu").save_pretrained(
        str(folder / "whole"),
        create_model_card=False,  # the card would be looked up on the hub
    )
    return folder / "whole"


def test_a_cross_encoder_takes_the_place(
    cross_encoder: Path, hashing_settings: Settings, hashing_assistant: Assistant
) -> None:
    settings = replace(hashing_settings, reranker=str(cross_encoder))
    documents = tuple(hashing_assistant.documents.values())
    own = open_retriever(settings.index, documents)
    hits = own.retrieve("普通话普及率", k=10)
    query = own.reader.read("普通话普及率")
    places, features = own.candidates(query)
    candidates = [own.passages[place] for place in places]
    scores = load_reranker(str(cross_encoder)).rank(query, candidates, features).scores
    best = np.argsort(-scores, kind="stable")[:10]
    assert [hit.passage for hit in hits] == [candidates[place] for place in best]
    assert hits[0].score == pytest.approx(float(scores[best[0]]), abs=1e-6)
    assert scores.std() > 0


def test_an_unknown_cross_encoder_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "none")
    with pytest.raises(SettingsError, match=r"重排模型.*none.*载入失败.*reranker"):
        load_reranker(missing)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--document", "没有这份"], "文件库里没有 没有这份。用 wengui corpus list"),
        (["--kind", "小说"], "文件库里没有“小说”这一类,现有的种类:"),
    ],
)
def test_a_limit_that_is_none_is_named(
    option: list[str], message: str, hashing_assistant: Assistant, hashing_settings: Settings
) -> None:
    environment = {
        "WENGUI_DATA_FOLDER": str(hashing_settings.data_folder),
        "WENGUI_CACHE_FOLDER": str(hashing_settings.cache_folder),
        "WENGUI_EMBEDDER": "hashing",
    }
    done = CliRunner().invoke(wengui, ["search", "普通话", *option], env=os.environ | environment)
    assert isinstance(done.exception, DocumentError)
    assert message in str(done.exception)


def test_the_table_of_parts_is_the_committed_one() -> None:
    assert ablation_table() in (ROOT / "docs" / "retrieval.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("query", "section"),
    [
        ("第三章第四节的标题是什么?", "contents"),
        ("上幼儿园的孩子2025年有多少人?", "2.3.table1.r1"),
        ("小学加初中2025年有多少学生?", "2.3.table1.r6"),
    ],
)
def test_the_passages_of_an_exact_answer_lead(
    assistant: Assistant, query: str, section: str
) -> None:
    plain = assistant.retriever.retrieve(query, k=10)
    hits = assistant.search(query, k=10)
    assert hits[0].passage.section_id == section
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == [hit.score for hit in plain]
    assert len({hit.passage.passage_id for hit in hits}) == len(hits)


def test_a_search_without_an_exact_answer_keeps_its_order(assistant: Assistant) -> None:
    query = "学校怎么防治校园欺凌?"
    assert assistant.search(query, k=5) == assistant.retriever.retrieve(query, k=5)
    assert assistant.search("", k=5) == ()


def test_what_leads_a_search_keeps_within_its_limits(
    settings: Settings, plan: Document, tmp_path: Path
) -> None:
    path = tmp_path / "rules.md"
    path.write_text("# 某校守则\n\n## 一、作息\n\n学生每天在校学习六小时。\n", encoding="utf-8")
    (rules,) = documents_of_files([path])
    both = assistant_over([plan, rules], settings)
    query = "上幼儿园的孩子2025年有多少人?"
    assert both.search(query, k=3)[0].passage.document_id == plan.document_id
    within = frozenset({rules.document_id})
    assert {hit.passage.document_id for hit in both.search(query, k=3, within=within)} == within


def test_a_long_search_is_no_error(assistant: Assistant) -> None:
    assert len(assistant.search("学校怎么防治校园欺凌?" * 80, k=3)) == 3
