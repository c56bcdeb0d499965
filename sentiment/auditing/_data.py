"""The data of an audit, read with their faults."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sentiment.datasets._files import ReadOptions
from sentiment.datasets._labels import read_labels
from sentiment.datasets._rows import Rows
from sentiment.datasets._sources import Source, read_source
from sentiment.datasets._texts import read_texts
from sentiment.documents import text_series
from sentiment.exceptions import DataError


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
    """

    texts: pd.Series
    bad_cells: dict[int, str]
    labels: pd.Series

    def __len__(self) -> int:
        return len(self.texts)

    def is_text(self) -> np.ndarray:
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

    def options(self) -> ReadOptions:
        """Return what a reader of files has to know."""
        columns = (self.text_column, self.label_column)
        return ReadOptions(self.encoding, self.input_format, columns=columns)


def read_data(source: Source, split: str, reading: Reading) -> AuditData:
    """Read one split of a source; cells that are no text are kept, and named."""
    rows = read_source(source, split, reading.options())
    texts, bad_cells = _read_cells(rows, reading.text_column)
    labels = read_labels(rows, reading.label_column, reading.label_names)
    return AuditData(texts, bad_cells, labels)


def read_test_data(source: Source, split: str, reading: Reading) -> AuditData | None:
    """Read the test split of a source that has splits; None if it has no such split."""
    has_splits = source in (None, "sample") or (
        isinstance(source, str) and source.startswith("hf:")
    )
    if isinstance(source, str | Path) and Path(source).is_dir():
        has_splits = True
    if not has_splits:
        return None
    try:
        return read_data(source, split, reading)
    except DataError:
        return None


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
        return f"{cell!r:.40} ({type(cell).__name__})"
    try:
        cell.encode()
    except UnicodeEncodeError as error:
        return f"lone surrogate {cell[error.start]!r} at character {error.start}"
    return ""
