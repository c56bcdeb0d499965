"""What a killed run has predicted already, kept beside its output.

What takes time is the prediction. So the journal holds the probabilities, in some bytes
a row, and a continued run reads and writes all rows again but asks the model only from
where the journal ends: its output is that of a run that nothing interrupted, in any
format.
"""

import json
import os
import struct
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sentiment.exceptions import DataError

try:
    import fcntl
except ImportError:  # Windows has none: two runs on one output are not noticed there
    fcntl = None  # type: ignore[assignment]

_MAGIC = b"sentiment journal 1\n"
# Rows, classes, checksum of the documents, checksum of the probabilities.
_HEAD = struct.Struct("<IIII")
_COMPLETE = 0x2E444E45
_SECONDS_BETWEEN_SYNCS = 1.0


@dataclass(frozen=True)
class PredictionSummary:
    """What :func:`predict_file` has done.

    Attributes
    ----------
    n_rows : int
        Rows written.
    output : Path or None
        The file written; None is stdout.
    n_bad : int
        Rows that could not be predicted: left out, or among those written.
    bad_rows : Path or None
        The file that says which, if there is one.
    known_words : float or None
        The share of the words of the first rows that the model knows.
    """

    n_rows: int
    output: Path | None
    n_bad: int = 0
    bad_rows: Path | None = None
    known_words: float | None = None


