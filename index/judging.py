"""The embedder as a judge, where it can read a question and a text together."""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from index.types import Embedder, Judge, Judgements

# A question's passages and then its sentences are judged; they are the same texts for the most part.
REMEMBERED = 256


class RememberingJudge:
    """Asks another judge once for each pair of the last few."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._known: OrderedDict[tuple[str, str], tuple[float, ...]] = OrderedDict()

    def judge(self, query: str, texts: Sequence[str]) -> Judgements:
        """As the other judge."""
        known = {text: row for text in texts if (row := self._known.get((query, text)))}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        for text, row in zip(new, self._judge.judge(query, new), strict=True):
            known[text] = self._known[query, text] = tuple(map(float, row))
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return np.array([known[text] for text in texts], dtype=np.float32).reshape(len(texts), 2)


def judge_of(embedder: Embedder) -> Judge | None:
    """The embedder as a judge that remembers; None where it cannot judge."""
    return RememberingJudge(embedder) if isinstance(embedder, Judge) else None
