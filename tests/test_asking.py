"""What a question shows by its wording: that it asks what came of a plan, or does not say of what it asks."""

import json

import numpy as np
import pytest

from assistant.asking import MOST, read_asking
from assistant.pipeline import Assistant
from corpus.fold import bare
from evals.fit_asking import AGAINST, FILE, area
from evals.questions import load_questions
from index.lexicon import standardised


@pytest.mark.parametrize(
    ("since", "planned"),
    [
        ("星河小学的教学楼修好了没得?", "到2025年要修好几栋教学楼?"),
        ("规划里说的30所智慧学校,后来挂牌了几所?", "要挂牌几所智慧学校?"),
        ("教师周转房的任务落实得咋样?", "教师周转房由谁来落实?"),
        (
            "Has the new vocational school opened yet?",
            "How many vocational schools will be opened?",
        ),
    ],
)
def test_what_came_of_a_plan_is_told_from_what_it_says(since: str, planned: str) -> None:
    assert read_asking(standardised(since)).actual > read_asking(standardised(planned)).actual
    assert read_asking(standardised(since)).actual > 0


@pytest.mark.parametrize(
    ("vague", "whole"),
    [
        ("要建几所?", "要建几所公办园?"),
        ("这个什么时候弄完?", "教师周转房什么时候弄完?"),
        ("What is the target?", "What is the target for kindergarten enrolment?"),
    ],
)
def test_a_question_without_a_subject_is_told_from_a_short_one(vague: str, whole: str) -> None:
    assert read_asking(standardised(vague)).vague > max(0, read_asking(standardised(whole)).vague)


def test_log_odds_keep_their_bounds() -> None:
    for text in ("", "?", "的" * 500, "那个这个什么时候完成了没得"):
        asking = read_asking(text)
        assert -MOST <= min(asking.actual, asking.vague) <= max(asking.actual, asking.vague) <= MOST


def test_the_examples_are_their_own() -> None:
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    asked = {bare(row["question"]) for row in rows}
    assert len(asked) == len(rows) > 1500
    assert {row["label"] for row in rows} == set(AGAINST).union(*AGAINST.values())
    others = {bare(q.question) for name in ("dev", "test", "fit") for q in load_questions(name)}
    assert not asked & others


def test_the_wording_tells_what_dev_marks() -> None:
    """Fitted on other plans, it tells these refusals of dev from all other questions."""
    asked = [question for question in load_questions("dev") if not question.history]
    found = [read_asking(standardised(question.question)) for question in asked]
    for reason, odds in (
        ("target_not_actual", np.array([each.actual for each in found])),
        ("needs_detail", np.array([each.vague for each in found])),
    ):
        assert area(odds, np.array([q.refusal == reason for q in asked])) > 0.93


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("其芳小学的扩建,结果到底如何了?", "target_not_actual"),
        ("这个什么时候弄完?", "needs_detail"),
    ],
)
def test_a_refusal_says_what_the_wording_shows(
    assistant: Assistant, question: str, reason: str
) -> None:
    refusal = assistant.answer(question).refusal
    assert refusal is not None
    assert refusal.reason == reason
