"""The offline embedder as sentence-transformers runs it: what an index is built with."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from index.embedders.onnx_model import MAX_QUERY_TOKENS, MAX_TEXT_TOKENS, PASSAGE, QUERY
from index.embedders.sentence import SentenceTransformerEmbedder
from index.embedders.tuning import load_tuning
from index.types import Judgements


class ReferenceEmbedder(SentenceTransformerEmbedder):
    """Embeds, and judges with the head that training gave it."""

    def judge(self, query: str, texts: Sequence[str]) -> Judgements:
        """float32, shape (n_texts, 2), see `index.types.Judge`."""
        import torch

        model = self._loaded()
        transformer: Callable[[torch.Tensor], Any] = model[0].auto_model  # type: ignore[assignment]  # a Module's attribute
        weights, bias = load_tuning().head
        own = model.tokenizer(QUERY + query)["input_ids"][:MAX_QUERY_TOKENS]
        rows = []
        for text in texts:
            read = model.tokenizer(PASSAGE + text)["input_ids"][1:MAX_TEXT_TOKENS]
            with torch.inference_mode():
                state = transformer(torch.tensor([[*own, *read]])).last_hidden_state
            rows.append(weights @ state[0].mean(dim=0).numpy() + bias)
        return np.array(rows, dtype=np.float32).reshape(-1, len(bias))
