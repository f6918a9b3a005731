"""The tuned embedder: low-rank changes, reading a question and a sentence together, the second look."""

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch

from assistant import answerable, second_look
from assistant.pipeline import Assistant
from assistant.settings import Settings
from corpus.errors import InputError
from corpus.fold import bare
from corpus.library import plans
from evals.questions import load_questions
from evals.tune import SHARES, Trainer, save, without_answers, write_reference
from evals.tune_data import (
    ARTICLES,
    INVENTED,
    Example,
    batches,
    load_examples,
    load_invented,
    mined,
)
from evals.tune_loss import Sizes
from evals.tune_model import Tuned
from index.embedders import load_embedder, offline, open_embedder
from index.embedders.e5_file import E5File
from index.embedders.tuning import ZERO, TunedE5File, Tuning, load_tuning
from index.passages import part_text, passages_of
from index.retriever import open_retriever
from index.types import Judge, Judgements, Vectors

PAIRS = json.loads(offline.REFERENCE.read_text(encoding="utf-8"))["pairs"]


class LikesWord:
    """A judge of one mind: whatever holds a word answers."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.question = ""
        self.asked: list[str] = []

    def judge(self, query: str, texts: Sequence[str]) -> Judgements:
        self.question = query
        self.asked += texts
        said = [9.0 if self.word in text else -9.0 for text in texts]
        return np.array([[one, one] for one in said], dtype=np.float32).reshape(len(texts), 2)


def tuning_of(**arrays: np.ndarray) -> Tuning:
    buffer = BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]  # numpy's stub takes no mapping
    return Tuning(buffer.getvalue())


def test_a_change_is_added_and_nothing_else() -> None:
    a = np.random.default_rng(1).normal(size=(2, 384)).astype(np.float16)
    b = np.random.default_rng(2).normal(size=(384, 2)).astype(np.float16)
    tuning = tuning_of(**{"l3.q.w.a": a, "l3.q.w.b": b})
    with offline.weights_path().open("rb") as one, offline.weights_path().open("rb") as two:
        plain, tuned = E5File(one), TunedE5File(two, tuning)
        expected = plain.matrix("l3.q.w", 384) + b.astype(np.float32) @ a.astype(np.float32)
        assert np.allclose(tuned.matrix("l3.q.w", 384), expected)
        assert np.array_equal(tuned.tensor("l4.q.w"), plain.tensor("l4.q.w"))
        for name in ("l3.q.w", "l4.q.w"):
            values, scales = tuned.eight_bits(name)
            read = (values.astype(np.float32) - ZERO) * scales[:, None]
            error = np.abs(read.reshape(-1) - tuned.tensor(name))
            # Half a step at most; what was not changed loses nothing.
            assert error.max() <= (scales.max() / 2 * 1.001 if name == "l3.q.w" else 1e-6)


@pytest.mark.parametrize("engine", ["onnx", "torch"])
def test_both_engines_judge_as_the_trained_model_does(settings: Settings, engine: str) -> None:
    judge = open_embedder("offline", settings.cache_folder, "onnx" if engine == "onnx" else "torch")
    assert isinstance(judge, Judge)
    for pair in PAIRS:
        (found,) = judge.judge(pair["question"], [pair["text"]])
        assert found == pytest.approx(pair["judgement"], abs=0.25 if engine == "onnx" else 0.02)
    assert judge.judge("问", []).shape == (0, 2)
    together = judge.judge(PAIRS[0]["question"], [PAIRS[0]["text"], "无关的话。"])
    assert together[0] == pytest.approx(
        judge.judge(PAIRS[0]["question"], [PAIRS[0]["text"]])[0], abs=0.1
    )
    long = judge.judge("问" * 500, ["教育" * 2000])
    assert np.isfinite(long).all()


def test_what_answers_is_told_from_what_only_sounds_so(settings: Settings) -> None:
    """Three pairs on one sentence: the question it answers, a near one that it does not, a far one."""
    answers = [pair["judgement"][1] for pair in PAIRS]
    assert answers[0] > answers[1] > answers[2] or answers[0] > max(answers[1:])
    assert load_tuning().head[0].shape[0] == 2


def test_the_hashing_embedder_judges_nothing(hashing_assistant: Assistant) -> None:
    assert hashing_assistant.retriever.judge is None


def test_an_answer_is_sure_as_the_judge_is(hashing_assistant: Assistant) -> None:
    """Of one question and one evidence: the surer the judge, the likelier the answer."""
    found = hashing_assistant.retrieve(hashing_assistant.read("怎样关爱留守儿童?"))
    lead = found.evidence[0]
    judges = (LikesWord(lead.text), LikesWord(found.evidence[1].text), LikesWord("没有这样的话"))
    readings = [second_look.read(found.question, lead, found.evidence, judge) for judge in judges]
    said = [reading.values for reading in readings]
    assert [values[0] for values in said] == [9, -9, -9]
    most = second_look.FEATURES.index("most")
    assert [values[most] for values in said] == [9, 9, -9]
    assert len(judges[0].asked) == second_look.SENTENCES
    assert all(text.startswith(f"{lead.passage.context[-1]}\n") for text in judges[0].asked[:1])
    strength = hashing_assistant.strength(found)
    likely, _, none = (answerable.probability(strength, values) for values in said)
    assert 1 > likely > none > 0
    assert readings[0].evidence == found.evidence
    assert readings[1].evidence[:2] == (found.evidence[1], lead)
    assert hashing_assistant.second_look(found) is None  # the hashing embedder judges nothing


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("外地打工的孩子能在万州读书吗?", "外地打工的孩子能读书吗?"),
        ("重庆市万州区的教师怎么交流?", "的教师怎么交流?"),
        ("万州中学有什么特色?", "万州中学有什么特色?"),
        ("万州区", "万州区"),
    ],
)
def test_a_judge_does_not_read_the_plans_own_place(
    hashing_assistant: Assistant, asked: str, read: str
) -> None:
    found = hashing_assistant.retrieve(hashing_assistant.read("怎样关爱留守儿童?"))
    question = hashing_assistant.read(asked)
    judge = LikesWord("")
    second_look.read(question, found.evidence[0], found.evidence, judge)
    assert judge.question == read


@pytest.mark.parametrize(
    ("before", "due", "against_rule"),
    [
        (0.95, False, True),
        (0.94, False, True),
        (0.5, True, True),
        (0.1, True, False),
        (0.01, False, False),
    ],
)
def test_only_what_is_clear_neither_way_is_read_again(
    before: float, due: bool, against_rule: bool
) -> None:
    assert second_look.is_due(before) is due
    assert second_look.is_due(before, ruled=True) is against_rule


class SaysYes(LikesWord):
    """A judge to whom everything answers, or nothing."""

    def __init__(self, *, yes: bool) -> None:
        super().__init__("" if yes else "没有这样的话")


def test_a_rule_that_goes_by_words_is_weighed_against_reading(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """中小学老师评高级职称的片区评委会,打算设在哪里: 哪里 misleads the rule, the sentence says it."""
    found = assistant.retrieve(assistant.read("片区中小学教师高级职称评委会打算设在哪里?"))
    ground = assistant.refusal(found)
    assert ground is not None
    assert ground.rule == "attribute"
    chances = []
    for yes in (True, False):
        monkeypatch.setattr(assistant.retriever, "judge", SaysYes(yes=yes))
        chances.append(assistant.weighed(found, ground)[0])
    assert chances[0] > answerable.THRESHOLD > chances[1]
    greeting = assistant.answer("你好")
    assert greeting.refusal


def test_the_judge_tells_answered_from_unanswered_details(settings: Settings) -> None:
    """Questions for fitting, half of them after what the plan leaves out: told apart far better than by chance."""
    embedder = open_embedder("offline", settings.cache_folder, "onnx")
    retriever = open_retriever(settings.index, plans(), embedder=embedder)
    assert isinstance(embedder, Judge)
    asked = load_questions("fit")
    said: dict[bool, list[float]] = {True: [], False: []}
    for answered, own in said.items():
        for question in [q for q in asked if q.answerable is answered][::16]:
            (hit,) = retriever.retrieve(question.question, k=1)
            text = part_text(hit.passage, hit.passage.parts[hit.part])
            own.append(float(embedder.judge(question.question, [text])[0, 1]))
    given, left_out = np.array(said[True]), np.array(said[False])
    assert len(given) > 50
    assert len(left_out) > 25
    assert (given[:, None] > left_out).mean() > 0.75


class Hashed:
    """Texts and questions embedded by their words."""

    def __init__(self, cache_folder: Path) -> None:
        self._embedder = load_embedder("hashing", cache_folder)

    def embed_documents(self, texts: Sequence[str], /) -> Vectors:
        return self._embedder.embed_documents(texts)

    embed_queries = embed_documents


@pytest.mark.parametrize("file", [INVENTED, ARTICLES])
def test_what_was_invented_is_whole(file: Path) -> None:
    examples, sentences = load_invented(file)
    assert len(sentences) > 50
    texts = [text for own in sentences.values() for text in own]
    assert len(set(texts)) == len(texts) > 600
    assert 0.45 < np.mean([example.answers for example in examples]) < 0.6
    plan = {bare(passage.text) for passage in passages_of(plans()[0])}
    assert not plan & {bare(text.split("\n")[1]) for text in texts}
    asked = {bare(q.question) for name in ("dev", "test", "fit") for q in load_questions(name)}
    assert not asked & {bare(example.question) for example in examples}


def test_tuning_reads_its_examples(tmp_path: Path, hashing_settings: Settings) -> None:
    text = "关于校车的办法\n\n一、检验\n校车应当每半年检验一次。\n校车应当停在安全的地方。\n"
    (tmp_path / "办法.txt").write_text(text, encoding="utf-8")
    start = text.index("校车应当每半年")
    rows = [
        {
            "file": "办法.txt",
            "start": start,
            "end": start + 12,
            "question": "多久检一次?",
            "answers": True,
        },
        {
            "file": "办法.txt",
            "start": start,
            "end": start + 12,
            "question": "检一次多少钱?",
            "answers": False,
        },
    ]
    questions = tmp_path / "tuning.jsonl"
    questions.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    examples, sentences = load_examples(tmp_path, questions)
    assert [example.answers for example in examples] == [True, False]
    assert examples[0].text == "检验\n校车应当每半年检验一次。"
    found = mined(examples, sentences, Hashed(hashing_settings.cache_folder))
    assert all(example.text not in example.negatives for example in found)
    assert next(example for example in found if example.answers).negatives
    assert len(next(batches(found, 2, 1))) == 2
    questions.write_text(json.dumps(rows[0] | {"file": "没有.txt"}), encoding="utf-8")
    with pytest.raises(InputError, match=r"没有\.txt"):
        load_examples(tmp_path, questions)


def test_training_changes_what_is_saved(tmp_path: Path) -> None:
    sizes = Sizes(embedded=6, answered=4, unanswered=4)
    examples = [
        Example(
            document="办法", question=f"第{number}条管什么?", text=f"第{number}条管这件事。",
            answers=answers, negatives=("别的事。", "另一件事。"),
        )
        for number in range(6)
        for answers in (True, False)
    ]  # fmt: skip
    tuned = Tuned(offline.write_untuned(tmp_path))
    trainer = Trainer(tuned, steps=2, sizes=sizes)
    trainer.train(examples, 2)
    trainer.keep()
    trainer.finish()
    module = tuned.changed["l0.q.w"]
    one = (module.b @ module.a).detach()
    # The same state once more: what the last counts, and what the one before it counts.
    trainer.keep()
    trainer.finish()
    both = sum(SHARES[-2:]) / SHARES[-1]
    assert torch.allclose((module.b @ module.a).detach(), both * one, atol=1e-6)
    save(tuned, tmp_path / "tuning.npz")
    tuning = Tuning((tmp_path / "tuning.npz").read_bytes())
    for name, module in tuned.changed.items():
        change = tuning.change(name)
        assert change is not None
        assert np.abs(change).max() > 0
        expected = 2.0 * (module.b @ module.a).detach().numpy()
        assert np.allclose(change, expected, atol=1e-4)
    assert tuning.change("emb.word") is None
    assert tuning.head[0].shape == (2, 384)
    write_reference(tuned, tmp_path / "reference.json")
    found = json.loads((tmp_path / "reference.json").read_text(encoding="utf-8"))
    assert all(
        np.linalg.norm(case["embedding"]) == pytest.approx(1, abs=1e-3) for case in found["cases"]
    )
    again = Tuned(offline.write_untuned(tmp_path))
    again.resume(tuning)
    again.learns(False)
    judged = again.judge([(pair["question"], pair["text"]) for pair in found["pairs"]])
    remembered = [pair["judgement"] for pair in found["pairs"]]
    assert np.allclose(judged.detach().numpy(), remembered, atol=0.05)
    with torch.no_grad():
        again.head.bias[1] = 9  # everything answers
    left = without_answers(again, examples)
    assert [bool(example.negatives) for example in left] == [False, True] * 6
