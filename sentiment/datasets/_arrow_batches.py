"""Rows that are columns already, as batches: parquet, and what is read as a whole."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from sentiment.datasets._bad_rows import Fault
from sentiment.datasets._batches import Batch, Reading
from sentiment.datasets._rows import ARROW, Column, Rows
from sentiment.datasets._texts import bad_row, cell_fault, is_text, read_texts


def batch_of_rows(
    rows: Rows,
    reading: Reading,
    *,
    n_before: int = 0,
    share: float = 1.0,
    invalid: Iterable[tuple[int, Fault]] = (),
) -> Batch:
    """Return columns as a batch.

    Parameters
    ----------
    rows : Rows
        With all columns of a batch.
    reading : Reading
        What is done about bad rows.
    n_before : int, default=0
        How many rows of the source come before these.
    share : float, default=1.0
        How much of the source has been read.
    invalid : iterable of (int, Fault), default=()
        Rows of which not even the cells can be read.
    """
    unreadable = dict(invalid)
    values = rows.column(reading.text_column, "--text-column")
    faults = {**_find_faults(rows, reading.text_column, values), **unreadable}
    bad = []
    for row in sorted(faults):
        bad.append(bad_row(rows, row, faults[row], n_before))
        reading.refuse(bad[-1])
    good = np.ones(rows.n_rows, dtype=bool)
    good[list(faults)] = False
    kept: Any = None
    if faults and reading.on_bad_rows == "skip":
        kept = np.flatnonzero(good)
    elif unreadable:
        kept = np.arange(rows.n_rows)
        kept = [None if row in unreadable else row for row in kept.tolist()]
    columns = rows.columns
    if kept is not None:
        columns = {name: _take(cells, kept) for name, cells in columns.items()}
    skipped = reading.on_bad_rows == "skip"
    return Batch(
        names=rows.names,
        n_rows=int(good.sum()) if skipped else rows.n_rows,
        texts=_good_texts(values, good),
        columns=columns,
        good=None if skipped or not faults else good,
        bad=tuple(bad),
        share=share,
        class_names=rows.class_names,
        untyped=rows.untyped,
        place=rows.place,
    )


def _find_faults(rows: Rows, column: str, values: Column) -> dict[int, Fault]:
    if isinstance(values, list):
        found = {row: cell_fault(column, cell) for row, cell in enumerate(values)}
        return {row: fault for row, fault in found.items() if fault is not None}
    if not is_text(values.type) and not pa.types.is_null(values.type):
        read_texts(rows, column)  # refuses the column as a whole
    if not values.null_count:
        return {}
    missing = values.is_null().to_numpy(zero_copy_only=False)
    null = cell_fault(column, None) or Fault("null")
    return dict.fromkeys(np.flatnonzero(missing).tolist(), null)


def _good_texts(values: Column, good: np.ndarray) -> pa.Array:
    if isinstance(values, list):
        values = pa.array(
            [cell for cell, fine in zip(values, good, strict=True) if fine]
        )
    elif not good.all():
        values = values.filter(pa.array(good))
    texts = values.cast(pa.large_string())
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _take(cells: Column, kept: Any) -> Column:
    if isinstance(cells, ARROW):
        return cells.take(pa.array(kept, pa.int64()))
    return [None if row is None else cells[row] for row in list(kept)]
