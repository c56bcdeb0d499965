"""The data of an audit, read with their faults."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from sentiment._messages import shown
from sentiment.datasets._files import ReadOptions
from sentiment.datasets._labels import read_labels
from sentiment.datasets._loading import check_apart
from sentiment.datasets._rows import Rows, SplitError
from sentiment.datasets._sources import Source, has_splits, read_source
from sentiment.datasets._texts import read_texts
from sentiment.documents import text_series

__all__ = ["AuditData", "Reading", "read_data", "read_test_data"]


@dataclass(frozen=True)
class AuditData:
    """One split, row by row.

    Attributes
    ----------
    texts : Series of str
        The texts; a cell that is no text is an empty one here.
    bad_cells : dict of int to str
        For rows whose cell is no text, what it is.
    labels : Series
        The labels of the labelled rows, indexed by row.
    place : callable
        From a row to words that name it in its file.
    """

    texts: pd.Series
    bad_cells: dict[int, str]
    labels: pd.Series
    place: Callable[[int], str]

    def __len__(self) -> int:
        return len(self.texts)

    def is_text(self) -> NDArray[np.bool_]:
        """Say of each row whether its cell is a text."""
        good = np.ones(len(self), bool)
        good[list(self.bad_cells)] = False
        return good


@dataclass(frozen=True)
class Reading:
    """How sources are read; the arguments of the same names of :func:`audit`."""

    text_column: str
    label_column: str
    label_names: Sequence[str] | None
    encoding: str
    input_format: str | None

    def read(self, source: Source, split: str) -> Rows:
        """Read the two columns of a source."""
        columns = (self.text_column, self.label_column)
        options = ReadOptions(self.encoding, self.input_format, columns=columns)
        return read_source(source, split, options)


def read_data(source: Source, split: str, reading: Reading) -> AuditData:
    """Read one split of a source; cells that are no text are kept, and named."""
    rows = reading.read(source, split)
    check_apart(rows, reading.text_column, reading.label_column)
    texts, bad_cells = _read_cells(rows, reading.text_column)
    labels = read_labels(rows, reading.label_column, reading.label_names)
    return AuditData(texts, bad_cells, labels, rows.place)


def read_test_data(
    source: Source, test: Source, split: str, reading: Reading
) -> AuditData | None:
    """Read the texts to compare with: of ``test``, or of the source's own test split.

    None if neither is there. Labels are not looked at.
    """
    if test is None and not has_splits(source):
        return None
    try:
        rows = reading.read(source if test is None else test, split)
    except SplitError:
        if test is None:
            return None
        raise
    texts, bad_cells = _read_cells(rows, reading.text_column)
    return AuditData(texts, bad_cells, pd.Series([], dtype=object), rows.place)


def _read_cells(rows: Rows, column: str) -> tuple[pd.Series, dict[int, str]]:
    values = rows.column(column, "--text-column")
    cells = values if isinstance(values, list) else None
    if cells is None and (values.null_count or pa.types.is_null(values.type)):
        cells = values.to_pylist()
    if cells is None or not any(isinstance(cell, str) for cell in cells):
        # All are texts, or none is: then it is the wrong column, and an error says so.
        return read_texts(rows, column), {}
    bad = {row: what for row, cell in enumerate(cells) if (what := _describe(cell))}
    return text_series(["" if row in bad else c for row, c in enumerate(cells)]), bad


def _describe(cell: Any) -> str:
    """Return what a cell is that is no text; nothing of a text."""
    if cell is None:
        return "null"
    if not isinstance(cell, str):
        return f"{shown(cell, 40)} ({type(cell).__name__})"
    try:
        cell.encode()
    except UnicodeEncodeError as error:
        return f"lone surrogate {cell[error.start]!r} at character {error.start}"
    return ""
