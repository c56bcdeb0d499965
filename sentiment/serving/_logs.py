"""The log of a server: lines for people, or a JSON object a line for machines."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sentiment.serving._exchange import CURRENT_ID

FIELDS = "sentiment_fields"
"""Where a record holds what shall stand in its JSON beside the message."""

_OURS = ("sentiment", "uvicorn")


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON: time, level, logger, message and fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        content: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        request_id = CURRENT_ID.get()
        if request_id is not None:
            content["request_id"] = request_id
        content |= getattr(record, FIELDS, {})
        if record.exc_info:
            content["exception"] = self.formatException(record.exc_info)
        return json.dumps(content, default=str)


def format_as_json(message: str, is_error: bool) -> str:
    """Return a line of a server's log: its last one, when logging has ended.

    ``message``: what it says. ``is_error``: whether the server failed.
    """
    level = logging.ERROR if is_error else logging.INFO
    record = logging.LogRecord("sentiment", level, "", 0, message, None, None)
    return JsonFormatter().format(record)


@contextmanager
def json_logs(level: int) -> Iterator[None]:
    """Write all that is logged on stderr as JSON, instead of what there was.

    ``level``: of our own logger.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    loggers = [logging.getLogger(name) for name in (None, *_OURS)]
    before = [(one.handlers[:], one.propagate, one.level) for one in loggers]
    for one in loggers:
        one.handlers[:] = [handler]
        one.propagate = False
    logging.getLogger("sentiment").setLevel(level)
    try:
        yield
    finally:
        for one, (handlers, propagate, was) in zip(loggers, before, strict=True):
            one.handlers[:], one.propagate = handlers, propagate
            one.setLevel(was)


def uvicorn_logs(verbose: bool) -> dict[str, Any]:
    """Return uvicorn's logging on stderr alone: its own default uses stdout as well."""
    level = "INFO" if verbose else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "line",
            }
        },
        "loggers": {
            "uvicorn": {"handlers": ["stderr"], "level": level, "propagate": False}
        },
    }
