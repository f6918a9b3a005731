"""Serving without torch: the exported embedder is the reference's, and nothing heavy is imported."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sentence_transformers import SentenceTransformer

from assistant.pipeline import Assistant
from assistant.settings import Settings, load_settings
from corpus.errors import EmbedderError, SettingsError
from corpus.library import make_document, plans
from corpus.source import Source
from corpus.types import Metadata
from evals.questions import load_questions, locate
from evals.retrieval import measure, passage_ranking, relevant_passages
from index.build import build_index
from index.embedders import offline, open_embedder
from index.embedders.export import MENDS, SEAL, WEIGHTS, agreement, damage, folder_in, prepare
from index.embedders.onnx_model import MODEL, TOKENIZER, OnnxEmbedder
from index.retriever import open_retriever
from index.types import Vectors

QUESTION = "高中阶段毛入学率2025年目标是多少?"
# What an answer does not need. torch alone takes longer to import than a whole answer.
HEAVY = ("torch", "transformers", "sentence_transformers", "scipy", "sklearn", "bm25s", "onnx")


@pytest.fixture
def exported(settings: Settings, tmp_path: Path) -> Path:
    """A cache folder with a copy of the exported model, to be damaged."""
    source = folder_in(settings.cache_folder)
    target = folder_in(tmp_path)
    shutil.copytree(source, target)
    reference = source.parent / target.name.rpartition("-onnx")[0]
    (target.parent / reference.name).symlink_to(reference)
    return tmp_path


class Computed:
    """The reference's vectors of some questions, computed together: one by one they take a minute."""

    def __init__(self, settings: Settings, texts: Sequence[str]) -> None:
        folder = offline.folder_in(settings.cache_folder)
        self.name, self.fingerprint = offline.NAME, folder.name
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        vectors = model.encode(list(texts), prompt_name="query", show_progress_bar=False)
        self._vectors = dict(zip(texts, vectors, strict=True))
        judge = open_embedder("offline", settings.cache_folder, "onnx")
        assert isinstance(judge, OnnxEmbedder)
        self.judge = judge.judge  # how the engines agree in judging: test_tuning

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self._vectors[text]
        return vector

    def embed_documents(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        raise NotImplementedError


# Of two hits whose scores are so close either engine may put either first.
NEAR_TIE = 0.02
# The fifth and the sixth of so nearly the same score may change places.
NEARLY = 0.92
# So few of the questions may lose by ties further down.
NEAR_TIES = 0.002


@pytest.mark.parametrize(("name", "step", "lost"), [("test", 1, 0.0), ("dev", 2, NEAR_TIES)])
def test_the_engines_find_the_same(
    settings: Settings, assistant: Assistant, name: str, step: int, lost: float
) -> None:
    """Same first hit for 99 %, and no loss of recall; on every other question of dev but by near ties."""
    documents, reader = plans(), assistant.retriever.reader
    questions = [question for question in load_questions(name) if question.evidence][::step]
    texts = [reader.read(question.question).standard for question in questions]
    reference = open_retriever(settings.index, documents, embedder=Computed(settings, texts))
    same = 0
    gains: dict[str, list[float]] = {}
    for question in questions:
        qrels = relevant_passages(locate(question, documents), reference.passages)
        before, after = (
            retriever.retrieve(question.question, k=10)
            for retriever in (reference, assistant.retriever)
        )
        same += before[0].passage == after[0].passage
        old, new = (measure(qrels, passage_ranking(hits)) for hits in (before, after))
        if len(before) > 1 and before[0].score - before[1].score < NEAR_TIE:
            new["success@1"] = old["success@1"]
        if len(before) > 5 and before[5].score > NEARLY * before[4].score:
            new |= {measured: old[measured] for measured in ("success@5", "recall@5")}
        for measured, value in new.items():
            gains.setdefault(measured, []).append(value - old[measured])
    assert len(questions) > 150
    assert same >= 0.99 * len(questions)
    for measured in ("success@1", "success@5", "recall@5"):
        assert sum(gains[measured]) >= -lost * len(questions), measured


def test_the_engines_name_one_embedder(settings: Settings) -> None:
    onnx = open_embedder("offline", settings.cache_folder, "onnx")
    torch = open_embedder("offline", settings.cache_folder, "torch")
    assert isinstance(onnx, OnnxEmbedder)
    assert not isinstance(torch, OnnxEmbedder)
    assert (onnx.name, onnx.fingerprint) == (torch.name, torch.fingerprint)
    assert (
        agreement(onnx) >= 0.999
    )  # what training changed is rounded to 8 bits; the rest loses nothing
    long = plans()[0].text[:4000]  # past the model's 512 tokens
    # Over 512 tokens the rounding of all twelve layers adds up (docs/decisions/012-serving.md).
    assert onnx.embed_query(long) @ torch.embed_query(long) > 0.998


def test_the_fitted_probability_holds_with_either_engine(assistant: Assistant) -> None:
    assert getattr(assistant.retriever, "calibrated", None) is True


@pytest.mark.parametrize("name", [MODEL, WEIGHTS, TOKENIZER, SEAL])
def test_a_damaged_export_is_named_and_mended(exported: Path, name: str) -> None:
    folder = folder_in(exported)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(EmbedderError, match="已损坏") as raised:
        open_embedder("offline", exported, "onnx")
    assert MENDS in str(raised.value)
    assert prepare(exported, mend=True) == folder
    assert not damage(folder)
    open_embedder("offline", exported, "onnx")


def test_a_missing_export_is_made_when_it_is_asked_for(exported: Path) -> None:
    folder = folder_in(exported)
    shutil.rmtree(folder)
    open_embedder("offline", exported, "onnx")
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [MODEL, WEIGHTS, TOKENIZER, SEAL]
    )
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".")]


