"""Reading parquet, only the columns that are asked for."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

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
        said = str(error).strip().split("\n")[0].rstrip(".")
        raise DataError(f"{name} is not a readable parquet file ({said}).") from None
    if n_rows == 0:
        raise DataError(f"{name} has no rows.")
    return rows_of_table(table, name, n_rows, tuple(schema.names))


def rows_of_table(
    table: pa.Table, name: str, n_rows: int, names: tuple[str, ...]
) -> Rows:
    """Return the rows of an Arrow table, with what its metadata says about them."""
    # pandas writes an index without a name as such a column; it is none of the data.
    unnamed = {key for key in names if key.startswith("__index_level_")}
    names = tuple(key for key in names if key not in unnamed)
    check_names(names, name)
    rows = Rows(
        name=name,
        columns={key: table[key] for key in table.column_names if key not in unnamed},
        n_rows=n_rows,
        place=numbered_rows(name),
        names=names,
        class_names=_class_names(table.schema),
        positions=_positions(table),
    )
    _check_unicode(rows)
    return rows


def _present(schema: pa.Schema, columns: Sequence[str]) -> list[str]:
    wanted = {*columns, POSITION}
    return [key for key in schema.names if key in wanted]


def _check_unicode(rows: Rows) -> None:
    # Arrow believes a file that its strings are UTF-8; reading such a cell
    # would fail much later, and without its place.
    for column, values in rows.columns.items():
        try:
            values.validate(full=True)
        except pa.ArrowInvalid:
            row = _first_invalid(values)
            raise DataError(
                f"{rows.place(row)}: column {column!r} holds bytes that are not UTF-8. "
                "Write the file again from text that was decoded."
            ) from None


def _first_invalid(values: pa.ChunkedArray) -> int:
    # Chunks before rows: validating a slice of one row costs as much as a call.
    row = 0
    for chunk in values.chunks:
        for start in range(len(chunk)):
            try:
                chunk.slice(start, 1).validate(full=True)
            except pa.ArrowInvalid:
                return row + start
        row += len(chunk)
    return 0


def _class_names(schema: pa.Schema) -> dict[str, list[str]]:
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
