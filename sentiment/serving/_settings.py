"""What a serving process needs to know."""

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class ServingSettings:
    """What is served, to whom, and what is told about it.

    ``folder``: of the model. ``log_level``: of the logger ``sentiment``. The others are
    as :func:`run_server` takes them.
    """

    folder: str
    max_request_bytes: int
    allow_pickle: bool
    log_level: int
    json_logs: bool = False
    metrics: bool = False
    token_file: str | None = None
    tls_cert: str | None = None
    tls_key: str | None = None

    def to_json(self) -> str:
        """Return the settings as a command line argument."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the settings of :meth:`to_json`."""
        return cls(**json.loads(text))
