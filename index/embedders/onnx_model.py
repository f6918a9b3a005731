"""Runs the exported embedder with ONNX Runtime and `tokenizers`: no torch, no transformers."""

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import EmbedderError
from index.types import Judgements, Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"
MAX_TOKENS = 512
DIMENSION = 384
# Larger batches are not faster on a processor and take more memory.
BATCH = 8
QUERY, PASSAGE = "query: ", "passage: "
# Read together, a question and a text are cut where hardly one of them is longer.
MAX_QUERY_TOKENS, MAX_TEXT_TOKENS = 96, 224


def _own_cores() -> int:
    """How many cores this process may run on: fewer than there are in a container, or where it is pinned."""
    if hasattr(os, "sched_getaffinity"):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class OnnxEmbedder:
    """An exported model in a folder; its files are read at the first text."""

    def __init__(self, folder: Path, *, name: str, fingerprint: str) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self._folder = folder

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / TOKENIZER))
        tokenizer.enable_truncation(MAX_TOKENS)
        return tokenizer

    @cached_property
    def _session(self) -> "InferenceSession":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Within a run threads wait by spinning, which is faster; between runs that would take the
        # cores from whoever else answers.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        if (cores := _own_cores()) < (os.cpu_count() or 1):
            # More threads than cores would wait for each other by spinning.
            options.intra_op_num_threads = cores
        # The arena keeps the largest batch's memory for ever.
        options.enable_cpu_mem_arena = False
        try:
            return onnxruntime.InferenceSession(
                str(self._folder / MODEL), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise EmbedderError(
                f"嵌入模型 {self._folder / MODEL} 载入失败({type(error).__name__})。"
                "请运行 wengui index build 修复,或设置 WENGUI_ENGINE=torch 暂用参考引擎。"
            ) from error

    def _run(self, encoded: Sequence[Sequence[int]]) -> Sequence[Vectors]:
        """The model's outputs for texts of tokens: embeddings, judgements."""
        length = max(map(len, encoded))
        ids = np.zeros((len(encoded), length), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(encoded):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask}
        return [np.asarray(output, dtype=np.float32) for output in self._session.run(None, inputs)]

    def _embed(self, texts: Iterable[str]) -> Vectors:
        return self._run([self._tokenizer.encode(text).ids for text in texts])[0]

    def embed_documents(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """float32, shape (n_texts, dimension), rows of length 1."""
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        # Texts of like length share a batch: a short one need not be padded to a long one.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            vectors[places] = self._embed([PASSAGE + texts[place] for place in places])
            if progress is not None:
                progress(start + len(places))
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """float32, shape (dimension,), of length 1."""
        row: Vectors = self._embed([QUERY + text])[0]
        return row

    def judge(self, query: str, texts: Sequence[str]) -> Judgements:
        """float32, shape (n_texts, 2), see `index.types.Judge`."""
        if not texts:
            return np.zeros((0, 2), dtype=np.float32)
        own = self._tokenizer.encode(QUERY + query).ids[:MAX_QUERY_TOKENS]
        read = [self._tokenizer.encode(PASSAGE + text).ids for text in texts]
        # <s> question </s> text </s>
        return self._run([[*own, *ids[1:MAX_TEXT_TOKENS]] for ids in read])[1]
