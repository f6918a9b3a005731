"""Freed memory goes back to the system."""

import platform
import threading

import pytest

from assistant.web.heap import Heap, _malloc_trim


def test_memory_is_given_back_after_every_so_many_answers() -> None:
    trimmed: list[int] = []

    def trim(pad: int) -> int:
        trimmed.append(pad)
        return 1

    kept = Heap(every=10, trim=trim)

    def answer() -> None:
        for _ in range(25):
            kept.answered()

    threads = [threading.Thread(target=answer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trimmed == [0] * 10


def test_a_c_library_without_trimming_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.web.heap.ctypes.CDLL", lambda name: object())
    Heap(every=1).answered()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc has it")
def test_the_real_library_is_found() -> None:
    assert _malloc_trim()
    Heap(every=1).answered()
