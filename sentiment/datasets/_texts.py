"""The text column of a source: every cell a str, or a refusal that names it."""

from typing import Any, NoReturn

import pandas as pd
import pyarrow as pa

from sentiment.datasets._rows import Rows
from sentiment.documents import text_series
from sentiment.exceptions import DataError


def read_texts(rows: Rows, column: str) -> pd.Series:
    """Return a column as documents, named ``text``; an empty cell is a document."""
    values = rows.column(column, "--text-column")
    if isinstance(values, list):
        # A list means cells of several types, or one that Arrow cannot hold.
        for row, value in enumerate(values):
            _check_cell(rows, column, row, value)
        return text_series(values)
    kind = values.type
    if not _is_text(kind.value_type if pa.types.is_dictionary(kind) else kind):
        _check_cell(rows, column, 0, values[0].as_py())
    values = values.cast(pa.large_string())
    if values.null_count:
        row = int(values.is_null().to_numpy(zero_copy_only=False).argmax())
        _refuse_null(rows, column, row)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return text_series(values)


def _is_text(kind: pa.DataType) -> bool:
    return (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
    )


def _check_cell(rows: Rows, column: str, row: int, value: Any) -> None:
    if value is None:
        _refuse_null(rows, column, row)
    if not isinstance(value, str):
        shown = repr(value)
        shown = shown if len(shown) <= 40 else shown[:37] + "..."
        raise DataError(
            f"{rows.place(row)}: column {column!r} takes strings. Got {shown} "
            f"({type(value).__name__}). Write it in quotes if it is text, or name the "
            "right column with --text-column."
        )
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise DataError(
            f"{rows.place(row)}: lone surrogate {value[error.start]!r} in column "
            f"{column!r}, which is not valid Unicode. Mend the text, or drop the row."
        ) from None


def _refuse_null(rows: Rows, column: str, row: int) -> NoReturn:
    found = "no key" if rows.absent(column, row) else "null in column"
    raise DataError(
        f"{rows.place(row)}: {found} {column!r}. Drop the row, or write an empty "
        "string for an empty document."
    )
