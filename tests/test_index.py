"""Embedders, BM25, the build and its manifest, retrieval."""

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from rank_bm25 import BM25Okapi

from assistant.pipeline import Assistant
from assistant.settings import Settings
from corpus.errors import EmbedderError, IndexDamagedError, IndexMissingError, IndexStaleError
from corpus.library import plans
from corpus.types import BODY_KINDS, Document
from index.build import build_index
from index.builds import CURRENT, current_folder
from index.embedders import load_embedder, open_embedder
from index.embedders.offline import (
    SOURCE_REFERENCE,
    agreement,
    check_weights,
    folder_in,
    prepare,
    weights_path,
    write_untuned,
)
from index.fusion import scaled
from index.langchain import LangChainEmbeddings, LangChainRetriever
from index.lexical import K1, B, LexicalIndex
from index.manifest import Manifest
from index.parts import PASSAGES, load_passages
from index.passages import passages_of
from index.retriever import open_retriever
from index.types import Embedder

TEXTS = ["义务教育优质均衡发展", "建成智慧校园示范校15所", "留守儿童关爱服务体系"]


@pytest.fixture(params=["hashing", "torch", "onnx"])
def embedder(request: pytest.FixtureRequest, settings: Settings) -> Embedder:
    if request.param == "hashing":
        return load_embedder("hashing", settings.cache_folder)
    return open_embedder("offline", settings.cache_folder, request.param)


def test_every_embedder_keeps_the_contract(embedder: Embedder) -> None:
    counted: list[int] = []
    vectors = embedder.embed_documents(TEXTS, progress=counted.append)
    query = embedder.embed_query("智慧校园示范校有多少所")
    assert vectors.shape == (3, query.shape[0])
    assert vectors.dtype == query.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert counted[-1] == 3
    assert int(np.argmax(vectors @ query)) == 1
    assert embedder.embed_documents([]).shape == (0, query.shape[0])
    assert np.allclose(embedder.embed_documents(TEXTS[1:2])[0], vectors[1], atol=1e-4)


def test_langchain_sees_the_same_vectors(embedder: Embedder) -> None:
    ours = embedder.embed_query(TEXTS[0])
    theirs = LangChainEmbeddings(embedder)
    assert np.allclose(theirs.embed_query(TEXTS[0]), ours)
    assert np.allclose(theirs.embed_documents(TEXTS), embedder.embed_documents(TEXTS), atol=1e-4)


def test_the_weights_as_they_are_agree_with_their_own_engine(tmp_path: Path) -> None:
    assert agreement(write_untuned(tmp_path), SOURCE_REFERENCE) >= 0.9995


def test_the_offline_embedder_agrees_with_the_trained_model(settings: Settings) -> None:
    load_embedder("offline", settings.cache_folder)
    assert agreement(folder_in(settings.cache_folder)) >= 0.9995


def test_the_offline_embedder_is_prepared_whole_and_once(tmp_path: Path) -> None:
    steps: list[str] = []
    folder = prepare(tmp_path, steps.append)
    assert len(steps) == 3
    assert agreement(folder) >= 0.9995
    assert prepare(tmp_path, steps.append) == folder
    assert len(steps) == 3
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    altered = tmp_path / "e5.bin"
    altered.write_bytes(weights_path().read_bytes()[:1000])
    with pytest.raises(EmbedderError, match="SHA-256"):
        check_weights(altered)


def test_bm25_equals_another_implementation() -> None:
    corpus = [["甲", "乙", "丙"], ["乙", "丁"], ["甲", "甲", "戊", "己"], ["庚"], ["辛", "壬"]]
    other = BM25Okapi(corpus, k1=K1, b=B)
    ours = LexicalIndex.build(corpus)
    for query in (["甲"], ["乙", "丁"], ["甲", "庚", "无"]):
        expected = np.zeros(len(corpus))
        for word in set(query) & set(other.idf):
            frequencies = np.array([words.count(word) for words in corpus])
            length = np.array(other.doc_len) / other.avgdl
            document_frequency = int((frequencies > 0).sum())
            idf = math.log(
                1 + (len(corpus) - document_frequency + 0.5) / (document_frequency + 0.5)
            )
            # rank_bm25 multiplies by k1 + 1 and uses another idf: both are taken out here.
            theirs = np.array(other.get_scores([word])) / other.idf[word] / (K1 + 1)
            assert np.allclose(theirs, frequencies / (frequencies + K1 * (1 - B + B * length)))
            expected += idf * theirs
            assert ours.idf(word) == pytest.approx(idf)
        assert np.allclose(ours.scores(query), expected, atol=1e-5)
    assert not ours.scores([]).any()


def test_scaling_by_hand() -> None:
    assert scaled(np.array([3.0, 1.0, 2.0], np.float32)).tolist() == [1, 0, 0.5]
    assert scaled(np.array([2.0, 2.0], np.float32)).tolist() == [1, 1]
    assert not scaled(np.array([0.0, 0.0], np.float32)).any()


