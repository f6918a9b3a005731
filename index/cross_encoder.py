"""A cross-encoder by sentence-transformers: reads query and passage together; slower and surer."""

from collections.abc import Sequence

import numpy as np
from sentence_transformers import CrossEncoder

from corpus.errors import SettingsError
from index.features import Features
from index.passages import index_text
from index.query import Query
from index.rerank import Ranking
from index.types import Passage


class CrossEncoderReranker:
    """Scores every candidate by a model of one label; scores are probabilities in [0, 1]."""

    def __init__(self, name: str) -> None:
        try:
            self._model = CrossEncoder(name, num_labels=1, device="cpu")
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"重排模型 {name!r} 载入失败({type(error).__name__})。"
                "请把 reranker 设为存在的文件夹或可以下载的模型名,或删去这项设置。"
            ) from error

    def rank(self, query: Query, candidates: Sequence[Passage], features: Features) -> Ranking:
        """The model's probability for each candidate."""
        pairs = [(query.standard, index_text(passage)) for passage in candidates]
        found = np.asarray(self._model.predict(pairs, show_progress_bar=False), dtype=np.float64)
        return Ranking(found, float(np.clip(found.max(), 0.001, 0.999)))
