"""The embedder in training: low-rank changes of the upper layers (LoRA, arXiv:2106.09685), and a head that judges."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from torch import Tensor, nn
from torch.nn import functional

from index.embedders.onnx_model import PASSAGE, QUERY
from index.embedders.tuning import Tuning

RANK, SCALE, FIRST_LAYER = 24, 2.0, 3
QUESTION_TOKENS, TEXT_TOKENS = 60, 192
_PLACES = {
    "attention.self.query": "q", "attention.self.key": "k", "attention.self.value": "v",
    "attention.output.dense": "ao", "intermediate.dense": "fi", "output.dense": "fo",
}  # fmt: skip


class LowRank(nn.Module):
    """A linear layer and a change of low rank, which is all that is learnt."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear
        self.a = nn.Parameter(torch.randn(RANK, linear.in_features) / math.sqrt(linear.in_features))
        self.b = nn.Parameter(torch.zeros(linear.out_features, RANK))

    def forward(self, given: Tensor) -> Tensor:
        """The layer's output with the change."""
        return self.linear(given) + SCALE * (given @ self.a.T) @ self.b.T  # type: ignore[no-any-return]  # a module's call is Any


class Tuned:
    """The embedder with low-rank changes and a head, to be trained."""

    def __init__(self, folder: Path) -> None:
        self.model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        bert: Any = self.model[0].auto_model
        # The fused attention of torch is several times slower going back, with heads as small as these.
        bert.set_attn_implementation("eager")
        self.bert = bert
        self.tokenizer = self.model.tokenizer
        self.changed: dict[str, LowRank] = {}
        for parameter in bert.parameters():
            parameter.requires_grad_(False)
        for number, layer in enumerate(bert.encoder.layer):
            for place, short in _PLACES.items() if number >= FIRST_LAYER else ():
                holder, _, name = place.rpartition(".")
                parent = layer.get_submodule(holder)
                module = LowRank(getattr(parent, name))
                setattr(parent, name, module)
                self.changed[f"l{number}.{short}.w"] = module
        for part in bert.modules():
            if isinstance(part, nn.Dropout):
                part.p = 0.0
        self.head = nn.Linear(bert.config.hidden_size, 2)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def resume(self, tuning: Tuning) -> None:
        """Take over what was learnt before."""
        with torch.no_grad():
            for name, module in self.changed.items():
                first, second = tuning.factors(name)
                module.a.copy_(torch.from_numpy(first))
                module.b.copy_(torch.from_numpy(second) / SCALE)
            for parameter, learnt in zip(self.head.parameters(), tuning.head, strict=True):
                parameter.copy_(torch.from_numpy(learnt))

    def parameters(self) -> list[nn.Parameter]:
        """What is learnt."""
        changes = [part for module in self.changed.values() for part in (module.a, module.b)]
        return [*changes, *self.head.parameters()]

    def _mean(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """The mean state over the tokens of each row, shape (n_rows, hidden)."""
        ids = torch.full((len(rows), max(map(len, rows))), self.tokenizer.pad_token_id)
        mask = torch.zeros_like(ids)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = torch.tensor(row)
            mask[place, : len(row)] = 1
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=torch.is_grad_enabled()):
            states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).float()
        mean: Tensor = (states.float() * weights).sum(1) / weights.sum(1)
        return mean

    def _tokens(self, texts: Sequence[str], limit: int) -> list[list[int]]:
        read: list[list[int]] = self.tokenizer(list(texts), truncation=True, max_length=limit)[
            "input_ids"
        ]
        return read

    def embed(self, texts: Sequence[str], prompt: str, limit: int) -> Tensor:
        """Shape (n_texts, hidden), rows of length 1."""
        return functional.normalize(self._mean(self._tokens([prompt + t for t in texts], limit)))

    def judge(self, pairs: Sequence[tuple[str, str]]) -> Tensor:
        """Shape (n_pairs, 2): whether a text is to the question's point, whether it answers."""
        questions = self._tokens([QUERY + question for question, _ in pairs], QUESTION_TOKENS)
        texts = self._tokens([PASSAGE + text for _, text in pairs], TEXT_TOKENS)
        rows = [[*question, *text[1:]] for question, text in zip(questions, texts, strict=True)]
        judged: Tensor = self.head(self._mean(rows))
        return judged
