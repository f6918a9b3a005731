"""What the documentation claims holds."""

import re
import shlex
from dataclasses import fields
from pathlib import Path

import click
import pytest

from assistant.cli import wengui
from assistant.pipeline import Assistant
from assistant.settings import Settings
from evals.questions import load_questions
from evals.table import external_table, results_table

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def block(language: str, place: int = 0) -> str:
    """The text of a fenced block of the README."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return found[place]


def test_every_command_of_the_readme_exists() -> None:
    for line in block("sh", 1).splitlines():
        name, *arguments = shlex.split(line)[1:]
        context = click.Context(wengui)
        command = wengui.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            command = command.get_command(context, arguments.pop(0))
            assert command is not None
        command.make_context(name, arguments)  # fails on an unknown option or a missing argument


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"make (\w+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_the_example_answer_is_what_comes_out(assistant: Assistant) -> None:
    call, answer = block("text").split("\n", 1)
    question = shlex.split(call)[-1]
    assert assistant.answer(question).text == answer.rstrip("\n")


def test_the_table_of_settings_is_complete() -> None:
    names = re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE)
    assert names == [field.name for field in fields(Settings)]
    defaults = Settings()
    for name in ("embedder", "host", "port"):
        assert f"| `{name}` | `{getattr(defaults, name)}` |" in README


@pytest.mark.parametrize("name", ["dev", "test"])
def test_the_tables_of_results_are_the_committed_ones(name: str) -> None:
    assert results_table(name) in README


def test_the_table_of_others_questions_is_the_committed_one() -> None:
    assert external_table() in README


def test_the_counts_of_the_sets_are_true() -> None:
    dev, test = load_questions("dev"), load_questions("test")
    assert f"dev({len(dev)} 题)" in README
    assert f"test({len(test)} 题)" in README
    rows = [*dev, *test]
    assert f"{sum(not row.answerable for row in rows)} 题规划没有写" in README
    assert f"{sum(row.false_premise for row in rows)} 题带错误前提" in README


def test_links_of_the_readme_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("package", ["corpus", "index", "assistant", "evals"])
def test_the_architecture_names_every_module(package: str) -> None:
    part = re.search(rf"^## {package}/$(.*?)(?=^## |\Z)", ARCHITECTURE, re.MULTILINE | re.DOTALL)
    assert part
    named = set(re.findall(r"^\| `([\w/]+\.py)` \|", part[1], re.MULTILINE))
    there = {
        str(path.relative_to(ROOT / package))
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py"
    }
    assert named == there