def test_a_build_exports_unless_told_otherwise(exported: Path, tmp_path: Path) -> None:
    folder = folder_in(exported)
    shutil.rmtree(folder)
    source = Source(text="关于培训的通知\n\n一、时间\n培训在5月12日举行。\n")
    documents = [make_document("notice", source, Metadata(title="关于培训的通知"))]
    torch = Settings(data_folder=tmp_path / "data", cache_folder=exported, engine="torch")
    result = build_index(torch.index, documents)
    assert not folder.exists()
    onnx = Settings(data_folder=tmp_path / "data", cache_folder=exported)
    assert build_index(onnx.index, documents).folder == result.folder
    assert not damage(folder)


def test_an_unknown_engine_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="engine"):
        load_settings({"WENGUI_ENGINE": "gpu"}, tmp_path / "wengui.toml")


def _imported(code: str) -> set[str]:
    """The modules of HEAVY that a process has imported when the code is done."""
    told = (
        f"import json, sys\n{code}\nprint(json.dumps([n for n in {HEAVY!r} if n in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_an_answer_imports_nothing_heavy(settings: Settings) -> None:
    """Nor gradio and LangChain, which are the page's and the language model's."""
    code = f"""
from click.testing import CliRunner
from assistant.commands.ask import ask
from assistant.settings import load_settings
done = CliRunner().invoke(ask, [{QUESTION!r}], obj=load_settings())
assert "98.5%" in done.output, done.output
assert not {{"gradio", "langchain", "langchain_core", "pypinyin", "fastapi"}} & set(sys.modules)
"""
    assert _imported(code) == set()


def test_an_answer_over_files_imports_nothing_heavy(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "通知.txt"
    file.write_text("关于培训的通知\n\n一、时间\n培训在5月12日举行。\n", encoding="utf-8")
    code = f"""
from assistant.over import assistant_over, documents_of_files
from assistant.settings import load_settings
from pathlib import Path
answer = assistant_over(documents_of_files([Path({str(file)!r})]), load_settings()).answer("培训在哪天举行?")
assert "5月12日" in answer.text, answer.text
"""
    assert _imported(code) <= {"bm25s", "scipy"}  # BM25 is built there, not only read


def test_the_service_imports_no_torch(settings: Settings) -> None:
    code = f"""
from fastapi.testclient import TestClient
from assistant.feedback import FeedbackStore
from assistant.pipeline import open_assistant
from assistant.service import make_app
from assistant.settings import load_settings
from assistant.site import Site
settings = load_settings()
site = Site(
    assistant=open_assistant(settings),
    feedback=FeedbackStore(settings.feedback_file),
    results_folder=settings.results_folder,
)
answer = TestClient(make_app(site)).post("/api/ask", json={{"question": {QUESTION!r}}}).json()
assert "98.5%" in answer["answer"], answer
"""
    assert _imported(code) <= {"scipy"}  # gradio's pandas may bring it
