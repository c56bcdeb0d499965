"""The file that says which rows are bad, and why."""

import json
import logging
from collections.abc import Callable, Iterable
from typing import BinaryIO

from sentiment.datasets._bad_rows import BadRow

_LOGGER = logging.getLogger("sentiment")


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
