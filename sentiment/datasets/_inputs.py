"""Which reader reads which source: files, patterns, folders, tables, standard input."""

import glob
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from sentiment.datasets._arrow import ArrowReader, ParquetReader
from sentiment.datasets._batch import (
    ARROW,
    Batch,
    Column,
    choose_split,
    concat_batches,
    iter_slices,
)
from sentiment.datasets._bytes import (
    STANDARD_INPUT_NAME,
    ByteSource,
    open_bytes,
    open_standard_input,
)
from sentiment.datasets._class_folders import read_class_folder
from sentiment.datasets._class_layout import is_class_folder, natural_order
from sentiment.datasets._column_types import Schema, stored_type, type_of_values
from sentiment.datasets._delimited import DelimitedReader
from sentiment.datasets._formats import check_format, format_of
from sentiment.datasets._frames import batch_of_frame, is_table
from sentiment.datasets._json import JsonReader
from sentiment.datasets._source import SAMPLE, Source, existing_path
from sentiment.datasets._tables import PART, READERS, split_part
from sentiment.datasets._text_lines import LinesReader
from sentiment.exceptions import DataError
from sentiment.formats import COMPRESSIONS

# The reader of each format: of bytes that come one after the other, and of files that
# are read at any place.
_TEXT: dict[str, Callable[..., "Reader"]] = {
    "csv": partial(DelimitedReader, delimiter=","),
    "tsv": partial(DelimitedReader, delimiter="\t"),
    "jsonl": JsonReader,
    "json": partial(JsonReader, is_array=True),
    "lines": LinesReader,
    "fasttext": partial(LinesReader, labelled=True),
}
_BINARY = {"parquet": ParquetReader, "arrow": ArrowReader}


class Reader(Protocol):
    """Rows that can be read in batches."""

    name: str
    no_rows: str

    def schema(self) -> Schema:
        """Return the columns with their Arrow types."""

    def batches(
        self, columns: Collection[str] | None = None, *, lenient: bool = False
    ) -> Iterator[Batch]:
        """Yield the rows in batches, with some of their columns or all.

        ``lenient`` says whether reading goes on behind a byte that is not of the
        encoding; what else is wrong with a row stands in the batch.
        """


@dataclass(frozen=True)
class Input:
    """Something to read, and the file it is.

    Attributes
    ----------
    rows : Reader
        What is read.
    file_format : str
        One of ``sentiment.formats.READABLE``, or ``"rows"``.
    path : Path or None
        None for what is no regular file: it is not there for another run.
    again : bool
        Whether it can be read twice.
    """

    rows: Reader
    file_format: str
    path: Path | None = None
    again: bool = True


def find_inputs(source: Source, keep: ExitStack) -> list[Input]:
    """Return the inputs that a source names, in their order.

    A name with ``*``, ``?`` or ``[`` that is no file is a pattern: its matches come in
    their natural order, ``2.csv`` before ``10.csv``. ``**`` stands for any folders.
    ``keep`` closes what had to be copied to disk.

    Raises
    ------
    DataError
        If there is no such file, a pattern matches none, or one of several sources is
        not a file.
    """
    given = source.data if isinstance(source.data, list | tuple) else [source.data]
    found = [one for data in given for one in _expanded(source.with_data(data))]
    if not found:
        raise DataError("There is no input. Name a file.")
    return [_find_input(one, keep, len(found) > 1) for one in found]


def read_whole(source: Source, columns: Collection[str] | None = None) -> Batch:
    """Read all rows of a source, their faults included."""
    with ExitStack() as keep:
        inputs = find_inputs(source, keep)
        lenient = source.on_bad_rows != "fail"
        parts = [
            part
            for one in inputs
            for part in one.rows.batches(columns, lenient=lenient)
        ]
    if not parts:
        raise DataError(f"{inputs[0].rows.name} {inputs[0].rows.no_rows}")
    return concat_batches(parts, str(source.data) if len(inputs) > 1 else None)


def require_column(reader: Reader, schema: Schema, column: str) -> None:
    """Refuse an input without a text column, before anything is read."""
    hint = getattr(reader, "hint_of_header", lambda: "")()
    cells = (None,) * len(schema.names)
    rows = Batch(reader.name, schema.names, 0, cells, hint=hint)
    rows.require(column, "text_column")


class WholeReader:
    """A folder, a data set of the hub or a table: read as a whole, given in batches.

    ``name``: as the user wrote it. ``read``: returns all rows.
    """

    no_rows = "has no rows."

    def __init__(self, name: str, read: Callable[[], Batch]) -> None:
        self.name = name
        self._read = read

    @cached_property
    def _rows(self) -> Batch:
        return self._read()

    def schema(self) -> Schema:
        """Return the columns with their Arrow types."""
        rows = self._rows
        return Schema(rows.names, tuple(map(_type, rows.cells)))

    def batches(
        self, columns: Collection[str] | None = None, *, lenient: bool = False
    ) -> Iterator[Batch]:
        """Yield the rows."""
        rows = self._rows
        for start, stop in iter_slices(rows.n_rows):
            faults = {
                row - start: fault
                for row, fault in rows.faults.items()
                if start <= row < stop
            }
            part = rows.part(start, stop)
            yield replace(part, share=stop / rows.n_rows, faults=faults)


