"""The folder of an index: which build is current, who reads it, and what may go.

    index_folder/
    ├── CURRENT                    the name of the build in use
    ├── .lock                      held by the one process that builds
    ├── .building-*, .removing-*   unfinished work; the next build removes what was left of it
    └── builds/<name>/             a finished build, never changed

A build is written beside its place and renamed when it is whole; then CURRENT is replaced. Whenever
a process ends, by power cut or `kill -9`, CURRENT names the old build or the new one, and that is whole.

A reader holds a shared `flock` on the build's folder, which ends with its process. Builds that
nobody holds are removed, the others wait for a later time.
"""

import fcntl
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import IndexBusyError, IndexMissingError
from index.settings import IndexSettings

CURRENT = "CURRENT"
BUILDS = "builds"
LOCK = ".lock"
BUILDING = ".building-"
REMOVING = ".removing-"
REBUILD = "请运行 wengui index build 重建"
# Between reading CURRENT and holding its build another process may switch; it does so once in minutes.
ATTEMPTS = 20


class Lease:
    """Keeps a build from being removed until it is released or forgotten."""

    def __init__(self, handle: int) -> None:
        self._close = weakref.finalize(self, os.close, handle)

    def release(self) -> None:
        """Let the build go; a second time does nothing."""
        self._close()


def current_folder(settings: IndexSettings) -> Path:
    """The folder of the build in use; IndexMissingError where there is none."""
    try:
        name = (settings.index_folder / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise IndexMissingError(
            f"还没有索引({settings.index_folder})。请先运行 wengui index build 建立。"
        ) from error
    except (OSError, ValueError) as error:
        raise IndexMissingError(
            f"索引 {settings.index_folder} 的 {CURRENT} 读不出来。{REBUILD}。"
        ) from error
    folder = settings.index_folder / BUILDS / name
    if not name.replace("-", "").isalnum() or not folder.is_dir():
        raise IndexMissingError(
            f"索引 {settings.index_folder} 的 {CURRENT} 指向 {name[:40]!r},那里没有索引。{REBUILD}。"
        )
    return folder


def _held(folder: Path, how: int) -> int | None:
    """A handle that holds the folder, or None where it is gone or held by another."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, how)
        if os.path.samestat(os.fstat(handle), folder.stat()):
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(handle)
    return None


def lease_current(settings: IndexSettings) -> tuple[Path, Lease]:
    """The folder of the build in use, and what keeps it there; IndexMissingError where there is none."""
    for _ in range(ATTEMPTS):
        folder = current_folder(settings)
        handle = _held(folder, fcntl.LOCK_SH)
        if handle is not None:
            return folder, Lease(handle)
    raise IndexMissingError(f"索引 {settings.index_folder} 一再被替换,没能打开。请稍后再试。")


@contextmanager
def building(
    settings: IndexSettings, *, wait_seconds: float, waiting: Callable[[str], None]
) -> Iterator[None]:
    """The right to build, for one process at a time.

    Another waits, after it said so, and gets IndexBusyError when it waited in vain.
    """
    settings.index_folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.index_folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waiting(f"另一个进程正在 {settings.index_folder} 建立索引,等它完成")
        try:
            lock.acquire(timeout=wait_seconds)
        except Timeout as error:
            raise IndexBusyError(
                f"另一个进程正在 {settings.index_folder} 建立索引,等了 {wait_seconds:g} 秒仍未结束。"
                "请等它完成后再运行 wengui index build。"
            ) from error
    try:
        yield
    finally:
        lock.release()


def sync(path: Path) -> None:
    """Have the disk keep a file or a folder's list of names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def work_folder(settings: IndexSettings) -> tempfile.TemporaryDirectory[str]:
    """A folder for unfinished work, gone at the end of the `with`, or removed by the next build."""
    return tempfile.TemporaryDirectory(dir=settings.index_folder, prefix=BUILDING)


def publish(settings: IndexSettings, made: Path, name: str) -> Path:
    """Put a finished build in its place and make it the current one; the folder it has then."""
    builds = settings.index_folder / BUILDS
    builds.mkdir(exist_ok=True)
    sync(made)
    target = made.rename(builds / name)
    sync(builds)
    with tempfile.NamedTemporaryFile(
        "w", dir=settings.index_folder, prefix=BUILDING, delete=False, encoding="utf-8"
    ) as stream:
        stream.write(name + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    Path(stream.name).replace(settings.index_folder / CURRENT)
    sync(settings.index_folder)
    return target


def old_builds(settings: IndexSettings) -> list[Path]:
    """The builds that are not the current one, the latest first."""
    current = current_folder(settings)
    builds = [path for path in current.parent.iterdir() if path != current]
    return sorted(builds, key=lambda path: path.stat().st_mtime_ns, reverse=True)


def remove_build(
    settings: IndexSettings, folder: Path, remove_collection: Callable[[Path], None]
) -> bool:
    """Whether a build was removed, its collection first: it is left where a reader holds it."""
    handle = _held(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if handle is None:
        return False
    try:
        remove_collection(folder)
        # The rename takes it away in one step; half a build never stands among the builds.
        gone = folder.rename(settings.index_folder / f"{REMOVING}{folder.name}")
        shutil.rmtree(gone, ignore_errors=True)
    finally:
        os.close(handle)
    return True


def remove_leftovers(settings: IndexSettings, remove_collection: Callable[[Path], None]) -> None:
    """Remove the unfinished work of processes that were killed. Only for who holds the right to build."""
    for path in settings.index_folder.iterdir():
        if path.name.startswith(BUILDING) and path.is_dir():
            for unfinished in path.iterdir():
                remove_collection(unfinished)
        if path.name.startswith((BUILDING, REMOVING)):
            shutil.rmtree(path, ignore_errors=True)
            if path.is_file():
                path.unlink()
