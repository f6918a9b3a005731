"""The log: one JSON object a line on standard error, without what people ask unless that is switched on."""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

LOGGER = logging.getLogger("wengui")


def note(event: str, **fields: str | float | None) -> None:
    """Write a line: the event and its fields."""
    LOGGER.info(event, extra={"fields": fields})


class JsonLines(logging.Formatter):
    """Writes a record as JSON.

    Of an exception the type and the places are written; its words, which may repeat a question, only
    where `questions` are logged.
    """

    def __init__(self, *, questions: bool) -> None:
        super().__init__()
        self._questions = questions

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            line["event"] = record.msg  # its arguments may hold the exception
            line["error"] = type(error).__name__
            frames = traceback.extract_tb(error.__traceback__)
            line["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
            if self._questions:
                line["message"] = str(error)
        if not self._questions:
            line.pop("question", None)
        return json.dumps(line, ensure_ascii=False, default=str)


def keep_journal(*, questions: bool) -> None:
    """Send what this program and its libraries log to standard error: ours from INFO, theirs from WARNING."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(questions=questions))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    LOGGER.setLevel(logging.INFO)
