"""numpy's files are read by many threads at once, whatever the garbage collector does."""

import gc
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.arrays import load_array


@pytest.fixture
def busy_collector() -> Iterator[None]:
    """Collects garbage all the time, runs Python code as it does, and threads change places often."""

    def work(_phase: str, _counts: dict[str, int]) -> None:
        sum(range(50))

    threshold, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.callbacks.append(work)
    gc.set_threshold(20)
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*threshold)
    gc.callbacks.remove(work)


def _read_deeper(file: Path, failures: list[Exception], deeper: int) -> None:
    """The interpreter compares depths, so the threads must differ in theirs."""
    if deeper:
        _read_deeper(file, failures, deeper - 1)
        return
    try:
        for _ in range(2000):
            load_array(file)
    except Exception as error:  # noqa: BLE001 - whatever happens in the thread is the finding
        failures.append(error)


@pytest.mark.usefixtures("busy_collector")
def test_threads_read_at_once(tmp_path: Path) -> None:
    file = tmp_path / "some.npy"
    np.save(file, np.zeros(3))
    failures: list[Exception] = []
    readers = [
        threading.Thread(target=_read_deeper, args=(file, failures, deeper)) for deeper in range(4)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert not failures
