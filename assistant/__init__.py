"""Questions become Answers: short, in the plan's own words, each statement with its citation."""

from assistant.types import Answer, Citation, Claim, Refusal, Turn

__all__ = ["Answer", "Citation", "Claim", "Refusal", "Turn"]
