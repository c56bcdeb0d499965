"""A data set in batches: :class:`Batch`, and how one is filled from single rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sentiment.datasets._bad_rows import BadRow, Fault, bad_line
from sentiment.datasets._rows import Column
from sentiment.exceptions import DataError

BATCH_ROWS = 2_500
"""Rows of a batch at most: fewer cost more for each row, more cost memory."""

BATCH_CHARACTERS = 8_000_000
"""A batch is full when it holds so many, however few its rows are."""


@dataclass(frozen=True)
class Reading:
    """How the rows of an input are read.

    Attributes
    ----------
    text_column : str
        The column of documents.
    on_bad_rows : {"fail", "skip", "null"}
        What is done about a row that cannot be predicted.
    fixed_keys : bool
        Whether a key that the first JSON object lacks makes a bad row: where the
        columns must be known before all rows are.
    columns : tuple of str or None
        The columns that are wanted besides, where it is cheaper to leave others out;
        None where all are.
    remedy : str
        What can be done about a row that ends the reading, besides mending it.
    """

    text_column: str = "text"
    on_bad_rows: str = "fail"
    fixed_keys: bool = False
    columns: tuple[str, ...] | None = None
    remedy: str = "Use --on-bad-rows=skip to leave such rows out."

    def reads(self, name: str) -> bool:
        """Whether a column is wanted."""
        wanted = self.columns
        return wanted is None or name == self.text_column or name in wanted

    @property
    def lenient(self) -> bool:
        """Whether the reading goes on behind a bad row."""
        return self.on_bad_rows != "fail"

    def refuse(self, bad: BadRow) -> None:
        """Raise the error of a bad row, if one ends the reading."""
        if not self.lenient:
            raise bad.error(self.remedy)


@dataclass(frozen=True)
class Batch:
    """Some rows of an input, in their order.

    Attributes
    ----------
    names : tuple of str
        The columns, in their order.
    n_rows : int
        How many rows the output has for them.
    columns : dict of str to Arrow array or list
        The cells; empty where there are ``records``.
    records : list of dict or None
        The JSON objects, of an input that has them.
    texts : Arrow array of large_string
        The documents of the good rows.
    good : ndarray of bool or None
        Which rows are good; None where all are.
    bad : tuple of BadRow
        The bad rows, whether they are among the rows or left out.
    share : float or None
        How much of the input has been read, from 0 to 1; None where nobody knows.
    class_names : dict of str to list of str
        The names of each column that is a ``datasets`` ClassLabel.
    untyped : bool
        Whether every cell is a string only because the format knows no types.
    place : callable
        From a row of the batch to words that name it, where no row is left out.
    """

    names: tuple[str, ...]
    n_rows: int
    texts: pa.Array
    columns: dict[str, Column] = field(default_factory=dict)
    records: list[dict[str, Any]] | None = None
    good: NDArray[np.bool_] | None = None
    bad: tuple[BadRow, ...] = ()
    share: float | None = None
    class_names: dict[str, list[str]] = field(default_factory=dict)
    untyped: bool = False
    place: Callable[[int], str] = field(default=str, repr=False)

    def cells(self, names: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows as Python values, None for a column that is not there."""
        if self.records is not None:
            for record in self.records:
                yield tuple([record.get(name) for name in names])
            return
        columns = [as_list(self.columns.get(name), self.n_rows) for name in names]
        yield from zip(*columns, strict=True)

    def column(self, name: str) -> Column | None:
        """Return one column, or None if it is not there."""
        if self.records is not None:
            return [record.get(name) for record in self.records]
        return self.columns.get(name)


def as_list(values: Column | None, n_rows: int) -> list[Any]:
    """Return the cells of a column as Python values."""
    if values is None:
        return [None] * n_rows
    return values if isinstance(values, list) else values.to_pylist()


class BatchFiller:
    """Gathers rows, good and bad, until they are a batch.

    Parameters
    ----------
    name : str
        The input.
    reading : Reading
        What is done about bad rows.
    """

    def __init__(self, name: str, reading: Reading) -> None:
        self.name = name
        self.rows: list[Any] = []
        self._reading = reading
        self.n_read = 0
        self._clear()

    @property
    def full(self) -> bool:
        """Whether the rows are a batch."""
        return len(self.rows) >= BATCH_ROWS or self._size >= BATCH_CHARACTERS

    @property
    def empty(self) -> bool:
        """Whether there is neither a row nor a bad row."""
        return not (self.rows or self._bad)

    def add(self, row: Any, text: str, size: int) -> None:
        """Add a good row of so many characters."""
        self.n_read += 1
        self._size += size
        self.rows.append(row)
        self._texts.append(text)
        self._good.append(True)

    def add_bad(self, row: Any, line: int, fault: Fault) -> None:
        """Add a bad row; ``row`` is what stays of it."""
        self.n_read += 1
        bad = bad_line(self.name, self.n_read, line, fault)
        self._reading.refuse(bad)
        self._bad.append(bad)
        if self._reading.on_bad_rows == "null":
            self.rows.append(row)
            self._good.append(False)

    def take(self) -> dict[str, Any]:
        """Return what :class:`Batch` wants to know of the rows, and begin anew."""
        try:
            texts = pa.array(self._texts, pa.large_string())
        except UnicodeEncodeError:
            raise DataError(
                f"{self.name} holds a lone surrogate, which is not valid Unicode. "
                "Name the right encoding with --encoding."
            ) from None
        good = None if all(self._good) else np.array(self._good)
        taken = {
            "n_rows": len(self.rows),
            "texts": texts,
            "good": good,
            "bad": tuple(self._bad),
        }
        self._clear()
        return taken

    def _clear(self) -> None:
        self.rows = []
        self._texts: list[str] = []
        self._good: list[bool] = []
        self._bad: list[BadRow] = []
        self._size = 0
