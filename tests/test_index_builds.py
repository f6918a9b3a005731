"""An index is whole at every moment, takes over what it can, and says what is broken."""

import gc
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.settings import Settings
from corpus.errors import IndexBusyError, IndexDamagedError, IndexMissingError, IndexStaleError
from corpus.library import make_document
from corpus.source import Source
from corpus.types import Document, Metadata
from index import commands
from index.build import BuildResult, build_index
from index.builds import BUILDS, CURRENT, LOCK, building, current_folder
from index.embedders.hashing import HashingEmbedder
from index.embeddings import EMBEDDINGS, embed_texts, known_vectors, load_embeddings
from index.manifest import SCHEMA, Manifest
from index.parts import PASSAGES, load_passages
from index.passages import embedding_texts, passages_of
from index.retriever import open_retriever
from index.seal import find_damage, seal
from index.settings import IndexSettings
from index.vectors import VectorIndex, close_client, embedded_client, even_batches, write_collection
from index.verify import verify_index

WENGUI = Path(sys.executable).parent / "wengui"
SEED = 20261123
# WENGUI_KILLS=50 for a long run
MOMENTS = int(os.environ.get("WENGUI_KILLS", "6"))


def small_document(name: str, text: str) -> Document:
    return make_document(name, Source(text=text), Metadata(title=text.split("\n", maxsplit=1)[0]))


STANDING = small_document(
    "standing",
    "关于推广普通话的通知\n一、目标\n普通话普及率达到85%。乡村教师每年培训一次。\n二、学校\n"
    "每所学校设语言文字委员会。每年九月举办推普周。\n三、经费\n区财政安排专项经费50万元。\n",
)
ADDED = small_document(
    "added",
    "关于加强校车管理的通知\n一、校车安全\n校车每天检查两次。司机不得超速。\n二、司机\n司机每年体检一次。\n",
)


def library(added: bool) -> list[Document]:
    return [STANDING, ADDED] if added else [STANDING]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, hashing_settings: Settings) -> Path:
    """A data folder with an index, to be copied."""
    folder = tmp_path_factory.mktemp("built") / "data"
    build_index(replace(hashing_settings, data_folder=folder).index, library(added=False))
    return folder


@pytest.fixture
def settings_of_copy(tmp_path: Path, built: Path, hashing_settings: Settings) -> Settings:
    shutil.copytree(built, tmp_path / "data")
    return replace(hashing_settings, data_folder=tmp_path / "data")


@pytest.fixture
def index(settings_of_copy: Settings) -> IndexSettings:
    return settings_of_copy.index


def assert_whole(index: IndexSettings, documents: list[Document]) -> None:
    assert verify_index(index).damages == ()
    hits = open_retriever(index, documents).retrieve("普通话普及率", k=3)
    assert "普通话普及率" in hits[0].passage.text
    gc.collect()  # the retriever lets its build go


# What a build takes over


def test_an_added_document_alone_is_embedded(index: IndexSettings) -> None:
    before = load_embeddings(current_folder(index))
    result = build_index(index, library(added=True))
    new = set(embedding_texts(list(passages_of(ADDED))))
    assert result.embedded == len(new) > 2
    after = load_embeddings(result.folder)
    assert (after[: len(before)] == before).all()
    fresh = HashingEmbedder().embed_documents(embedding_texts(load_passages(result.folder)))
    assert (after == fresh).all()
    hits = open_retriever(index, library(added=True)).retrieve("校车每天检查几次", k=1)
    assert hits[0].passage.document_id == "added"


def test_a_removed_document_needs_no_embedding(index: IndexSettings) -> None:
    build_index(index, library(added=True))
    result = build_index(index, library(added=False))
    assert result.rebuilt
    assert result.embedded == 0
    assert_whole(index, library(added=False))


def test_another_embedders_vectors_are_not_taken_over(index: IndexSettings) -> None:
    assert known_vectors(index, HashingEmbedder().fingerprint)
    assert not known_vectors(index, HashingEmbedder(256).fingerprint)


