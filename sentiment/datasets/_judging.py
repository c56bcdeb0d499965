"""Which rows of a batch are good, and what is done about the others."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from sentiment._arrays import Flags
from sentiment._messages import shown
from sentiment.datasets._bad_rows import BadRow, Fault
from sentiment.datasets._batch import Batch, Column, is_text


def judge(batch: Batch, columns: Sequence[str], policy: str, remedy: str) -> Batch:
    """Say which rows of a batch are good, and do about the others what is asked for.

    Parameters
    ----------
    batch : Batch
        As a reader gives it.
    columns : sequence of str
        The columns of documents, joined by a line end; none where only other columns
        are of interest.
    policy : {"fail", "skip", "null"}
        What is done about a bad row. "null" leaves it among the rows.
    remedy : str
        What can be done about a row that ends the reading, besides mending it.

    Returns
    -------
    judged : Batch
        With ``texts``, ``good`` and ``bad``.

    Raises
    ------
    DataError
        If a row is bad, and the policy "fail".
    """
    faults = dict(batch.faults)
    strict = policy == "fail"
    values = [_documents(batch, column, faults, strict) for column in columns]
    bad = []
    for row in sorted(faults):
        bad.append(bad_row(batch, row, faults[row]))
        if policy == "fail":
            raise bad[-1].error(remedy)
    if not faults:
        return replace(batch, texts=_join(values))
    good = np.ones(batch.n_rows, bool)
    good[list(faults)] = False
    texts = _join([_only(cells, good) for cells in values])
    if policy == "skip":
        batch = batch.take(np.flatnonzero(good))
        return replace(batch, texts=texts, bad=tuple(bad), faults={})
    return replace(batch, texts=texts, good=good, bad=tuple(bad))


def bad_row(batch: Batch, row: int, fault: Fault) -> BadRow:
    """Return the bad row of a batch."""
    place, line = batch.place(row), fault.line
    if line is not None:
        place = f"{batch.name}:{line}"
    elif batch.records is not None:
        line = int(place.rpartition(":")[2])
    return BadRow(batch.name, batch.n_before + row + 1, line, fault, place)


def _documents(
    batch: Batch, column: str, faults: dict[int, Fault], strict: bool
) -> Column:
    """Return the cells of a column, and add what is wrong with some."""
    if batch.records is not None and not batch.has(column):
        if strict and not batch.n_before and 0 not in batch.faults:
            batch.require(column, "text_column")
        values: Column = [None] * batch.n_rows
    else:
        values = batch.column(column, "text_column")
    if isinstance(values, list):
        for row, value in enumerate(values):
            if type(value) is str and value.isascii():
                continue
            absent = value is None and batch.absent(column, row)
            fault = cell_fault(column, value, absent=absent)
            if fault is not None:
                faults.setdefault(row, fault)
        return values
    if not is_text(values.type) and not pa.types.is_null(values.type):
        _refuse_column(batch, column, values.to_pylist())
    if values.null_count:
        missing = np.flatnonzero(values.is_null().to_numpy(zero_copy_only=False))
        for row in missing.tolist():
            faults.setdefault(row, cell_fault(column, None) or Fault("null"))
    return values


def _refuse_column(batch: Batch, column: str, values: list[Any]) -> None:
    """Refuse a column in which no cell is a text: it is the wrong one."""
    for row, value in enumerate(values):
        fault = cell_fault(column, value)
        if value is not None and fault is not None and row not in batch.faults:
            raise bad_row(batch, row, fault).error()


def _only(cells: Column, good: Flags) -> Column:
    if isinstance(cells, list):
        return [cell for cell, fine in zip(cells, good, strict=True) if fine]
    return cells.filter(pa.array(good))


def _join(columns: list[Column]) -> pa.Array | None:
    if not columns:
        return None
    arrays = [
        pa.array(cells, pa.large_string())
        if isinstance(cells, list)
        else cells.cast(pa.large_string())
        for cells in columns
    ]
    arrays = [
        one.combine_chunks() if isinstance(one, pa.ChunkedArray) else one
        for one in arrays
    ]
    if len(arrays) == 1:
        return arrays[0]
    rows = zip(*(one.to_pylist() for one in arrays), strict=True)
    return pa.array(["\n".join(cells) for cells in rows], pa.large_string())


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
            "text_column=...",
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
