"""How well the check of a language model's sentences tells true ones from false: `python -m evals.bench.support`.

The sentences of `evals/sets/support.jsonl` are written by hand about the plan, each with the passages it
cites; the check was made on those of `dev`, those of `test` were written after. What is counted: how many
are shown, by kind, and what other thresholds of wording would do.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click

from assistant.sources import Source, number_sources
from assistant.support import MIN_WORDING, cited_quotes, supported, wording
from assistant.written import Sentence
from corpus.library import plans
from corpus.types import Document
from index.passages import passages_of
from index.types import Hit, Passage

SET = Path(__file__).parent.parent / "sets" / "support.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportRow:
    """A sentence, the passages that it cites (section, and paragraph behind a colon) and whether it holds."""

    id: str
    split: Literal["dev", "test"]
    text: str
    passages: tuple[str, ...]
    supported: bool
    kind: str

    @property
    def sentence(self) -> Sentence:
        """The sentence with its marks."""
        return Sentence(self.text, tuple(range(1, len(self.passages) + 1)))


def load_rows() -> list[SupportRow]:
    """The sentences, in order."""
    lines = SET.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [SupportRow(**(row | {"passages": tuple(row["passages"])})) for row in rows]


def cited_by(document: Document) -> dict[str, Passage]:
    """The passages under the names that the rows give them."""
    kept = (passage for passage in passages_of(document) if passage.kind != "overview")
    return {passage.passage_id.partition("#")[2]: passage for passage in kept}


def sources_of(
    row: SupportRow, document: Document, passages: dict[str, Passage]
) -> Sequence[Source]:
    """What the row cites, numbered as its marks are."""
    hits = [
        Hit(passage=passages[name], score=1.0, rank=rank)
        for rank, name in enumerate(row.passages, start=1)
    ]
    return number_sources(hits, {document.document_id: document})


def verdicts() -> list[tuple[SupportRow, bool, float]]:
    """(row, whether it would be shown, the share of its wording that its quotes hold)."""
    document = plans()[0]
    passages = cited_by(document)
    found = []
    for row in load_rows():
        sources = sources_of(row, document, passages)
        share = wording(row.text, cited_quotes(row.sentence, sources)).whole
        found.append((row, supported(row.sentence, sources) is not None, share))
    return found


def main() -> None:
    """Print how many sentences of each kind are shown, then the thresholds."""
    found = verdicts()
    for split in ("dev", "test"):
        for kind in dict.fromkeys(row.kind for row, _, _ in found):
            shown = [passes for row, passes, _ in found if (row.split, row.kind) == (split, kind)]
            click.echo(f"{split:<6}{kind:<12}{sum(shown):>4} of {len(shown):>3} shown")
    found = [each for each in found if each[0].split == "dev"]
    click.echo("\ndev, wording alone at least true shown   false shown")
    for step in range(2, 10):
        threshold = step / 10
        true = [share >= threshold for row, _, share in found if row.supported]
        false = [share >= threshold for row, _, share in found if not row.supported]
        mark = "*" if threshold == MIN_WORDING else " "
        click.echo(
            f"{threshold:>22.1f}{mark} {sum(true) / len(true):>12.2f} {sum(false) / len(false):>12.2f}"
        )


if __name__ == "__main__":
    main()
