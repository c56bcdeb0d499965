"""Reading parquet and Arrow files in batches, only the columns that are asked for."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sentiment._arrays import Ints
from sentiment.datasets._bad_rows import Fault
from sentiment.datasets._batch import (
    BATCH_BYTES,
    Batch,
    batch_rows,
    iter_slices,
    numbered_rows,
)
from sentiment.datasets._bytes import first_sentence
from sentiment.datasets._column_types import Schema, stored_type
from sentiment.exceptions import DataError

# The index under which export_split keeps the position of each label's instance.
POSITION = "row"
_BUFFER = 1 << 20


class ParquetReader:
    """The rows of a parquet file, without reading a row group as a whole.

    ``name``: as the user wrote it. ``path``: where it is.
    """

    no_rows = "has no rows."
    file_format = "parquet"

    def __init__(self, name: str, path: Any) -> None:
        self.name = name
        self._path = path

    def schema(self) -> Schema:
        """Return the columns with their Arrow types."""
        with self._open() as (schema, *_):
            return _columns_of(schema)

    def batches(
        self, columns: Collection[str] | None = None, *, lenient: bool = False
    ) -> Iterator[Batch]:
        """Yield the rows."""
        with self._open() as (schema, n_rows, read):
            names = data_columns(schema.names)
            wanted = [
                name
                for name in names
                if columns is None or name in columns or name == POSITION
            ]
            n_before, rest = 0, read(wanted)
            while (table := self._next(rest)) is not None:
                known = n_rows or n_before + table.num_rows
                yield batch_of_table(
                    pa.Table.from_batches([table]),
                    self.name,
                    names,
                    n_before,
                    (n_before + table.num_rows) / known,
                )
                n_before += table.num_rows

    def _next(self, rest: Iterator[pa.RecordBatch]) -> pa.RecordBatch | None:
        try:
            return next(rest, None)
        except (pa.ArrowException, OSError) as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: Exception) -> DataError:
        said = first_sentence(error)
        kind = self.file_format
        return DataError(
            f"{self.name} is not a readable {kind} file ({said}). Write or fetch it "
            "again."
        )

    @contextmanager
    def _open(self) -> Iterator[tuple[pa.Schema, int, Any]]:
        try:
            # Buffered: else Arrow holds the whole row group, which may be the file.
            file = pq.ParquetFile(self._path, pre_buffer=False, buffer_size=_BUFFER)
        except (pa.ArrowException, OSError) as error:
            raise self._unreadable(error) from None
        with file:

            def read(wanted: list[str]) -> Iterator[pa.RecordBatch]:
                return file.iter_batches(batch_size=_batch_rows(file), columns=wanted)

            yield file.schema_arrow, file.metadata.num_rows, read


class ArrowReader(ParquetReader):
    """The rows of an Arrow file, or Feather, which is one; or of an Arrow stream."""

    file_format = "Arrow"

    @contextmanager
    def _open(self) -> Iterator[tuple[pa.Schema, int, Any]]:
        try:
            source = (
                pa.memory_map(str(self._path)) if _is_path(self._path) else self._path
            )
            file = pa.ipc.open_file(source)
        except (pa.ArrowException, OSError) as error:
            raise self._unreadable(error) from None

        def read(wanted: list[str]) -> Iterator[pa.RecordBatch]:
            for number in range(file.num_record_batches):
                batch = file.get_batch(number).select(wanted)
                for start, stop in iter_slices(batch.num_rows):
                    yield batch.slice(start, stop - start)

        with file:
            yield file.schema, 0, read


def batch_of_table(
    table: pa.Table,
    name: str,
    names: Sequence[str] | None = None,
    n_before: int = 0,
    share: float | None = 1.0,
) -> Batch:
    """Return the rows of an Arrow table, with what its metadata says about them."""
    columns = data_columns(table.column_names)
    names = columns if names is None else tuple(names)
    cells = {key: table.column(place) for place, key in enumerate(table.column_names)}
    if len(cells) < table.num_columns:
        # Two columns of one name: each at its place.
        places = [p for p, key in enumerate(table.column_names) if key in columns]
        ordered = tuple(table.column(place) for place in places)
    else:
        ordered = tuple(cells.get(key) for key in names)
    faults = dict(find_invalid(cells))
    if faults:
        kept = np.arange(table.num_rows)
        rows = pa.array(kept, mask=np.isin(kept, list(faults)))
        ordered = tuple(None if one is None else one.take(rows) for one in ordered)
    return Batch(
        name=name,
        names=tuple(names),
        n_rows=table.num_rows,
        cells=ordered,
        place=numbered_rows(name, n_before),
        n_before=n_before,
        faults=faults,
        share=share,
        class_names=class_names(table.schema),
        positions=_positions(table),
    )


def data_columns(names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of a parquet file that are data."""
    # pandas writes an index without a name as such a column; it is none of the data.
    return tuple(key for key in names if not key.startswith("__index_level_"))


def find_invalid(columns: Mapping[str, pa.ChunkedArray]) -> Iterator[tuple[int, Fault]]:
    """Yield each cell that is not text: its row, and what is wrong with it.

    Arrow believes a file that its strings are UTF-8; reading such a cell would fail
    much later, and without its place.
    """
    for column, values in columns.items():
        first = 0
        chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
        for chunk in chunks:
            for row in _invalid_rows(chunk):
                yield (
                    first + row,
                    Fault(
                        f"column {column!r} holds bytes that are not UTF-8",
                        "Write the file again from text that was decoded.",
                    ),
                )
            first += len(chunk)


def _invalid_rows(chunk: pa.Array) -> Iterator[int]:
    # Halves before rows: validating a slice of one row costs as much as a call.
    pending = [(0, len(chunk))]
    while pending:
        start, length = pending.pop()
        try:
            chunk.slice(start, length).validate(full=True)
        except pa.ArrowInvalid:
            if length <= 1:
                yield start
                continue
            half = length // 2
            pending += [(start + half, length - half), (start, half)]


def class_names(schema: pa.Schema) -> dict[str, list[str]]:
    """Return the ClassLabel names that ``datasets`` keeps in a file's metadata."""
    info = _metadata(schema, b"huggingface").get("info")
    features = info.get("features") if isinstance(info, dict) else None
    return {
        column: [str(name) for name in feature.get("names", ())]
        for column, feature in (features or {}).items()
        if isinstance(feature, dict) and feature.get("_type") == "ClassLabel"
    }


def _positions(table: pa.Table) -> Ints | None:
    index = _metadata(table.schema, b"pandas").get("index_columns", [])
    if index != [POSITION] or POSITION not in table.column_names:
        return None
    values = table[POSITION]
    if not pa.types.is_integer(values.type) or values.null_count:
        return None
    return values.to_numpy().astype(np.int64)


def _metadata(schema: pa.Schema, key: bytes) -> dict[str, Any]:
    try:
        found = json.loads((schema.metadata or {}).get(key, b"{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _columns_of(schema: pa.Schema) -> Schema:
    kept = [one for one in schema if one.name in data_columns([one.name])]
    return Schema(
        tuple(one.name for one in kept), tuple(stored_type(one.type) for one in kept)
    )


def _is_path(place: Any) -> bool:
    return not hasattr(place, "read")


def _batch_rows(file: pq.ParquetFile) -> int:
    """Return how many rows are a batch, from what the file says about its size."""
    groups = [file.metadata.row_group(n) for n in range(file.metadata.num_row_groups)]
    size = sum(group.total_byte_size for group in groups)
    each = max(1, size // max(1, file.metadata.num_rows))
    return min(batch_rows(), max(1, BATCH_BYTES // each))
