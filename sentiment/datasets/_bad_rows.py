"""A row that cannot be used: which one it is, and why."""

import json
import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sentiment.exceptions import DataError

POLICIES = ("fail", "skip", "null")
"""What is done about a bad row: end, leave it out, or answer null."""

SKIP_THEM = "Pass on_bad_rows='skip' to leave such rows out."

# Only so many are said one by one.
_SAID = 20
_LOGGER = logging.getLogger("sentiment")


def check_policy(caller: str, policy: str, allowed: tuple[str, ...] = POLICIES) -> None:
    """Refuse what is none of the policies."""
    if policy not in allowed:
        raise ValueError(
            f"The 'on_bad_rows' parameter of {caller} must be one of {allowed}. "
            f"Got {policy!r} instead."
        )


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row.

    Attributes
    ----------
    reason : str
        Without a full stop.
    remedy : str
        One or more sentences.
    line : int or None
        Where the row begins, if the reader names no lines otherwise.
    """

    reason: str
    remedy: str = ""
    line: int | None = None


@dataclass(frozen=True)
class BadRow:
    """One row that cannot be used.

    Attributes
    ----------
    file : str
        The file as the user wrote it.
    row : int
        Its number among the rows of the file, from 1; a header is no row.
    line : int or None
        The line of the file on which it begins, from 1, where the format has lines.
    fault : Fault
        What is wrong with it.
    place : str
        File and line, or file and row.
    """

    file: str
    row: int
    line: int | None
    fault: Fault
    place: str

    def error(self, more: str = "") -> DataError:
        """Return the error that ends the reading, with a further remedy."""
        said = [f"{self.place}: {self.fault.reason}.", self.fault.remedy, more]
        return DataError(" ".join(part for part in said if part))


def list_bad_rows(rows: Sequence[BadRow], path: Any = None) -> None:
    """Write which rows are bad into a file, or say the first of them in the log.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    if path is None:
        for row in rows[:_SAID]:
            _LOGGER.warning("%s: %s.", row.place, row.fault.reason)
        if len(rows) > _SAID:
            said = "... and %s more bad rows. Pass bad_rows=... to list them in a file."
            _LOGGER.warning(said, f"{len(rows) - _SAID:,}")
        return
    target = Path(path)
    beside = target.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        try:
            with beside.open("wb") as stream:
                BadRowsFile(lambda: stream).add(rows)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            f"{path} cannot be written ({error.strerror}). Name another file with "
            "bad_rows=..."
        ) from None


class BadRowsFile:
    """One JSON object per bad row: ``file``, ``row``, ``line`` and ``reason``.

    Parameters
    ----------
    open_file : callable or None
        Opens the file, when the first bad row comes; None says the rows in the log.
    """

    def __init__(self, open_file: Callable[[], BinaryIO] | None) -> None:
        self._open = open_file
        self._stream: BinaryIO | None = None
        self.n_rows = 0

    def add(self, rows: Iterable[BadRow]) -> None:
        """Write some rows."""
        for row in rows:
            self.n_rows += 1
            if self._open is None:
                _LOGGER.warning("%s: %s.", row.place, row.fault.reason)
                continue
            if self._stream is None:
                self._stream = self._open()
            about = {"file": row.file, "row": row.row, "line": row.line}
            line = json.dumps({**about, "reason": row.fault.reason}) + "\n"
            self._stream.write(line.encode())
