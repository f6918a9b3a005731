"""What the offline embedder is tuned on: questions about sentences of other documents, and what resembles these.

sets/tuning.jsonl            questions alone: {"file", "start", "end", "question", "answers"}; the documents are
                             not kept here. `answers` is false where the sentence is about the question's
                             subject and does not answer it.
sets/tuning_plans.jsonl      passages of invented plans and rules, written for this: {"document", "heading",
                             "text", "answered": questions that it answers, "unanswered": that nothing in
                             that document does}; of a table's row `cells` too, as an index embeds it, not used yet
sets/tuning_articles.jsonl   the same for sentences of short articles on anything
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from assistant.over import documents_of_files
from corpus.errors import InputError
from corpus.types import Document, Span
from evals.questions import SETS
from index.types import Vectors

FILE = SETS / "tuning.jsonl"
INVENTED, ARTICLES = SETS / "tuning_plans.jsonl", SETS / "tuning_articles.jsonl"
# The nearest wrong sentences are kept, of a sample of a long document.
POOL, KEPT = 400, 8
SHORTEST, LONGEST = 8, 300
# Examples and every document's sentences by its name.
Examples = tuple[list["Example"], dict[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question, the sentence it is about under its nearest heading, and others that resemble what it asks.

    `complete`: nothing in the document answers the question where this sentence does not.
    """

    document: str
    question: str
    text: str
    answers: bool
    complete: bool = True
    negatives: tuple[str, ...] = ()


def _text(document: Document, section_id: str, span: Span) -> str:
    headings = [step.title for step in document.path(section_id) if step.title]
    sentence = " ".join(document.display(span).split())
    return "\n".join([*headings[-1:], sentence])


def _sentences(document: Document) -> Iterator[tuple[Span, str]]:
    for section in document.sections:
        for paragraph in document.paragraphs_of(section.section_id):
            for span in paragraph.sentences:
                yield span, _text(document, section.section_id, span)


def load_invented(file: Path = INVENTED, together: str = "") -> Examples:
    """The examples of the invented plans, and the sentences of each; `together`: one name for all of them."""
    examples, sentences = [], defaultdict(list)
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        name, text = together or row["document"], "\n".join([row["heading"], row["text"]])
        sentences[name].append(text)
        for answers in (True, False):
            examples += [
                Example(document=name, question=question, text=text, answers=answers)
                for question in row["answered" if answers else "unanswered"]
            ]
    return examples, {name: tuple(texts) for name, texts in sentences.items()}


def load_examples(folder: Path, questions: Path = FILE) -> Examples:
    """The examples about documents of the folder, and every document's sentences by its name.

    Raises InputError where a file that a question is about is not in the folder or below it.
    """
    rows = defaultdict(list)
    for line in questions.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows[row["file"]].append(row)
    found = {path.name: path for path in folder.rglob("*") if path.is_file()}
    if missing := sorted(set(rows) - set(found)):
        raise InputError(
            f"{folder} 里没有 {missing[0]}(共缺 {len(missing)} 份)。请给出样本文件的文件夹。"
        )
    examples, sentences = [], {}
    for name, own in rows.items():
        (document,) = documents_of_files([found[name]])
        texts = dict(_sentences(document))
        sentences[name] = tuple(text for text in texts.values() if SHORTEST <= len(text) <= LONGEST)
        examples += [
            Example(
                document=name,
                question=row["question"],
                text=texts[Span(row["start"], row["end"])],
                answers=row["answers"],
                complete=False,
            )
            for row in own
        ]
    return examples, sentences


class Embeds(Protocol):
    """What embeds many texts or questions at once: float32, shape (n, dimension), rows of length 1."""

    def embed_documents(self, texts: Sequence[str], /) -> Vectors:
        """Texts under their headings."""
        ...

    def embed_queries(self, texts: Sequence[str], /) -> Vectors:
        """Questions."""
        ...


def mined(
    examples: Sequence[Example], sentences: dict[str, tuple[str, ...]], embedder: Embeds
) -> list[Example]:
    """The examples with the sentences of their document, but their own, that come nearest to the question."""
    by_document = defaultdict(list)
    for example in examples:
        by_document[example.document].append(example)
    made = []
    for name, own in by_document.items():
        pool = list(sentences[name])
        if len(pool) > POOL:
            pool = random.sample(pool, POOL)
        pool = list(dict.fromkeys([*pool, *(example.text for example in own)]))
        questions = embedder.embed_queries([example.question for example in own])
        nearness = questions @ embedder.embed_documents(pool).T
        for example, row in zip(own, nearness, strict=True):
            order = np.argsort(-row, kind="stable")[: KEPT + 1]
            others = [pool[place] for place in order if pool[place] != example.text]
            made.append(replace(example, negatives=tuple(others[:KEPT])))
    return made


def batches(examples: Sequence[Example], size: int, together: int) -> Iterator[list[Example]]:
    """Batches without end, in which `together` examples at a time are about one document."""
    while True:
        by_document = defaultdict(list)
        for example in examples:
            by_document[example.document].append(example)
        groups = []
        for own in by_document.values():
            random.shuffle(own)
            groups += [own[start : start + together] for start in range(0, len(own), together)]
        random.shuffle(groups)
        flat = [example for group in groups for example in group]
        for start in range(0, len(flat) - size + 1, size):
            yield flat[start : start + size]
