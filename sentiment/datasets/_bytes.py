"""The bytes of a file or of standard input, block by block, decompressed."""

import gzip
import os
import select
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from sentiment.exceptions import DataError

COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
"""The endings that are read, and written, compressed."""

STANDARD_INPUT_NAME = "standard input"
_BLOCK = 1 << 18


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file, decompressed when its name ends in .gz or .zst."""
    with open_bytes(path) as source:
        return source.read()


@contextmanager
def open_bytes(path: Path) -> "Iterator[ByteSource]":
    """Open a file; what is wrong with it is a :class:`DataError` that names it."""
    kind = COMPRESSIONS.get(path.suffix.lower(), "")
    try:
        file = path.open("rb")
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}).") from None
    with file:
        regular = file if path.is_file() else None
        yield ByteSource(_decompressed(file, kind), regular, str(path), kind)


def standard_input() -> "ByteSource":
    """Return standard input; it can be read only once."""
    if sys.stdin is None:
        raise DataError("There is no standard input to read. Name a file.")
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:  # somebody has put a StringIO there
        stream = _Encoded(sys.stdin)
    return ByteSource(stream, None, STANDARD_INPUT_NAME, "")


class ByteSource:
    """Bytes that come one block after the other.

    Parameters
    ----------
    stream : binary file
        What is read.
    file : binary file or None
        The regular file behind it, which tells how far the reading is.
    name : str
        Starts every error message.
    kind : {"", "gzip", "zstd"}
        How the file is compressed.
    """

    def __init__(self, stream: Any, file: IO[bytes] | None, name: str, kind: str):
        self.name = name
        self._stream = stream
        self._file = file
        self._kind = kind
        self._poll = None if file is not None or kind else _poll(stream)

    @property
    def share(self) -> float | None:
        """How much of the file has been read, from 0 to 1; None where it has no end."""
        if self._file is None:
            return None
        size = os.fstat(self._file.fileno()).st_size
        return self._file.tell() / size if size else 1.0

    @property
    def waits(self) -> bool:
        """Whether the next block may be long in coming: somebody is still typing."""
        return self._poll is not None and not self._poll.poll(0)

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes; of standard input, what is there already."""
        while block := self._read(_BLOCK):
            yield block

    def read(self) -> bytes:
        """Return all bytes."""
        return self._read(-1)

    def _read(self, size: int) -> bytes:
        try:
            if self._poll is not None and size > 0:
                # Not through the buffer: a thread that waits in it would keep its
                # lock, and Python cannot close the buffer when it ends.
                return os.read(self._stream.fileno(), size)
            return self._stream.read() if size < 0 else self._stream.read(size)
        except (OSError, EOFError, zlib.error) as error:
            if not self._kind:
                said = getattr(error, "strerror", None) or error
                raise DataError(f"{self.name} cannot be read ({said}).") from None
            ending = "gz" if self._kind == "gzip" else "zst"
            raise DataError(
                f"{self.name} is not a readable {self._kind} file "
                f"({first_sentence(error)}). Fetch it again, or drop the .{ending} "
                "from its name if it is not compressed."
            ) from None


class _Encoded:
    """A text stream as a binary one."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size).encode()


def first_sentence(error: BaseException) -> str:
    """Return what an error says in its first line, without its full stop."""
    return str(error).strip().split("\n")[0].rstrip(".")


def _decompressed(file: IO[bytes], kind: str) -> Any:
    if kind == "gzip":
        return gzip.GzipFile(fileobj=file)
    # Python's own zstd is of 3.14.
    return pa.CompressedInputStream(file, kind) if kind else file


def _poll(stream: Any) -> Any:
    """Return what tells whether a stream has something to read, or None."""
    try:
        poll = select.poll()
        poll.register(stream.fileno(), select.POLLIN | select.POLLHUP)
    except (AttributeError, OSError, ValueError):
        return None  # no poll on Windows; no descriptor behind a BytesIO
    return poll
