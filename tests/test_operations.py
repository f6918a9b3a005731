"""What docs/operations.md promises: upgrades, names of figures and settings."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from assistant.feedback import Feedback, FeedbackStore
from assistant.pipeline import open_assistant
from assistant.settings import Settings
from assistant.site import Site
from assistant.types import Answer
from corpus.errors import IndexStaleError
from corpus.library import plans
from index.build import build_index

ROOT = Path(__file__).parent.parent
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ANSWER = Answer(question="问", standalone_question="问", text="答")


def test_an_index_of_an_older_schema_is_rebuilt_by_one_command_and_feedback_is_kept(
    tmp_path: Path,
) -> None:
    settings = Settings(
        data_folder=tmp_path / "data", cache_folder=tmp_path / "cache", embedder="hashing"
    )
    build_index(settings.index, plans())
    FeedbackStore(settings.feedback_file).save(Feedback(id="a", verdict="up", answer=ANSWER))
    for manifest in settings.index.index_folder.rglob("manifest.json"):
        old = json.loads(manifest.read_text(encoding="utf-8")) | {"schema": 3}
        manifest.write_text(json.dumps(old), encoding="utf-8")
    with pytest.raises(IndexStaleError, match="wengui index build"):
        open_assistant(settings)
    build_index(settings.index, plans())
    assert "85%" in open_assistant(settings).answer("普通话普及率要达到多少?").text
    assert [row["id"] for row in FeedbackStore(settings.feedback_file).rows()] == ["a"]


def test_every_figure_and_setting_that_is_named_exists(site: Site) -> None:
    text = site.metrics.text().decode()
    named = set(re.findall(r"wengui_\w+", OPERATIONS))
    assert named
    assert not {name for name in named if f"# TYPE {name} " not in text}
    settings = {field.name for field in fields(Settings)}
    for name in re.findall(
        r"`(answer\w+|requests_per_minute|log_questions|data_folder)", OPERATIONS
    ):
        assert name in settings
    for name in re.findall(r"`WENGUI_([A-Z_]+)`", OPERATIONS):
        assert name.lower() in settings


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", OPERATIONS):
        assert (ROOT / "docs" / target).exists(), target
