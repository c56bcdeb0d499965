"""The text column of a source: every cell a str, or a refusal that names it."""

from typing import Any

import pandas as pd
import pyarrow as pa

from sentiment._messages import shown
from sentiment.datasets._bad_rows import BadRow, Fault
from sentiment.datasets._rows import Rows
from sentiment.documents import text_series


def read_texts(rows: Rows, column: str) -> pd.Series:
    """Return a column as documents, named ``text``; an empty cell is a document."""
    values = rows.column(column, "--text-column")
    if isinstance(values, list):
        # A list means cells of several types, or one that Arrow cannot hold.
        for row, value in enumerate(values):
            _check_cell(rows, column, row, value)
        return text_series(values)
    kind = values.type
    if not is_text(kind):
        _check_cell(rows, column, 0, values[0].as_py())
    values = values.cast(pa.large_string())
    if values.null_count:
        row = int(values.is_null().to_numpy(zero_copy_only=False).argmax())
        _check_cell(rows, column, row, None)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return text_series(values)


def is_text(kind: pa.DataType) -> bool:
    """Say whether a column of this type holds strings, dictionary-coded or not."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
    )


def bad_row(rows: Rows, row: int, fault: Fault, n_before: int = 0) -> BadRow:
    """Return the bad row of a source whose rows have no lines."""
    return BadRow(rows.name, n_before + row + 1, None, fault, rows.place(row))


def cell_fault(column: str, value: Any, *, absent: bool = False) -> Fault | None:
    """Return what keeps a cell from being a document, or None."""
    if value is None:
        return Fault(
            f"{'no key' if absent else 'null in column'} {column!r}",
            "Drop the row, or write an empty string for an empty document.",
        )
    if not isinstance(value, str):
        return Fault(
            f"column {column!r} takes strings. Got {shown(value, 40)} "
            f"({type(value).__name__})",
            "Write it in quotes if it is text, or name the right column with "
            "--text-column.",
        )
    try:
        value.encode()
    except UnicodeEncodeError as error:
        return Fault(
            f"lone surrogate {value[error.start]!r} in column {column!r}, which is not "
            "valid Unicode",
            "Mend the text, or drop the row.",
        )
    return None


def _check_cell(rows: Rows, column: str, row: int, value: Any) -> None:
    fault = cell_fault(column, value, absent=rows.absent(column, row))
    if fault is not None:
        raise bad_row(rows, row, fault).error()
