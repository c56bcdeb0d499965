"""Writing a table so that every cell reads back as it was."""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sentiment.exceptions import DataError
from sentiment.inference._cells import delimited_cell, json_text

_DELIMITERS = {"csv": ",", "tsv": "\t"}


def write_table(table: pd.DataFrame, stream: BinaryIO, output_format: str) -> None:
    """Write a table as csv, tsv, jsonl (all of them UTF-8) or parquet."""
    if output_format == "parquet":
        pq.write_table(_arrow_table(table), stream)
        return
    lines = (
        _json_lines(table)
        if output_format == "jsonl"
        else _delimited_lines(table, _DELIMITERS[output_format])
    )
    for number, line in enumerate(lines, start=1):
        try:
            stream.write(line.encode())
        except UnicodeEncodeError as error:
            raise DataError(
                f"Line {number} of the output would hold a lone surrogate "
                f"{line[error.start]!r}, which is no Unicode text. Drop that row of "
                "the input, or read it in its right encoding."
            ) from None
    stream.flush()


def _delimited_lines(table: pd.DataFrame, delimiter: str) -> Iterator[str]:
    columns = [_cells(table.iloc[:, place]) for place in range(table.shape[1])]
    for row in [table.columns, *zip(*columns, strict=True)]:
        yield delimiter.join([delimited_cell(cell, delimiter) for cell in row]) + "\n"


def _json_lines(table: pd.DataFrame) -> Iterator[str]:
    names = [str(name) for name in table.columns]
    columns = [_cells(table.iloc[:, place]) for place in range(table.shape[1])]
    for row in zip(*columns, strict=True):
        yield json_text(dict(zip(names, row, strict=True))) + "\n"


def _arrow_table(table: pd.DataFrame) -> pa.Table:
    names = [str(name) for name in table.columns]
    columns = [_arrow_column(table.iloc[:, place]) for place in range(len(names))]
    return pa.table(columns, names=names)


def _cells(column: pd.Series) -> list[Any]:
    """Return the values of a column as Python has them, None where missing."""
    if isinstance(column.dtype, pd.ArrowDtype | pd.StringDtype):
        return column.array.__arrow_array__().to_pylist()
    return [None if _is_missing(value) else value for value in column.tolist()]


def _is_missing(value: Any) -> bool:
    return (
        value is pd.NA
        or value is pd.NaT
        or (isinstance(value, float) and value != value)
    )


def _arrow_column(column: pd.Series) -> pa.Array | pa.ChunkedArray:
    if isinstance(column.dtype, pd.ArrowDtype | pd.StringDtype):
        return column.array.__arrow_array__()
    if column.dtype != object:
        return pa.Array.from_pandas(column)
    values = _cells(column)
    if _share_one_type(values):
        try:
            return pa.array(values)
        except (pa.ArrowException, OverflowError):
            pass
    # Numbers beside strings, integers beyond 64 bits: no Arrow type holds them as
    # they are, JSON does.
    return pa.array([None if value is None else json_text(value) for value in values])


def _share_one_type(values: Iterable[Any]) -> bool:
    # Arrow itself would turn 1 into 1.0 beside 2.5.
    return len({type(value) for value in values} - {type(None)}) <= 1