def test_damaged_vectors_are_not_taken_over(index: IndexSettings) -> None:
    flip(current_folder(index) / EMBEDDINGS, 5000)
    result = build_index(index, library(added=False))
    assert result.rebuilt
    assert result.embedded == result.manifest.parts
    assert_whole(index, library(added=False))


def test_equal_texts_are_embedded_once() -> None:
    counted: list[tuple[int, int]] = []
    vectors, embedded = embed_texts(
        ["甲", "乙", "甲"], HashingEmbedder(), {}, lambda done, total: counted.append((done, total))
    )
    assert (embedded, counted[-1]) == (2, (2, 2))
    assert (vectors == HashingEmbedder().embed_documents(["甲", "乙", "甲"])).all()
    none, embedded = embed_texts([], HashingEmbedder(), {}, lambda done, total: None)
    assert (none.shape, embedded) == ((0, 512), 0)


@pytest.mark.parametrize("count", [0, 1, 2, 4999, 5000, 5001, 12_345])
def test_batches_are_even_and_cover_all(count: int) -> None:
    batches = even_batches(count)
    assert [place for batch in batches for place in batch] == list(range(count))
    assert max(map(len, batches), default=0) - min(map(len, batches), default=0) <= 1
    assert all(len(batch) <= 5000 for batch in batches)


@pytest.mark.parametrize("count", [1, 3, 150])
def test_opening_and_asking_leave_the_sealed_files_as_they_are(
    tmp_path: Path, plan: Document, count: int
) -> None:
    passages = [replace(p, parts=p.parts[:1]) for p in passages_of(plan)][:count]
    vectors = HashingEmbedder().embed_documents(embedding_texts(passages))
    client = embedded_client(tmp_path)
    write_collection(client, "passages", passages, vectors)
    close_client(client)
    checksums = seal(tmp_path)
    for _ in range(2):
        opened = VectorIndex.open(tmp_path)
        assert opened.nearest(vectors[0], k=1)[0][0] == 0
        opened.close()
        assert not list(find_damage(tmp_path, checksums))


# What is broken


