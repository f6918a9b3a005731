"""What the plan's questions lose among other documents, and whether near-identical ones are told apart.

python -m evals.bench.library FOLDER --data DATA     FOLDER holds the other documents; DATA keeps the index
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import click

from assistant.settings import load_settings
from corpus.library import Library, plans
from corpus.types import Document
from evals.questions import EvalQuestion, load_questions, locate
from evals.retrieval import relevant_passages
from evals.significance import Estimate, estimate
from index.build import build_index
from index.retriever import HybridRetriever, open_retriever

RESULTS = Path(__file__).parent.parent / "results" / "bench-library.json"
# What may be asked of any regulation, of its subject.
ASKED = (
    "{place}{subject}从什么时候起施行?",
    "{place}{subject}由哪个部门负责?",
    "{place}{subject}违反了怎么处罚?",
)
GENRES = ("条例", "办法", "规定", "法")


def subject_of(document: Document) -> str:
    """What a regulation is about: its title without the place, the genre and 实施《…》."""
    title = document.metadata.title.removeprefix(document.metadata.region)
    for genre in GENRES:
        title = title.removesuffix(genre)
    return title.removeprefix("实施").strip("《》")


def twins(documents: Sequence[Document]) -> dict[str, list[Document]]:
    """The documents by subject, of those that several places have one on."""
    named: dict[str, list[Document]] = {}
    for document in documents:
        if document.metadata.region and document.metadata.title.endswith(GENRES):
            named.setdefault(subject_of(document), []).append(document)
    return {
        subject: own
        for subject, own in named.items()
        if len({document.metadata.region for document in own}) > 1
    }


def city_questions(documents: Sequence[Document]) -> Iterator[tuple[str, str]]:
    """(question, place) for every regulation that another place has one like."""
    asked = Counter[str]()
    for subject, own in twins(documents).items():
        for document in own:
            place = document.metadata.region
            for form in ASKED:
                question = form.format(place=place, subject=subject)
                asked[question] += 1
                if asked[question] == 1:
                    yield question, place


def told_apart(retriever: HybridRetriever, documents: Sequence[Document]) -> list[float]:
    """1 for each question whose first hit is of the place that it names."""
    places = {document.document_id: document.metadata.region for document in documents}
    return [
        float(places[retriever.retrieve(question, k=1)[0].passage.document_id] == place)
        for question, place in city_questions(documents)
    ]


def recalls(
    retriever: HybridRetriever, questions: Sequence[EvalQuestion]
) -> dict[str, list[float]]:
    """Whether a right passage of the plan is first, and among the first five, for each question."""
    found: dict[str, list[float]] = {"recall@1": [], "recall@5": []}
    for question in questions:
        gold = relevant_passages(locate(question, plans()), retriever.passages)
        hits = [hit.passage.passage_id for hit in retriever.retrieve(question.question, k=5)]
        found["recall@1"].append(float(any(name in gold for name in hits[:1])))
        found["recall@5"].append(float(any(name in gold for name in hits)))
    return found


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(folder: Path, data: Path) -> None:
    """Measure over the plan alone and over the plan with the FOLDER's documents."""
    settings = replace(load_settings(), data_folder=data / "all")
    alone = replace(settings, data_folder=data / "plan")
    library = Library(settings.library_folder)
    for path in sorted(folder.iterdir()):
        library.add(path)
    questions = [
        question
        for question in load_questions("dev")
        if question.answerable and not question.history and question.evidence
    ]
    result: dict[str, dict[str, Estimate]] = {}
    for name, own, documents in (
        ("plan", alone, plans()),
        ("library", settings, library.documents()),
    ):
        build_index(own.index, documents)
        retriever = open_retriever(own.index, documents)
        result[name] = {
            metric: estimate(values) for metric, values in recalls(retriever, questions).items()
        }
        if name == "library":
            result[name]["told apart"] = estimate(told_apart(retriever, documents))
    for name, metrics in result.items():
        for metric, value in metrics.items():
            click.echo(f"{name:<8} {metric:<12} {value}")
    RESULTS.write_text(json.dumps(result, default=asdict, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
