"""The embedder in training: low-rank changes of its layers (LoRA, arXiv:2106.09685), and a head that judges."""

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

RANK, SCALE, DROPOUT = 64, 2.0, 0.06
QUESTION_TOKENS, TEXT_TOKENS = 96, 224
# Rows of like length run together, at most so many tokens with their padding.
RUN_TOKENS = 32768
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

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        self.device = device
        self.model = SentenceTransformer(str(folder), device=device, local_files_only=True)
        bert: Any = self.model[0].auto_model
        # The fused attention of torch is several times slower going back, with heads as small as these.
        bert.set_attn_implementation("eager")
        self.bert = bert
        self.tokenizer = self.model.tokenizer
        self.changed: dict[str, LowRank] = {}
        for parameter in bert.parameters():
            parameter.requires_grad_(False)
        for number, layer in enumerate(bert.encoder.layer):
            for place, short in _PLACES.items():
                holder, _, name = place.rpartition(".")
                parent = layer.get_submodule(holder)
                module = LowRank(getattr(parent, name)).to(device)
                setattr(parent, name, module)
                self.changed[f"l{number}.{short}.w"] = module
        for part in bert.modules():
            if isinstance(part, nn.Dropout):
                part.p = DROPOUT
        self.head = nn.Linear(bert.config.hidden_size, 2, device=device)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def resume(self, tuning: Tuning) -> None:
        """Take over what was learnt before, with a lower rank or in fewer layers too."""
        with torch.no_grad():
            for name, module in self.changed.items():
                if tuning.change(name) is None:
                    continue
                first, second = tuning.factors(name)
                module.a[: len(first)] = torch.from_numpy(first)
                module.b[:, : len(first)] = torch.from_numpy(second) / SCALE
            for parameter, learnt in zip(self.head.parameters(), tuning.head, strict=True):
                parameter.copy_(torch.from_numpy(learnt))

    def parameters(self) -> list[nn.Parameter]:
        """What is learnt."""
        changes = [part for module in self.changed.values() for part in (module.a, module.b)]
        return [*changes, *self.head.parameters()]

    def learns(self, learns: bool) -> None:
        """Whether parts are dropped by chance, as they are in training."""
        self.bert.train(learns)

    def _mean(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """The mean state over the tokens of each row, shape (n_rows, hidden)."""
        order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
        runs: list[list[int]] = [[]]
        for place in order:
            if runs[-1] and (len(runs[-1]) + 1) * len(rows[place]) > RUN_TOKENS:
                runs.append([])
            runs[-1].append(place)
        means = torch.cat([self._mean_of_run([rows[place] for place in run]) for run in runs])
        back = torch.empty(len(rows), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(rows))
        return means[back.to(self.device)]

    def _mean_of_run(self, rows: Sequence[Sequence[int]]) -> Tensor:
        # A multiple of 16, so that memory is used again.
        longest = -(-max(map(len, rows)) // 16) * 16
        ids = torch.full((len(rows), longest), self.tokenizer.pad_token_id)
        mask = torch.zeros_like(ids)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = torch.tensor(row)
            mask[place, : len(row)] = 1
        ids, mask = ids.to(self.device), mask.to(self.device)
        half = torch.is_grad_enabled() or self.device != "cpu"
        with torch.autocast(self.device, dtype=torch.bfloat16, enabled=half):
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
