"""The tuned embedder: low-rank changes, reading a question and a sentence together, the second look."""

import json
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from assistant import second_look
from assistant.pipeline import Assistant
from assistant.settings import Settings
from corpus.errors import InputError
from evals.tune import EMBEDDED, Tuned, save, train, write_reference
from evals.tune_data import Example, batches, load_examples, mined
from index.embedders import load_embedder, offline, open_embedder
from index.embedders.e5_file import E5File
from index.embedders.tuning import ZERO, TunedE5File, Tuning, load_tuning
from index.features import FEATURES, Features
from index.judging import RememberingJudge, judge_of
from index.query import Reader
from index.rerank import READ_AGAIN, LinearReranker, SecondLook, load_weights
from index.types import Judge, Judgements
from tests.test_retrieval import passage

PAIRS = json.loads(offline.REFERENCE.read_text(encoding="utf-8"))["pairs"]


class LikesWord:
    """A judge of one mind: whatever holds a word answers."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.asked: list[str] = []

    def judge(self, query: str, texts: Sequence[str]) -> Judgements:
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


def test_the_hashing_embedder_judges_nothing(hashing_settings: Settings) -> None:
    assert judge_of(load_embedder("hashing", hashing_settings.cache_folder)) is None


def test_a_pair_is_judged_once() -> None:
    own = LikesWord("甲")
    judge = RememberingJudge(own)
    first = judge.judge("问", ["甲", "乙", "甲"])
    again = judge.judge("问", ["乙", "丙"])
    assert first[:, 0].tolist() == [9, -9, 9]
    assert again[:, 0].tolist() == [-9, -9]
    assert own.asked == ["甲", "乙", "丙"]
    assert judge.judge("别的问题", ["甲"]).shape == (1, 2)
    assert own.asked == ["甲", "乙", "丙", "甲"]
    for number in range(2000):
        judge.judge(str(number), ["甲"])
    assert judge.judge("问", ["甲"])[0, 0] == 9  # forgotten and asked again


def reader() -> Reader:
    return Reader(tokenize=list, idf=lambda word: 1.0, knows=lambda word: True)


def test_the_second_look_puts_first_what_the_judge_prefers() -> None:
    candidates = [passage(number, "题", f"句{number}") for number in range(20)]
    matrix = np.zeros((20, len(FEATURES)))
    matrix[:, 0] = np.linspace(0.5, 0.4, 20)
    features = Features(matrix, np.zeros(20, np.int64), np.full(20, 0.5))
    query = reader().read("句")
    linear = LinearReranker()
    assert np.argmax(linear.rank(query, candidates, features).scores) == 0
    judge = LikesWord("句5")
    found = SecondLook(judge, linear).rank(query, candidates, features)
    assert len(judge.asked) == READ_AGAIN
    assert all(text.startswith("题\n句") for text in judge.asked)
    assert np.argmax(found.scores) == 5
    assert 0 < found.probability < 1
    # Those that were not read stay behind those that were, in their order.
    rest = found.scores[READ_AGAIN:]
    assert (np.diff(rest) < 0).all()
    assert rest.max() < found.scores[:READ_AGAIN].max()


def test_what_is_sure_is_not_read_again() -> None:
    judge = LikesWord("句")
    matrix = np.zeros((2, len(FEATURES)))
    weights = load_weights()["ranking"]
    for place, name in enumerate(FEATURES):
        matrix[0, place] = 5.0 if weights.get(name, 0.0) > 0 else 0.0
    features = Features(matrix, np.zeros(2, np.int64), np.array([0.99, 0.2]))
    candidates = [passage(1, "题", "句1"), passage(2, "题", "句2")]
    SecondLook(judge).rank(reader().read("句"), candidates, features)
    assert judge.asked == []


def test_an_answer_follows_the_judge(hashing_assistant: Assistant) -> None:
    """Of the sentences about a subject the one that the judge prefers leads; without one the first does."""
    question = "怎样关爱留守儿童?"
    found = hashing_assistant.retrieve(hashing_assistant.read(question))
    judge = LikesWord(found.evidence[2].text)
    read = second_look.read(found.question, found.evidence, (), judge)
    assert [item.answers is not None for item in read[:8]] == [True] * second_look.SENTENCES + [
        False
    ] * 2
    ordered = second_look.reordered(read)
    assert ordered[0].span == found.evidence[2].span
    assert {item.span for item in ordered} == {item.span for item in found.evidence}
    likely = second_look.probability(0.5, ordered, ordered[0])
    none = second_look.read(found.question, found.evidence, (), LikesWord("没有这样的话"))
    assert second_look.probability(0.5, none, none[0]) < likely
    unread = replace(found.evidence[0])
    assert 0 < second_look.probability(0.5, (unread,), unread) < 1


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
    found = mined(examples, sentences, load_embedder("hashing", hashing_settings.cache_folder))
    assert all(example.text not in example.negatives for example in found)
    assert found[0].negatives
    assert len(next(batches(found, 2, 1))) == 2
    questions.write_text(json.dumps(rows[0] | {"file": "没有.txt"}), encoding="utf-8")
    with pytest.raises(InputError, match=r"没有\.txt"):
        load_examples(tmp_path, questions)


def test_training_changes_what_is_saved(tmp_path: Path) -> None:
    examples = [
        Example(
            document="办法", question=f"第{number}条管什么?", text=f"第{number}条管这件事。",
            answers=answers, negatives=("别的事。", "另一件事。"),
        )
        for number in range(EMBEDDED)
        for answers in (True, False)
    ]  # fmt: skip
    tuned = Tuned(offline.write_untuned(tmp_path))
    train(tuned, examples, steps=2, reads=True)
    save(tuned, tmp_path / "tuning.npz")
    tuning = Tuning((tmp_path / "tuning.npz").read_bytes())
    for name, module in tuned.changed.items():
        change = tuning.change(name)
        assert change is not None
        assert np.abs(change).max() > 0
        expected = 2.0 * (module.b @ module.a).detach().numpy()
        assert np.allclose(change, expected, atol=1e-4)
    assert tuning.change("l0.q.w") is None
    assert tuning.head[0].shape == (2, 384)
    write_reference(tuned, tmp_path / "reference.json")
    found = json.loads((tmp_path / "reference.json").read_text(encoding="utf-8"))
    assert all(
        np.linalg.norm(case["embedding"]) == pytest.approx(1, abs=1e-3) for case in found["cases"]
    )