def _type(cells: Column) -> pa.DataType | None:
    if cells is None:
        return pa.null()
    return (
        stored_type(cells.type) if isinstance(cells, ARROW) else type_of_values(cells)
    )


def _read_as_whole(source: Source) -> Batch:
    split = source.split or "train"
    if source.is_sample:
        return read_sample(split)
    if source.is_hub:
        from sentiment.datasets._hub import fetch_hub_rows

        return fetch_hub_rows(source.data, split)
    if not source.is_path and is_table(source.data):
        return batch_of_frame(source.data)
    from sentiment.datasets._datasets_folder import (
        has_dataset_card,
        read_datasets_folder,
    )
    from sentiment.datasets._exported_folder import (
        exported_splits,
        read_exported_folder,
    )

    path = existing_path(source.data)
    if exported_splits(path):
        return read_exported_folder(path, split)
    if is_class_folder(path) and not has_dataset_card(path):
        return read_class_folder(path, split, source)
    return read_datasets_folder(path, split, source, read_whole)


def read_sample(split: str) -> Batch:
    """Read one split of the sample, ``train`` or ``test``: short reviews of our own."""
    with as_file(files("sentiment.datasets.sample") / "reviews.csv") as path:
        reader = DelimitedReader(SAMPLE, partial(open_bytes, path), Source(path), ",")
        rows = concat_batches(list(reader.batches()))
    stored = np.array(rows.column("split").to_pylist())
    choose_split(split, list(dict.fromkeys(stored.tolist())), SAMPLE)
    return rows.take(np.flatnonzero(stored == split))


def _expanded(source: Source) -> list[Source]:
    if not source.is_path:
        return [source]
    name = os.fspath(source.data)
    if not glob.has_magic(name) or source.is_file or source.is_folder:
        return [source]
    found = [path for path in map(Path, _matches(name)) if path.is_file()]
    if not found:
        raise DataError(f"No file matches {name!r}.")
    found.sort(key=lambda path: [natural_order(part) for part in path.parts])
    return [source.with_data(str(path)) for path in found]


def _matches(pattern: str) -> list[str]:
    return glob.glob(pattern, recursive=True)  # noqa: PTH207  Path's takes none from /


def _find_input(source: Source, keep: ExitStack, is_one_of_several: bool) -> Input:
    if source.is_standard_input and not is_one_of_several:
        input_format = check_format(source.input_format or "csv")
        name = STANDARD_INPUT_NAME
        found = _reader(name, input_format, open_standard_input, source, None, keep)
        return Input(found, input_format, again=input_format in _BINARY)
    if source.is_file:
        return _file(source, Path(source.data), keep)
    if source.is_path and PART in str(source.data):
        path, part = split_part(os.fspath(source.data))
        if source.with_data(path).is_file:
            return _file(source, Path(path), keep, part)
    if is_one_of_several:
        existing_path(source.data)
        raise DataError(
            f"{source.data} is not a file. Several inputs are files, each csv, tsv, "
            "jsonl or parquet."
        )
    name = str(source.data) if source.is_path else f"the {type(source.data).__name__}"
    if not source.is_path and not source.is_sample and not is_table(source.data):
        existing_path(source.data)
    return Input(WholeReader(name, partial(_read_as_whole, source)), "rows")


def _file(
    source: Source, path: Path, keep: ExitStack, part: str | None = None
) -> Input:
    input_format = format_of(path, source.input_format)
    opened = partial(open_bytes, path)
    regular = path if path.is_file() else None
    if regular is not None:
        with opened() as start:
            input_format = _by_content(start, input_format, path)
    if input_format in READERS:
        whole = WholeReader(str(path), partial(READERS[input_format], path, part))
        return Input(whole, "rows", regular)
    if part is not None:
        raise DataError(f"{path} is {input_format}: it has no parts such as {part!r}.")
    found = _reader(str(path), input_format, opened, source, regular, keep)
    again = regular is not None or input_format in _BINARY
    return Input(found, input_format, regular, again)


def _by_content(start: ByteSource, input_format: str, path: Path) -> str:
    """Return the format of a file, of which the ending may say too little."""
    kind = start.kind
    wanted = input_format if input_format in (*_BINARY, *READERS) else ""
    if path.suffix.lower() in (".xls", ".ods") and wanted == "xlsx":
        return wanted
    if kind != wanted and (kind or start.start):
        said = f"one of {kind}" if kind else f"no {input_format}"
        if kind in (*_BINARY, *READERS):
            remedy = f"Rename it to end in .{kind}, or pass input_format={kind!r}."
        else:
            remedy = "Name its format with input_format=..."
        raise DataError(f"{path} is {said}, whatever its name says. {remedy}")
    if input_format == "txt":
        return "fasttext" if b"__label__" in start.start[:100] else "lines"
    return input_format


def _reader(
    name: str,
    input_format: str,
    opened: Any,
    source: Source,
    path: Path | None,
    keep: ExitStack,
) -> Reader:
    if input_format not in _BINARY:
        return _TEXT[input_format](name, opened, source)
    place: Any = path
    if path is None or path.suffix.lower() in COMPRESSIONS:
        # These are read from their end.
        with opened() as once:
            place = once.spool(keep)
    return _BINARY[input_format](name, place)
