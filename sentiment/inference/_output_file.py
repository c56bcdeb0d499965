"""A file that is either written whole or not touched at all."""

import bz2
import gzip
import hashlib
import lzma
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

import pyarrow as pa

from sentiment.exceptions import DataError
from sentiment.formats import COMPRESSIONS, ENDINGS, WRITABLE

COLUMNAR = ("parquet", "arrow", "xlsx", "sqlite")
"""Formats with a type for each column, which are compressed already."""

JSON = ("jsonl", "json")
"""Formats in which each row has its own keys."""

_PACKERS = {"gzip", "zstd", "bz2", "xz"}

DELIMITERS = {"csv": ",", "tsv": "\t"}


def choose_format(output: Path | None, output_format: str | None) -> str:
    """Return the format that is asked for, else that of the ending of the file.

    Raises DataError if the ending says nothing, or says what cannot be.
    """
    # /dev/null and the like have no ending and need none.
    if output is None or is_special(output):
        return output_format or "csv"
    zipped = COMPRESSIONS.get(output.suffix.lower()) in _PACKERS
    ending = Path(output.stem if zipped else output.name).suffix.lower().lstrip(".")
    chosen = output_format or ENDINGS.get(f".{ending}", ending)
    if chosen not in WRITABLE:
        raise DataError(
            f"{output} does not say by its ending which format is wanted. Use one of "
            f".{', .'.join(WRITABLE)} (and .gz, .zst, .bz2 or .xz), or name it with "
            "output_format=..."
        )
    if zipped and chosen in COLUMNAR:
        raise DataError(
            f"{output}: a {chosen} file is compressed already. Leave out the "
            f"{output.suffix}."
        )
    return chosen


def check_output(output: Path, *, force: bool) -> None:
    """Refuse a file that cannot, or must not, be written.

    Raises
    ------
    DataError
        If the file exists and ``force`` is False, or its folder does not exist.
    """
    try:
        is_folder = output.is_dir()
    except OSError as error:
        raise DataError(f"{output} cannot be written ({error.strerror}).") from None
    if is_folder:
        raise DataError(f"{output} is a folder. Name a file to write.")
    folder = _target(output).parent
    if not folder.is_dir():
        raise DataError(f"The folder of {output} does not exist. Create it first.")
    if is_special(output):
        return
    if output.exists() and not force:
        raise DataError(f"{output} exists. Pass force=True to overwrite it.")
    if not os.access(folder, os.W_OK):
        raise DataError(f"The folder of {output} cannot be written to.")


def write_file(output: Path, data: bytes, *, force: bool) -> None:
    """Write a whole file, or nothing.

    Raises
    ------
    DataError
        If the file exists and ``force`` is False, or it cannot be written.
    """
    check_output(output, force=force)
    with open_output(output, force=force) as stream:
        stream.write(data)


@contextmanager
def open_output(
    output: Path | None, *, force: bool, temporary: Path | None = None
) -> Iterator[BinaryIO]:
    """Open what becomes ``output`` when the block ends well; None is stdout.

    The file is written beside its target and renamed, so nobody ever reads half of
    it, and nothing is left behind by an error, Ctrl-C or SIGTERM. What a killed process
    leaves behind is written over by the next if it has the same ``temporary`` name.
    """
    if output is None:
        yield _stdout()
        return
    try:
        with _writing(output, force, temporary) as stream:
            yield stream
    except BrokenPipeError:
        raise  # the reader of a named pipe has had enough, as with stdout
    except OSError as error:
        raise DataError(f"{output} cannot be written ({error.strerror}).") from error


def _stdout() -> BinaryIO:
    if sys.stdout is None:
        raise DataError("There is no stdout to write to. Use -o.")
    sys.stdout.flush()
    return sys.stdout.buffer


@contextmanager
def _writing(output: Path, force: bool, temporary: Path | None) -> Iterator[BinaryIO]:
    if is_special(output):
        # Renaming a file over /dev/stdout or a pipe would destroy it.
        with output.open("wb") as stream:
            yield stream
        return
    target = _target(output)
    # Short, so that it is never too long where the target's own name is not.
    temporary = temporary or target.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        with temporary.open("wb") as file:
            with _compressed(file, target) as stream:
                yield stream
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            # Again: it may have come into being since the work began.
            check_output(output, force=force)
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _compressed(file: IO[bytes], target: Path) -> Iterator[BinaryIO]:
    kind = COMPRESSIONS.get(target.suffix.lower())
    if kind == "gzip":
        # No name and no time in it: the same rows give the same bytes.
        with gzip.GzipFile("", "wb", 6, file, mtime=0) as zipped:
            yield cast(BinaryIO, zipped)
    elif kind in ("bz2", "xz"):
        with (bz2 if kind == "bz2" else lzma).open(file, "wb") as packed:
            yield cast(BinaryIO, packed)
    else:
        yield cast(BinaryIO, _ZstdFrames(file) if kind == "zstd" else file)


class _ZstdFrames:
    """Writes each piece as a frame of its own; the frames together are one file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._codec = pa.Codec("zstd", compression_level=3)

    def write(self, data: bytes) -> int:
        self._file.write(self._codec.compress(data, asbytes=True))
        return len(data)

    def flush(self) -> None:
        self._file.flush()


def beside(output: Path, ending: str) -> Path:
    """Return the hidden file beside an output that belongs to it.

    Its name is the same for every run, and short where that of the output is long.
    """
    target = _target(output)
    digest = hashlib.sha256(target.name.encode("utf-8", "surrogateescape")).hexdigest()
    return target.with_name(f".{digest[:12]}.{ending}")


def _target(output: Path) -> Path:
    # A symbolic link is followed, not replaced.
    return Path(os.path.realpath(output))


def is_special(output: Path) -> bool:
    """Say whether an output is a device or a pipe, which is never replaced."""
    return is_there(output) and not (output.is_file() or output.is_dir())


def is_there(output: Path) -> bool:
    """Say whether an output exists; one whose name is too long does not."""
    return os.path.exists(output)  # noqa: PTH110 - Path.exists raises OSError
