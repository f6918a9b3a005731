"""Other plans than the program's own: their questions are sound, and most are answered rightly."""

from statistics import mean

from assistant.settings import Settings
from corpus.fold import bare
from evals.other_plans import HELD_OUT, measure, over_plans, plan_files
from evals.questions import EvalQuestion, load_questions

# Every so many questions of each plan are asked.
EVERY = 6
LEAST_RIGHT, MOST_REFUSED = 0.72, 0.2


def _questions() -> dict[str, tuple[str, tuple[EvalQuestion, ...]]]:
    return {
        path.stem: (
            path.read_text(encoding="utf-8"),
            load_questions(str(path.with_suffix(".jsonl"))),
        )
        for path in plan_files()
    }


def test_every_quote_stands_in_its_plan() -> None:
    read = _questions()
    assert HELD_OUT in read
    for text, questions in read.values():
        flat = "".join(text.split())
        quotes = [q for each in questions for group in each.evidence for q in group]
        assert len(quotes) > 100
        assert not [quote for quote in quotes if "".join(quote.split()) not in flat]


def test_none_is_asked_elsewhere() -> None:
    known = {bare(q.question) for name in ("dev", "test", "fit") for q in load_questions(name)}
    asked = [bare(q.question) for _, questions in _questions().values() for q in questions]
    assert not known & set(asked)


def test_most_are_answered_rightly(settings: Settings) -> None:
    right, refused = [], []
    for _, assistant, questions in over_plans(settings):
        found = measure(assistant, questions[::EVERY])
        right += found["all"]
        refused += found["false_refusal"]
    assert mean(right) > LEAST_RIGHT
    assert mean(refused) < MOST_REFUSED
