"""The form in which every reader hands on what it read: :class:`Rows`."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from sentiment._messages import shown
from sentiment.exceptions import DataError

# Values as stored: an Arrow array where all cells have one type, a list where not.
Column = Any

_ARROW_TYPES = {
    str: pa.large_string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
}


def _never(column: str, row: int) -> bool:
    return False


@dataclass(frozen=True)
class Rows:
    """Columns as a source stores them, and how to name a place in it.

    Attributes
    ----------
    name : str
        The source as the user wrote it; starts every error message.
    columns : dict of str to Arrow array or list
        The columns that were read.
    n_rows : int
        The number of rows.
    place : callable
        From a row position to words: ``reviews.jsonl:218``, ``reviews.csv, row 12``.
    names : tuple of str
        All columns there are; a parquet reader reads only those asked for.
    class_names : dict of str to list of str
        The names of each column that is a ``datasets`` ClassLabel.
    untyped : bool
        Whether every cell is a string only because the format knows no types.
    positions : ndarray of int or None
        For labels written by ``export_split``: the instances they belong to.
    absent : callable
        Whether a null of a column and row is a key that was never written.
    """

    name: str
    columns: dict[str, Column]
    n_rows: int
    place: Callable[[int], str]
    names: tuple[str, ...]
    class_names: dict[str, list[str]] = field(default_factory=dict)
    untyped: bool = False
    positions: np.ndarray | None = None
    absent: Callable[[str, int], bool] = _never

    def column(self, name: str, option: str) -> Column:
        """Return a column, or refuse by naming those there are."""
        if name not in self.columns:
            require_column(self.name, self.names, name, option)
        return self.columns[name]


def require_column(source: str, names: Sequence[str], column: str, option: str) -> None:
    """Refuse a source without a column, by naming those there are."""
    if column not in names:
        raise DataError(
            f"{source} has no column {column!r}. It has {quoted(names)}. "
            f"Name the right one with {option}."
        )


def numbered_rows(name: str, n_before: int = 0) -> Callable[[int], str]:
    """Return the namer of rows counted from 1, as a spreadsheet counts its data."""
    return lambda row: f"{name}, row {n_before + row + 1}"


def quoted(names: Iterable[str]) -> str:
    """Return names in quotes, the first ten of them."""
    known = [shown(name) for name in names]
    if len(known) > 10:
        return ", ".join(known[:10]) + f" and {len(known) - 10} more"
    return ", ".join(known) or "none"


class SplitError(DataError):
    """A source has no split of this name."""


def choose_split(split: str, splits: Sequence[str], name: str) -> str:
    """Return ``split``, or refuse by naming those there are."""
    if split in splits:
        return split
    raise SplitError(
        f"{name} has no split {split!r}. It has {quoted(splits)}. Choose one of them."
    )


def check_names(names: Sequence[str], name: str) -> None:
    """Refuse two columns of one name: nobody can say which is meant."""
    seen: set[str] = set()
    for column in names:
        if column in seen:
            raise DataError(
                f"{name} has two columns named {column!r}. Give each its own name."
            )
        seen.add(column)


def to_column(values: list[Any]) -> Column:
    """Return an Arrow array if all values have one plain type, else the list.

    Arrow's own inference is not used: it turns 1 into 1.0 beside 2.5, and gives
    every object of a column the keys of all the others.
    """
    kinds = {type(value) for value in values} - {type(None)}
    if not kinds:
        return pa.nulls(len(values))
    kind = kinds.pop()
    if kinds or kind not in _ARROW_TYPES:
        return values
    try:
        return pa.array(values, _ARROW_TYPES[kind])
    except (OverflowError, UnicodeEncodeError):
        # An integer beyond 64 bits, or a lone surrogate: no Arrow value.
        return values


def concat_rows(parts: Sequence[Rows], name: str) -> Rows:
    """Put the rows of several files after each other; a missing cell is null."""
    if len(parts) == 1:
        return parts[0]
    starts = np.cumsum([0] + [part.n_rows for part in parts])

    def place(row: int) -> str:
        part = bisect_right(starts, row) - 1
        return parts[part].place(row - int(starts[part]))

    return Rows(
        name=name,
        columns={
            column: _concat_column(parts, column)
            for column in dict.fromkeys(key for part in parts for key in part.columns)
        },
        n_rows=int(starts[-1]),
        place=place,
        names=tuple(dict.fromkeys(key for part in parts for key in part.names)),
        class_names={
            key: names for part in parts for key, names in part.class_names.items()
        },
        untyped=all(part.untyped for part in parts),
    )


def _concat_column(parts: Sequence[Rows], column: str) -> Column:
    arrays = [part.columns.get(column) for part in parts]
    types = {array.type for array in arrays if isinstance(array, ARROW)}
    if len(types) == 1 and all(isinstance(array, ARROW) for array in arrays):
        chunks = [
            chunk
            for array in arrays
            for chunk in (
                array.chunks if isinstance(array, pa.ChunkedArray) else [array]
            )
        ]
        return pa.chunked_array(chunks, types.pop())
    values: list[Any] = []
    for part, array in zip(parts, arrays, strict=True):
        if array is None:
            values += [None] * part.n_rows
        else:
            values += array if isinstance(array, list) else array.to_pylist()
    return to_column(values)


ARROW = (pa.Array, pa.ChunkedArray)