def test_passages_cover_the_body(plan: Document) -> None:
    passages = list(passages_of(plan))
    assert len({passage.passage_id for passage in passages}) == len(passages)
    held = "".join(passage.text for passage in passages if passage.kind == "paragraph")
    for paragraph in plan.paragraphs:
        kind = plan.section(paragraph.section_id).kind
        if kind in BODY_KINDS - {"table", "row"}:
            assert plan.display(paragraph.span) in held
    rows = [passage for passage in passages if passage.kind == "row"]
    assert rows[11].text == "高中阶段教育 高中阶段毛入学率(%) 2020年 97.1 2025年 98.5 预期性"
    overview = next(p for p in passages if p.kind == "overview" and p.section_id == "3")
    assert overview.text.count("\n") == 10
    tells = {p.section_id: p for p in passages if p.kind == "card"}
    assert set(tells) == {"front", "card", "front-2"}
    contents = next(p for p in passages if p.section_id == "contents")
    assert contents.kind == "overview"
    assert "四、规划实施保障" in contents.text


@pytest.fixture
def fresh(tmp_path: Path, hashing_settings: Settings) -> Settings:
    return replace(hashing_settings, data_folder=tmp_path / "data")


def test_building_twice_builds_once(fresh: Settings) -> None:
    first = build_index(fresh.index, plans())
    second = build_index(fresh.index, plans())
    assert (first.rebuilt, second.rebuilt) == (True, False)
    assert first.folder == second.folder == current_folder(fresh.index)
    assert build_index(fresh.index, plans(), force=True).rebuilt
    assert load_passages(current_folder(fresh.index)) == tuple(passages_of(plans()[0]))
    leftovers = [path for path in fresh.index.index_folder.iterdir() if path.name.startswith(".b")]
    assert not leftovers


def test_no_index_names_the_command(fresh: Settings) -> None:
    with pytest.raises(IndexMissingError, match="wengui index build"):
        open_retriever(fresh.index, plans())


def test_another_embedder_is_named_with_both_values(fresh: Settings) -> None:
    folder = build_index(fresh.index, plans()).folder
    replace(Manifest.load(folder), embedder="A", fingerprint="a").save(folder)
    with pytest.raises(IndexStaleError, match=r"'A'.*'hashing'.*wengui index build"):
        open_retriever(fresh.index, plans())
    assert build_index(fresh.index, plans()).rebuilt


@pytest.mark.parametrize(
    "changed",
    [{"schema": 0}, {"documents": {}}, {"dictionary": "x"}],
    ids=lambda value: next(iter(value)),
)
def test_a_stale_index_is_not_opened(fresh: Settings, changed: dict[str, object]) -> None:
    folder = build_index(fresh.index, plans()).folder
    replace(Manifest.load(folder), **changed).save(folder)  # type: ignore[arg-type] # values of the test
    with pytest.raises(IndexStaleError, match="wengui index build"):
        open_retriever(fresh.index, plans())


@pytest.mark.parametrize("name", ["manifest.json", PASSAGES])
def test_damage_names_the_command(fresh: Settings, name: str) -> None:
    folder = build_index(fresh.index, plans()).folder
    (folder / name).write_text("{broken", encoding="utf-8")
    with pytest.raises(IndexDamagedError, match="wengui index build"):
        open_retriever(fresh.index, plans())


def test_a_lost_build_names_the_command(fresh: Settings) -> None:
    build_index(fresh.index, plans())
    (fresh.index.index_folder / CURRENT).write_text("gone\n", encoding="utf-8")
    with pytest.raises(IndexMissingError, match="wengui index build"):
        open_retriever(fresh.index, plans())


def test_the_retriever_keeps_the_contract(hashing_assistant: Assistant) -> None:
    retriever = hashing_assistant.retriever
    hits = retriever.retrieve("普通话普及率", k=5)
    assert hits[0].passage.section_id == "3.8.2"
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5]
    assert all(a.score >= b.score for a, b in pairwise(hits))
    assert retriever.retrieve("普通话普及率", k=5) == hits
    assert retriever.retrieve("普通话普及率", k=2) == hits[:2]
    assert retriever.retrieve("  ", k=5) == ()
    assert retriever.retrieve("普通话", k=0) == ()
    assert len(retriever.retrieve("普通话", k=10_000)) <= len(retriever.passages)


@pytest.mark.parametrize(
    ("query", "section_id"),
    [("智慧校园示范校", "3.7.box7.1"), ("高中阶段毛入学率", "2.3.table1.r12"), ("教师工资 公务员", "3.6.3"),
     ("老年大学示范校", "3.5.box5.3"), ("二〇三五远景目标", "2.3.2"), ("索引号", "card")],
)  # fmt: skip
def test_the_right_passage_comes_first(assistant: Assistant, query: str, section_id: str) -> None:
    assert assistant.retriever.retrieve(query, k=1)[0].passage.section_id == section_id


def test_langchain_retriever(hashing_assistant: Assistant) -> None:
    retriever = LangChainRetriever(retriever=hashing_assistant.retriever, k=3)
    documents = retriever.invoke("普通话普及率")
    assert len(documents) == 3
    assert documents[0].metadata["section_id"] == "3.8.2"
    assert documents[0].metadata["score"] >= documents[1].metadata["score"]