def flip(path: Path, *places: int) -> None:
    content = bytearray(path.read_bytes())
    for place in places:
        content[place] ^= 0x10
    path.write_bytes(content)


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def weak_spots(path: Path, folder: Path) -> list[int]:
    """Places in a file that matter: in SQLite wherever a sentence stands, else the middle."""
    if path.suffix != ".sqlite3":
        return [path.stat().st_size // 2]
    text = load_passages(folder)[1].parts[0].text.encode()
    return [found.start() for found in re.finditer(re.escape(text), path.read_bytes())]


def harm(path: Path, folder: Path, how: str) -> None:
    if how == "flipped":
        flip(path, *weak_spots(path, folder))
    elif how == "cut":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        path.unlink()


@pytest.mark.parametrize("how", ["flipped", "cut", "gone"])
def test_damage_in_any_file_is_found_and_told(
    settings_of_copy: Settings, built: Path, how: str
) -> None:
    index = settings_of_copy.index
    folder = current_folder(index)
    whole = built / "index" / BUILDS / folder.name
    names = [path.relative_to(folder) for path in files_of(folder) if path.stat().st_size]
    assert len(names) > 15
    for name in names:
        harm(folder / name, whole, how)
        report = verify_index(index)
        assert [damage.part for damage in report.damages] == [name.as_posix()], name
        with pytest.raises(IndexDamagedError, match="wengui index build"):
            open_retriever(index, library(added=False))
        shutil.copy2(whole / name, folder / name)
    assert verify_index(index).damages == ()


def test_a_build_mends_what_is_damaged(index: IndexSettings) -> None:
    flip(current_folder(index) / PASSAGES, 1000)
    mended = build_index(index, library(added=False))
    assert (mended.rebuilt, mended.embedded) == (True, 0)
    assert_whole(index, library(added=False))


def test_counts_that_disagree_are_damage(index: IndexSettings) -> None:
    folder = current_folder(index)
    manifest = Manifest.load(folder)
    replace(manifest, parts=manifest.parts + 1).save(folder)
    parts = {damage.part for damage in verify_index(index).damages}
    assert parts == {"lexical/parts", "embeddings.npy", "vectors"}


def test_an_older_schema_names_both_and_the_command(index: IndexSettings) -> None:
    folder = current_folder(index)
    for schema in (1, 3):
        old: dict[str, object] = {
            "schema": schema,
            "embedder": "hashing",
            "documents": {},
            "passages": 3,
        }
        (folder / "manifest.json").write_text(json.dumps(old), encoding="utf-8")
        with pytest.raises(IndexStaleError, match=f"{schema}.*{SCHEMA}.*wengui index build"):
            open_retriever(index, library(added=False))
    assert build_index(index, library(added=False)).rebuilt


@pytest.mark.parametrize("current", ["gone\n", "", "..", "\x00", "../builds"])
def test_current_pointing_nowhere_is_found(index: IndexSettings, current: str) -> None:
    (index.index_folder / CURRENT).write_text(current, encoding="utf-8")
    assert [damage.part for damage in verify_index(index).damages] == [CURRENT]
    with pytest.raises(IndexMissingError, match="wengui index build"):
        open_retriever(index, library(added=False))
    assert build_index(index, library(added=False)).rebuilt


def verify(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(commands.index, ["verify", *arguments], obj=settings)


def test_the_command_says_what_is_broken(settings_of_copy: Settings) -> None:
    whole = verify(settings_of_copy)
    assert (whole.exit_code, whole.output.split(":")[0]) == (0, "索引完好")
    flip(current_folder(settings_of_copy.index) / PASSAGES, 100)
    broken = verify(settings_of_copy, "--json")
    assert broken.exit_code == 1
    report = json.loads(broken.stdout)
    assert report["remedy"] == "wengui index build"
    assert report["damages"] == [{"part": PASSAGES, "what": "内容与建立时不同"}]
    assert "修复:wengui index build" in verify(settings_of_copy).output


def test_the_process_ends_with_its_status(settings_of_copy: Settings) -> None:
    flip(current_folder(settings_of_copy.index) / EMBEDDINGS, 1000)
    environment = os.environ | {
        "WENGUI_DATA_FOLDER": str(settings_of_copy.data_folder),
        "WENGUI_CACHE_FOLDER": str(settings_of_copy.cache_folder),
    }
    done = subprocess.run(
        [str(WENGUI), "index", "verify"],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"{EMBEDDINGS}:内容与建立时不同" in done.stdout


# Readers and old builds


def test_a_build_that_is_read_stays_until_it_is_let_go(index: IndexSettings) -> None:
    reader = open_retriever(index, library(added=False))
    first = current_folder(index)
    build_index(index, library(added=True))
    second = current_folder(index)
    assert first.is_dir()
    assert reader.retrieve("普通话普及率", k=1)[0].passage.section_id == "1"
    del reader
    gc.collect()
    build_index(index, library(added=True))
    assert not first.exists()
    assert current_folder(index) == second
    assert [path.name for path in (index.index_folder / BUILDS).iterdir()] == [second.name]


def test_readers_never_see_a_switch(index: IndexSettings) -> None:
    """One thread builds again and again, readers open and ask meanwhile."""
    failures: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                hits = open_retriever(index, library(added=False)).retrieve("普通话普及率", k=1)
                assert "普通话普及率" in hits[0].passage.text
            except Exception as error:  # noqa: BLE001 - whatever happens in the thread is the finding
                failures.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(4):
        build_index(index, library(added=False), force=True)
    done.set()
    for reader in readers:
        reader.join()
    assert not failures


# Killed and concurrent builds: real processes, forked from a server that has the modules loaded


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__, "tests.loaded"])
    return context


class Killed:
    """Ends its own process, as `kill -9` does, at the n-th step; `begun` is set at the first."""

    def __init__(self, at_step: int, begun: Event) -> None:
        self._left = at_step
        self._begun = begun

    def step(self, message: str) -> None:
        self._begun.set()
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def count(self, done: int, total: int) -> None:
        pass


def build_in_process(index: IndexSettings, begun: Event, at_step: int = 0) -> None:
    build_index(index, library(added=True), force=True, progress=Killed(at_step, begun))


def started(
    processes: ForkServerContext, work: Callable[..., None], *arguments: object
) -> ForkServerProcess:
    process = processes.Process(target=work, args=arguments)
    process.start()
    return process


def assert_old_or_new(index: IndexSettings) -> bool:
    """Whether the new index is there; it or the old one is whole, and the old one is built again."""
    is_new = "added" in Manifest.load(current_folder(index)).documents
    assert_whole(index, library(is_new))
    build_index(index, library(added=False))
    assert {path.name for path in index.index_folder.iterdir()} == {CURRENT, LOCK, BUILDS}
    assert len(list((index.index_folder / BUILDS).iterdir())) == 1
    return is_new


def test_killed_at_every_step(index: IndexSettings, processes: ForkServerContext) -> None:
    """Before the switch the old index stands, whatever was done already."""
    for step in (1, 2, 3, 4, 5):
        begun = processes.Event()
        process = started(processes, build_in_process, index, begun, step)
        process.join(30)
        assert process.exitcode == -signal.SIGKILL
        assert not assert_old_or_new(index)


def kill_at_random_moments(
    index: IndexSettings, processes: ForkServerContext, moments: int, seed: int
) -> list[bool]:
    """Kill builds at moments spread over their whole course; for each whether the new index is there."""
    chance = random.Random(seed)  # noqa: S311 - a test's moments

    def begun() -> ForkServerProcess:
        event = processes.Event()
        process = started(processes, build_in_process, index, event)
        assert event.wait(30)
        return process

    whole = begun()
    began = time.monotonic()
    whole.join(60)
    assert whole.exitcode == 0
    seconds = time.monotonic() - began
    assert assert_old_or_new(index)
    outcomes = []
    for moment in range(moments):
        process = begun()
        process.join(seconds * (moment + chance.random()) / moments)
        process.kill()
        process.join(30)
        outcomes.append(assert_old_or_new(index))
    return outcomes


def test_killed_at_any_moment(index: IndexSettings, processes: ForkServerContext) -> None:
    outcomes = kill_at_random_moments(index, processes, MOMENTS, SEED)
    assert len(outcomes) == MOMENTS
    assert not outcomes[0]


def build_and_tell(index: IndexSettings, folder: Path) -> None:
    result: BuildResult = build_index(index, library(added=True))
    (folder / f"{os.getpid()}").write_text(str(result.rebuilt), encoding="utf-8")


def test_of_two_processes_one_builds(
    index: IndexSettings, processes: ForkServerContext, tmp_path: Path
) -> None:
    folder = tmp_path / "told"
    folder.mkdir()
    both = [started(processes, build_and_tell, index, folder) for _ in range(2)]
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    assert sorted(path.read_text(encoding="utf-8") for path in folder.iterdir()) == [
        "False",
        "True",
    ]
    assert_whole(index, library(added=True))


class Heard:
    """Keeps the steps that it hears of."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def step(self, message: str) -> None:
        self.steps.append(message)

    def count(self, done: int, total: int) -> None:
        pass


def test_who_waits_says_so_and_gives_up(index: IndexSettings) -> None:
    heard = Heard()
    with (
        building(index, wait_seconds=1, waiting=heard.step),
        pytest.raises(IndexBusyError, match=r"另一个进程.*wengui index build"),
    ):
        build_index(index, library(added=False), progress=heard, wait_seconds=0.1)
    assert "另一个进程正在" in heard.steps[-1]
    assert not build_index(index, library(added=False)).rebuilt
