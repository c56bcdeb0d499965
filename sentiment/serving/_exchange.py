"""What becomes known of one request while it is answered, for metrics and the log."""

import re
import uuid
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

KEY = "sentiment.exchange"
"""Where an ASGI scope holds the exchange."""
REQUEST_ID = "x-request-id"
CURRENT_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The request that a line of the log belongs to, in threads as well."""

# Whatever else a client calls its request would stand in our log and headers.
_GIVEN_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


@dataclass(slots=True)
class Exchange:
    """One request and its answer."""

    request_id: str = ""
    texts: list[str] = field(default_factory=list)
    labels: list[Any] = field(default_factory=list)
    code: str | None = None
    """The error code, where the answer is a refusal."""


def find_request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return what the client calls its request, else a new name."""
    for name, value in headers:
        if name.lower() == REQUEST_ID.encode():
            given = value.decode("latin-1")
            if _GIVEN_ID.fullmatch(given):
                return given
    return uuid.uuid4().hex
