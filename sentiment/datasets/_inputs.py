"""What is read: files, patterns, folders, standard input, as inputs in batches."""

import glob
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Protocol

import pyarrow as pa

from sentiment.datasets._batches import Batch, Reading
from sentiment.datasets._bytes import (
    COMPRESSIONS,
    STANDARD_INPUT_NAME,
    ByteSource,
    open_bytes,
    standard_input,
)
from sentiment.datasets._class_folders import natural_order
from sentiment.datasets._delimited_input import DelimitedInput
from sentiment.datasets._files import (
    ReadOptions,
    check_format,
    delimiter_of,
    format_of,
)
from sentiment.datasets._json_input import JsonInput
from sentiment.datasets._parquet_input import ParquetInput
from sentiment.datasets._sources import STANDARD_INPUT, Source, existing_path, is_file
from sentiment.datasets._whole_input import WholeInput
from sentiment.exceptions import DataError


class Input(Protocol):
    """Rows that can be read in batches."""

    name: str
    no_rows: str

    def types(self) -> dict[str, pa.DataType | None]:
        """Return the columns with their Arrow types."""

    def batches(self, reading: Reading) -> Iterator[Batch]:
        """Yield the rows in batches."""


@dataclass(frozen=True)
class InputFile:
    """An input, and the file it is.

    Attributes
    ----------
    rows : Input
        What is read.
    file_format : str
        ``"csv"``, ``"tsv"``, ``"jsonl"``, ``"parquet"``, or ``"rows"``.
    path : Path or None
        None for what is no regular file: it is not there for another run.
    again : bool
        Whether it can be read twice.
    """

    rows: Input
    file_format: str
    path: Path | None = None
    again: bool = True


def find_inputs(
    source: Source | Iterable[Source],
    split: str,
    options: ReadOptions,
    keep: ExitStack,
) -> list[InputFile]:
    """Return the inputs that one source or several name, in their order.

    A name with ``*``, ``?`` or ``[`` that is no file is a pattern: its matches come in
    their natural order, ``2.csv`` before ``10.csv``. ``**`` stands for any folders.
    ``keep`` closes what had to be copied to disk.

    Raises
    ------
    DataError
        If there is no such file, a pattern matches none, or one of several sources is
        not a file.
    """
    if isinstance(source, list | tuple):
        names = [name for one in source for name in _expanded(one)]
        if not names:
            raise DataError("There is no input. Name a file.")
        return [
            _find_input(name, split, options, keep, len(names) > 1) for name in names
        ]
    return find_inputs([source], split, options, keep)


def _expanded(source: Source) -> list[Source]:
    if not isinstance(source, str | os.PathLike):
        return [source]
    name = os.fspath(source)
    if not glob.has_magic(name) or is_file(source) or Path(name).is_dir():
        return [source]
    found = [path for path in map(Path, _matches(name)) if path.is_file()]
    if not found:
        raise DataError(f"No file matches {name!r}.")
    found.sort(key=lambda path: [natural_order(part) for part in path.parts])
    return [str(path) for path in found]


def _matches(pattern: str) -> list[str]:
    return glob.glob(pattern, recursive=True)  # noqa: PTH207  Path's takes none from /


def _find_input(
    source: Source,
    split: str,
    options: ReadOptions,
    keep: ExitStack,
    is_one_of_several: bool,
) -> InputFile:
    is_path = isinstance(source, str | os.PathLike)
    if is_path and source == STANDARD_INPUT and not is_one_of_several:
        return _standard_input(options, keep)
    if isinstance(source, str | os.PathLike) and is_file(source):
        return _file(Path(source), options, keep)
    if is_one_of_several:
        existing_path(source)
        raise DataError(
            f"{source} is not a file. Several inputs are files, each csv, tsv, jsonl "
            "or parquet."
        )
    name = str(source) if is_path else "the DataFrame"
    whole = WholeInput(name, source, split, options)
    return InputFile(whole, "rows")


def _file(path: Path, options: ReadOptions, keep: ExitStack) -> InputFile:
    file_format = format_of(path, options.input_format)
    opened = partial(open_bytes, path)
    name = str(path)
    if file_format == "parquet":
        if path.suffix.lower() in COMPRESSIONS:
            # Parquet is read from its end; and is compressed already, so this is rare.
            options = replace(options, input_format="parquet")
            return InputFile(WholeInput(name, path, "", options), "rows", path)
        rows: Input = ParquetInput(name, _seekable(path, keep))
    elif file_format == "jsonl":
        rows = JsonInput(name, opened, options.encoding)
    else:
        delimiter = delimiter_of(file_format, options)
        rows = DelimitedInput(name, opened, options.encoding, delimiter)
    regular = path.is_file()
    again = regular or file_format == "parquet"
    return InputFile(rows, file_format, path if regular else None, again)


def _seekable(path: Path, keep: ExitStack) -> Path | IO[bytes]:
    if path.is_file():
        return path
    with open_bytes(path) as source:
        return _spool(source, keep)


def _standard_input(options: ReadOptions, keep: ExitStack) -> InputFile:
    file_format = check_format(options.input_format or "csv")
    name = STANDARD_INPUT_NAME
    if file_format == "parquet":
        file = _spool(standard_input(), keep)
        return InputFile(ParquetInput(name, file), file_format)
    if file_format == "jsonl":
        rows: Input = JsonInput(name, _opened_standard_input, options.encoding)
    else:
        delimiter = delimiter_of(file_format, options)
        rows = DelimitedInput(name, _opened_standard_input, options.encoding, delimiter)
    return InputFile(rows, file_format, again=False)


def spooled(source: InputFile, keep: ExitStack) -> InputFile:
    """Return JSON lines that can be read once as such that can be read twice."""
    if not isinstance(source.rows, JsonInput):
        raise TypeError(f"spooled takes JSON lines. Got {source.file_format}.")
    name = source.rows.name
    with source.rows.open_source() as once:
        file = _spool(once, keep)

    @contextmanager
    def opened() -> Iterator[ByteSource]:
        file.seek(0)
        yield ByteSource(file, file, name, "")

    rows = JsonInput(name, opened, source.rows.encoding)
    return replace(source, rows=rows, again=True)


def _spool(source: ByteSource, keep: ExitStack) -> IO[bytes]:
    """Copy what can be read once into a temporary file without a name."""
    file = keep.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  keep does
    for block in source.blocks():
        file.write(block)
    file.seek(0)
    return file


@contextmanager
def _opened_standard_input() -> Iterator[ByteSource]:
    yield standard_input()
