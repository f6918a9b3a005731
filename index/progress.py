"""Who hears what a build is doing."""

from typing import Protocol


class Progress(Protocol):
    """Hears what a build is doing: a step's name, and how much of it is done."""

    def step(self, message: str) -> None:
        """A step begins."""
        ...

    def count(self, done: int, total: int) -> None:
        """So much of the present step is done."""
        ...


class NoProgress:
    """A listener for those who do not want to hear."""

    def step(self, message: str) -> None:
        """Ignore the step."""

    def count(self, done: int, total: int) -> None:
        """Ignore the count."""
