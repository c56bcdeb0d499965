"""Reading parquet, only the columns that are asked for."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sentiment.datasets._bad_rows import Fault
from sentiment.datasets._bytes import first_sentence
from sentiment.datasets._rows import Rows, check_names, numbered_rows
from sentiment.exceptions import DataError

# The index under which export_split keeps the position of each label's instance.
POSITION = "row"


def read_parquet(
    source: Path | bytes, name: str, columns: Sequence[str] | None = None
) -> Rows:
    """Read a parquet file, or its bytes."""
    try:
        opened = pa.BufferReader(source) if isinstance(source, bytes) else source
        with pq.ParquetFile(opened) as file:
            schema = file.schema_arrow
            read = None if columns is None else _present(schema, columns)
            table = file.read(columns=read)
            n_rows = file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise unreadable(name, error) from None
    if n_rows == 0:
        raise DataError(f"{name} has no rows.")
    return rows_of_table(table, name, n_rows, tuple(schema.names))


def rows_of_table(
    table: pa.Table, name: str, n_rows: int, names: tuple[str, ...]
) -> Rows:
    """Return the rows of an Arrow table, with what its metadata says about them."""
    names = data_columns(names, name)
    rows = Rows(
        name=name,
        columns={key: table[key] for key in table.column_names if key in names},
        n_rows=n_rows,
        place=numbered_rows(name),
        names=names,
        class_names=class_names(table.schema),
        positions=_positions(table),
    )
    for row, fault in find_invalid(rows.columns):
        raise DataError(f"{rows.place(row)}: {fault.reason}. {fault.remedy}")
    return rows


def data_columns(names: Sequence[str], name: str) -> tuple[str, ...]:
    """Return the columns of a parquet file that are data."""
    # pandas writes an index without a name as such a column; it is none of the data.
    kept = tuple(key for key in names if not key.startswith("__index_level_"))
    check_names(kept, name)
    return kept


def unreadable(name: str, error: Exception) -> DataError:
    """Return the error of a file that pyarrow cannot read."""
    said = first_sentence(error)
    return DataError(f"{name} is not a readable parquet file ({said}).")


def _present(schema: pa.Schema, columns: Sequence[str]) -> list[str]:
    wanted = {*columns, POSITION}
    return [key for key in schema.names if key in wanted]


def find_invalid(columns: Mapping[str, pa.ChunkedArray]) -> Iterator[tuple[int, Fault]]:
    """Yield each cell that is not text: its row, and what is wrong with it.

    Arrow believes a file that its strings are UTF-8; reading such a cell would fail
    much later, and without its place.
    """
    for column, values in columns.items():
        first = 0
        for chunk in values.chunks:
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


def _positions(table: pa.Table) -> np.ndarray | None:
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