class Journal:
    """The probabilities of the rows so far, as a file.

    ``path``: where it is kept. ``output``: whose journal it is; named in errors.
    """

    def __init__(self, path: Path, output: Path) -> None:
        self.path = path
        self._output = output
        self._file: Any = None
        self._stored = 0  # records that are still to be read again
        self._synced = 0.0
        self._whole: int | None = None  # where the note stands that all is done

    def begin(self, about: dict[str, Any], *, resume: bool, force: bool) -> int:
        """Open the journal, that of a killed run if there is one.

        ``about``: what the answers depend on; a run is continued only where it is the
        same. ``resume``: whether to continue. ``force``: whether to begin anew where a
        journal is and ``resume`` is False. ``n_rows``: how many rows are predicted
        already.
        """
        existed = self.path.exists()
        self._file = self.path.open("r+b" if existed else "w+b")
        self._lock()
        if existed and not resume and not force and self._count()[1]:
            self.close(keep=True)
            raise DataError(
                f"An earlier run to {self._output} was killed. Pass resume=True to "
                "continue it, or force=True to begin anew."
            )
        if existed and resume:
            known = self._read_about()
            if known is not None:
                self._compare(known, about)
                self._stored, n_rows = self._count()
                self._file.seek(self._start)
                return n_rows
        self._file.seek(0)
        self._file.truncate()
        text = json.dumps(about).encode()
        head = struct.pack("<II", len(text), zlib.crc32(text))
        self._file.write(_MAGIC + head + text)
        self._file.flush()
        return 0

    @property
    def n_stored(self) -> int:
        """How many batches are predicted already and not taken yet."""
        return self._stored

    def take(self, texts: pa.Array) -> np.ndarray:
        """Return the probabilities of the next batch."""
        record = self._read_record()
        self._stored -= 1
        if self._stored == 0:
            self._file.truncate()
        if (
            record is None
            or record[0] != _checksum(texts)
            or len(record[1]) != len(texts)
        ):
            raise self._refusal("Its input has changed")
        return record[1]

    def add(self, texts: pa.Array, table: np.ndarray) -> None:
        """Store the probabilities of a batch."""
        data = table.tobytes()
        head = _HEAD.pack(*table.shape, _checksum(texts), zlib.crc32(data))
        self._file.write(head + data)
        self._file.flush()
        # A killed process loses nothing that is flushed; a machine without power does.
        if time.monotonic() - self._synced > _SECONDS_BETWEEN_SYNCS:
            os.fsync(self._file.fileno())
            self._synced = time.monotonic()

    def complete(self, summary: dict[str, Any]) -> None:
        """Say that the output is whole and about to be put in place."""
        self._whole = self._file.tell()
        text = json.dumps(summary).encode()
        self._file.write(_HEAD.pack(len(text), 0, _COMPLETE, zlib.crc32(text)) + text)
        self._file.flush()
        os.fsync(self._file.fileno())

    def completed(self) -> dict[str, Any] | None:
        """Return the summary of a run that was killed when its output was whole."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as self._file:
            if self._read_about() is None:
                return None
            end = self._start
            while self._read_record() is not None:
                end = self._file.tell()
            self._file.seek(end)
            head = self._file.read(_HEAD.size)
            if len(head) < _HEAD.size:
                return None
            size, _, mark, checksum = _HEAD.unpack(head)
            text = self._file.read(size) if mark == _COMPLETE else b""
        whole = len(text) == size and zlib.crc32(text) == checksum
        return json.loads(text) if whole and text else None

    def close(self, *, keep: bool) -> None:
        """End the journal; it is needed only as long as the output is not whole."""
        if self._file is None:
            return
        if keep:
            if self._whole is not None:
                # It was not put in place after all.
                self._file.truncate(self._whole)
            self._file.flush()
            os.fsync(self._file.fileno())
        else:
            self.path.unlink(missing_ok=True)
        self._file.close()
        self._file = None

    def refuse_other_answers(self) -> DataError:
        """Return the error of a model that answers otherwise than it did."""
        return self._refusal("The model, or a library, answers otherwise than then")

    def _lock(self) -> None:
        if fcntl is None:
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            self._file = None
            raise DataError(
                f"Another run is writing {self._output}. Wait for it to end."
            ) from None

    def _read_about(self) -> dict[str, Any] | None:
        self._file.seek(0)
        if self._file.read(len(_MAGIC)) != _MAGIC:
            return None
        head = self._file.read(8)
        if len(head) < 8:
            return None
        size, checksum = struct.unpack("<II", head)
        text = self._file.read(size)
        if len(text) < size or zlib.crc32(text) != checksum:
            return None
        self._start = self._file.tell()
        return json.loads(text)

    def _count(self) -> tuple[int, int]:
        """Return how many records are whole, and of how many rows."""
        if self._read_about() is None:
            return 0, 0
        n_records = n_rows = 0
        end = self._start
        while (record := self._read_record()) is not None:
            n_records += 1
            n_rows += len(record[1])
            end = self._file.tell()
        # What was being written when the run was killed.
        self._file.truncate(end)
        return n_records, n_rows

    def _read_record(self) -> tuple[int, np.ndarray] | None:
        head = self._file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return None
        n_rows, n_classes, texts, checksum = _HEAD.unpack(head)
        # Nothing but zeros is what a file system may leave of a lost block.
        size = n_rows * n_classes * 8
        if not n_classes or size > os.fstat(self._file.fileno()).st_size:
            return None
        data = self._file.read(size)
        if len(data) < size or zlib.crc32(data) != checksum:
            return None
        return texts, np.frombuffer(data).reshape(n_rows, n_classes)

    def _compare(self, known: dict[str, Any], about: dict[str, Any]) -> None:
        for name, said in _DIFFERENCES.items():
            if known.get(name) != about[name]:
                raise self._refusal(said)

    def _refusal(self, said: str) -> DataError:
        self.close(keep=True)
        return DataError(
            f"{self._output} cannot be continued. {said} since the run that was killed "
            "began. Pass force=True without resume=True to begin anew."
        )


_DIFFERENCES = {
    "inputs": "Its input has changed",
    "model": "The model has changed",
    "options": "The options have changed",
    "version": "This package has another version",
}
"""What a run depends on, and what is said where it differs."""


def _checksum(texts: pa.Array) -> int:
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return 0
    bounds = np.frombuffer(offsets, np.int64)[
        texts.offset : texts.offset + len(texts) + 1
    ]
    sizes = zlib.crc32(np.diff(bounds).tobytes())
    return zlib.crc32(memoryview(data)[bounds[0] : bounds[-1]], sizes)
