"""The bytes of a file or of standard input, block by block, decompressed."""

import bz2
import gzip
import io
import lzma
import os
import select
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import pyarrow as pa

from sentiment.exceptions import DataError
from sentiment.formats import COMPRESSIONS

MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
    b"PK\x03\x04": "zip",
    b"PAR1": "parquet",
    b"ARROW1\x00\x00": "arrow",
    b"SQLite format 3\x00": "sqlite",
}
"""How files begin."""

STANDARD_INPUT_NAME = "standard input"
_BLOCK = 1 << 18
_LARGE_BLOCK = 1 << 22
_READABLE_ERRORS = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


@contextmanager
def open_bytes(path: Path) -> "Iterator[ByteSource]":
    """Open a file; what is wrong with it is a :class:`DataError` that names it."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}).") from None
    with file, ExitStack() as keep:
        regular = file if path.is_file() else None
        yield ByteSource(file, regular, str(path), keep)


@contextmanager
def open_standard_input() -> "Iterator[ByteSource]":
    """Open standard input; it can be read only once."""
    if sys.stdin is None:
        raise DataError("There is no standard input to read. Name a file.")
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:  # somebody has put a StringIO there
        stream = io.BytesIO(sys.stdin.read().encode())
    with ExitStack() as keep:
        yield ByteSource(stream, None, STANDARD_INPUT_NAME, keep)


class ByteSource:
    """Bytes that come one block after the other.

    ``stream``: what is read. ``file``: the regular file behind it, which tells how far
    the reading is. ``name``: starts every error message. ``keep``: closes what had to
    be opened. ``kind``: what its first bytes say the content is: ``"parquet"``,
    ``"arrow"``, ``"xlsx"``, ``"sqlite"`` or ``""``.
    """

    def __init__(
        self, stream: Any, file: IO[bytes] | None, name: str, keep: ExitStack
    ) -> None:
        self.name = name
        self._file = file
        self._compression = ""
        self._poll = _poll(stream) if file is None else None
        self._stream = stream
        self._ahead = self._read(_BLOCK)
        self.kind = _kind_of(self._ahead)
        if self.kind in COMPRESSIONS.values():
            self._decompress(keep)

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
        return not self._ahead and self._poll is not None and not self._poll.poll(0)

    @property
    def start(self) -> bytes:
        """The first bytes, before any are taken."""
        return self._ahead

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes; of standard input, what is there already."""
        size = _BLOCK if self._file is None else _LARGE_BLOCK
        while block := self.read(size):
            yield block

    def read(self, size: int = -1) -> bytes:
        """Return all bytes, or some."""
        ahead, self._ahead = self._ahead, b""
        if size < 0:
            return ahead + self._read(-1)
        return ahead or self._read(size)

    def spool(self, keep: ExitStack) -> IO[bytes]:
        """Return the bytes as a file that can be read at any place."""
        file = keep.enter_context(TemporaryFile())  # noqa: SIM115  keep closes it
        for block in self.blocks():
            file.write(block)
        file.seek(0)
        return file

    def _decompress(self, keep: ExitStack) -> None:
        self._compression, self._poll = self.kind, None
        packed = io.BufferedReader(_Joined(self._ahead, self._stream), _BLOCK)
        try:
            if self._compression == "zip":
                self._stream = keep.enter_context(self._open_member(packed, keep))
            elif self._compression == "zstd":  # Python's own is of 3.14
                self._stream = pa.CompressedInputStream(packed, "zstd")
            else:
                opened = {"gzip": gzip, "bz2": bz2, "xz": lzma}[self._compression]
                self._stream = opened.open(packed)
            self._ahead = b""
            self._ahead = self._read(_BLOCK)
        except _READABLE_ERRORS as error:
            raise self._unreadable(error) from None
        self.kind = _kind_of(self._ahead)

    def _open_member(self, packed: Any, keep: ExitStack) -> IO[bytes]:
        """Return the one file in a zip archive."""
        file = self._file
        if file is None:
            file = keep.enter_context(TemporaryFile())  # noqa: SIM115
            file.write(packed.read())
        file.seek(0)
        archive = keep.enter_context(zipfile.ZipFile(file))
        names = [one.filename for one in archive.infolist() if not one.is_dir()]
        names = [name for name in names if not name.startswith("__MACOSX/")]
        if len(names) != 1:
            raise DataError(
                f"{self.name} is a zip archive of {len(names)} files. Unpack it, and "
                "name the file."
            )
        return archive.open(names[0])

    def _read(self, size: int) -> bytes:
        try:
            if self._poll is not None and size > 0:
                # Not through the buffer: a thread that waits in it would keep its
                # lock, and Python cannot close the buffer when it ends.
                return os.read(self._stream.fileno(), size)
            return self._stream.read() if size < 0 else self._stream.read(size)
        except _READABLE_ERRORS as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: BaseException) -> DataError:
        if not self._compression:
            said = getattr(error, "strerror", None) or error
            return DataError(f"{self.name} cannot be read ({said}).")
        return DataError(
            f"{self.name} is not a readable {self._compression} file "
            f"({first_sentence(error)}). Fetch it again."
        )


class _Joined(io.RawIOBase):
    """What was read of a stream already, and the rest of it."""

    def __init__(self, start: bytes, stream: Any) -> None:
        self._start = memoryview(start)
        self._rest = stream

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        if not self._start:
            data = self._rest.read(len(room))
        else:
            data, self._start = self._start[: len(room)], self._start[len(room) :]
        room[: len(data)] = data
        return len(data)


def first_sentence(error: BaseException) -> str:
    """Return what an error says in its first line, without its full stop."""
    return str(error).strip().split("\n")[0].rstrip(".")


def _kind_of(start: bytes) -> str:
    found = next((kind for how, kind in MAGIC.items() if start.startswith(how)), "")
    if found == "zip" and (b"[Content_Types].xml" in start or b"xl/work" in start):
        return "xlsx"
    return found


def _poll(stream: Any) -> Any:
    """Return what tells whether a stream has something to read, or None."""
    try:
        poll = select.poll()
        poll.register(stream.fileno(), select.POLLIN | select.POLLHUP)
    except (AttributeError, OSError, ValueError):
        return None  # no poll on Windows; no descriptor behind a BytesIO
    return poll
