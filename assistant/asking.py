"""What a question shows by its wording alone: that it asks what came of a plan, or does not say of what it asks."""

from dataclasses import dataclass

from assistant.wording import load_wording

# Log-odds from which the wording says so; on dev, fit and 670 further questions right for 91 of 100.
SHOWS = 2.0
# Surer than this no wording is.
MOST = 4.0


@dataclass(frozen=True, slots=True)
class Asking:
    """Log-odds, in [−4, 4]: that what was achieved since is asked for; that the subject is missing."""

    actual: float
    vague: float


def read_asking(understood: str) -> Asking:
    """What a question shows, as it was understood."""
    odds = load_wording("asking").odds(understood)
    return Asking(*(max(-MOST, min(MOST, each)) for each in odds))
