"""The one form of data: some rows of a source, as :class:`Batch`.

A reader yields batches; a whole table is its batches put together.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from sentiment._arrays import Flags, Ints
from sentiment._messages import shown
from sentiment.datasets._bad_rows import BadRow, Fault
from sentiment.exceptions import DataError

BATCH_ROWS = 2_500
"""Rows of a batch at most: fewer cost more for each row, more cost memory."""

BATCH_BYTES = 8_000_000
"""A batch is full when it holds so much, however few its rows are."""


def batch_rows() -> int:
    """Return how many rows a batch has at most."""
    return BATCH_ROWS


def iter_slices(n_rows: int) -> Iterator[tuple[int, int]]:
    """Yield where each batch of some rows begins and ends."""
    for start in range(0, n_rows, batch_rows()):
        yield start, min(start + batch_rows(), n_rows)


ARROW = (pa.Array, pa.ChunkedArray)

# Values as stored: an Arrow array where all cells have one type, a list where not.
Column = Any

_ARROW_TYPES = {
    str: pa.large_string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
}


@dataclass(frozen=True)
class Batch:
    """Some rows of a source, in their order.

    Attributes
    ----------
    name : str
        The source as the user wrote it; starts every error message.
    names : tuple of str
        The columns there are, in their order; two may have one name.
    n_rows : int
        How many rows these are.
    cells : tuple of Column or None
        The cells of each column; None of a column that was not read. Empty where there
        are ``records``.
    records : list of dict or None
        The JSON objects, of a source that has them.
    place : callable
        From a row to words: ``reviews.jsonl:218``, ``reviews.csv, row 12``.
    n_before : int
        How many rows of the source come before these.
    faults : dict of int to Fault
        The rows of which not even the cells can be read; these are null.
    share : float or None
        How much of the source has been read, from 0 to 1; None where nobody knows.
    class_names : dict of str to list of str
        The names of each column that is a ``datasets`` ClassLabel.
    untyped : bool
        Whether every cell is a string only because the format knows no types.
    positions : ndarray of int or None
        For labels written by ``export_split``: the instances they belong to.
    open_ended : bool
        Whether rows to come may have further columns, as of JSON lines.
    remarks : tuple of str
        What is odd about the rows though they can be read.
    hint : str
        What may be wrong where a column is not there.
    texts : Arrow array of large_string, or None
        The documents of the good rows, once they have been looked at.
    good : ndarray of bool or None
        Which rows are good; None where all are.
    bad : tuple of BadRow
        The bad rows, whether they are among the rows or left out.
    """

    name: str
    names: tuple[str, ...]
    n_rows: int
    cells: tuple[Column | None, ...] = ()
    records: list[dict[str, Any]] | None = None
    place: Callable[[int], str] = field(default=str, repr=False)
    n_before: int = 0
    faults: Mapping[int, Fault] = field(default_factory=dict)
    share: float | None = None
    class_names: Mapping[str, list[str]] = field(default_factory=dict)
    untyped: bool = False
    positions: Ints | None = None
    open_ended: bool = False
    remarks: tuple[str, ...] = ()
    hint: str = field(default="", repr=False)
    texts: Any = None
    good: Flags | None = None
    bad: tuple[BadRow, ...] = ()

    def has(self, name: str) -> bool:
        """Whether there is such a column, or a key within one: ``a.b``."""
        return any(one in self.names for one in _paths(name))

    def column(self, name: str, option: str = "text_column") -> Column:
        """Return a column, or refuse by naming those there are."""
        if self.records is not None:
            if not self.has(name):
                self.require(name, option)
            return [find_key(record, name)[0] for record in self.records]
        if name not in self.names:
            head, _, rest = name.partition(".")
            nested = self.column(head, option) if rest and self.has(name) else None
            if nested is not None:
                return _inner(self, nested, name, rest, option)
        self.require(name, option)
        found = self.cells[self.names.index(name)]
        return pa.nulls(self.n_rows) if found is None else found

    def require(self, name: str, option: str) -> None:
        """Refuse rows without a column, or with two of its name."""
        if not self.has(name):
            raise DataError(
                f"{self.name} has no column {name!r}. It has {quoted(self.names)}. "
                f"Name the right one with {option}=...{self.hint}"
            )
        if self.names.count(name) > 1:
            raise DataError(
                f"{self.name} has two columns named {name!r}. Give each its own name."
            )

    def absent(self, name: str, row: int) -> bool:
        """Whether a null is a key that was never written."""
        return self.records is not None and not find_key(self.records[row], name)[1]

    def rows(self, names: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        """Yield the cells of each row as Python values, None where there is none."""
        if self.records is not None:
            for record in self.records:
                yield tuple([record.get(name) for name in names])
            return
        cells: Sequence[Column | None] = self.cells
        if names != self.names:
            known = dict(zip(self.names, self.cells, strict=True))
            cells = [known.get(name) for name in names]
        yield from zip(*(as_list(one, self.n_rows) for one in cells), strict=True)

    def take(self, kept: Ints) -> "Batch":
        """Return some of the rows."""
        place, numbers = self.place, kept.tolist()
        taken = pa.array(kept)
        return replace(
            self,
            n_rows=len(kept),
            cells=tuple(
                cells.take(taken)
                if isinstance(cells, ARROW)
                else None
                if cells is None
                else [cells[row] for row in numbers]
                for cells in self.cells
            ),
            records=self.records and [self.records[row] for row in numbers],
            place=lambda row: place(numbers[row]),
            positions=None if self.positions is None else self.positions[kept],
        )

    def part(self, start: int, stop: int) -> "Batch":
        """Return the rows from ``start`` to before ``stop``."""
        place = self.place
        return replace(
            self,
            n_rows=stop - start,
            cells=tuple(None if c is None else c[start:stop] for c in self.cells),
            records=self.records and self.records[start:stop],
            place=lambda row: place(start + row),
            n_before=self.n_before + start,
        )

    def keep(self, names: Sequence[str]) -> "Batch":
        """Return the rows with the cells of some columns only, if they are there."""
        kept = [name for name in dict.fromkeys(names) if self.has(name)]
        cells = {name: _as_column(self.column(name)) for name in kept}
        known = tuple(dict.fromkeys([*self.names, *kept]))
        return replace(
            self,
            names=known,
            cells=tuple(cells.get(name) for name in known),
            records=None,
            open_ended=self.records is not None,
        )


def is_text(kind: pa.DataType) -> bool:
    """Say whether a column of this type holds strings, dictionary-coded or not."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
    )


def find_key(record: Mapping[str, Any], name: str) -> tuple[Any, bool]:
    """Return what a JSON object says under a key or path, and whether it says it."""
    if name in record:
        return record[name], True
    found: Any = record
    for key in name.split("."):
        if not isinstance(found, Mapping) or key not in found:
            return None, False
        found = found[key]
    return found, True


def _paths(name: str) -> Iterator[str]:
    yield name
    if "." in name:
        yield name.partition(".")[0]


def _inner(batch: Batch, values: Column, name: str, rest: str, option: str) -> Column:
    """Return the cells of a key within the objects of a column."""
    cells = values if isinstance(values, list) else values.to_pylist()
    found = [
        find_key(cell, rest) if isinstance(cell, dict) else (None, False)
        for cell in cells
    ]
    if batch.n_rows and not any(there for _, there in found):
        raise DataError(
            f"{batch.name} has no key {name!r}. Name the right one with {option}=..."
        )
    return to_column([cell for cell, _ in found])


def as_list(values: Column | None, n_rows: int) -> list[Any]:
    """Return the cells of a column as Python values."""
    if values is None:
        return [None] * n_rows
    return values if isinstance(values, list) else values.to_pylist()


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


def concat_batches(parts: Sequence[Batch], name: str | None = None) -> Batch:
    """Put rows after each other; a column that some of them lack is null there."""
    if len(parts) == 1:
        return parts[0]
    starts = np.cumsum([0] + [part.n_rows for part in parts])

    def place(row: int) -> str:
        part = bisect_right(starts, row) - 1
        return parts[part].place(row - int(starts[part]))

    names = parts[0].names
    if any(part.names != names for part in parts):
        names = tuple(dict.fromkeys(key for part in parts for key in part.names))
    records = None
    if all(part.records is not None for part in parts):
        records = [record for part in parts for record in part.records or ()]
    return Batch(
        name=name or parts[0].name,
        names=names,
        n_rows=int(starts[-1]),
        cells=() if records is not None else _concat_cells(parts, names),
        records=records,
        place=place,
        share=parts[-1].share,
        class_names={
            key: known for part in parts for key, known in part.class_names.items()
        },
        untyped=all(part.untyped for part in parts),
        positions=_concat_positions(parts),
        open_ended=any(part.open_ended for part in parts),
        remarks=tuple(said for part in parts for said in part.remarks),
        bad=tuple(row for part in parts for row in part.bad),
    )


def _concat_positions(parts: Sequence[Batch]) -> Ints | None:
    known = [part.positions for part in parts if part.positions is not None]
    return np.concatenate(known) if len(known) == len(parts) else None


def _concat_cells(parts: Sequence[Batch], names: tuple[str, ...]) -> tuple[Column, ...]:
    if all(part.names == names and part.records is None for part in parts):
        each = [[part.cells[place] for part in parts] for place in range(len(names))]
    else:
        each = [[_cells_of(part, name) for part in parts] for name in names]
    return tuple(_concat_column(parts, columns) for columns in each)


def _cells_of(part: Batch, name: str) -> Column | None:
    if part.records is not None:
        return to_column([record.get(name) for record in part.records])
    return part.cells[part.names.index(name)] if name in part.names else None


def _as_column(cells: Column) -> Column:
    return to_column(cells) if isinstance(cells, list) else cells


def _concat_column(parts: Sequence[Batch], columns: list[Column | None]) -> Column:
    if all(column is None for column in columns):
        return None
    types = {column.type for column in columns if isinstance(column, ARROW)}
    if len(types) == 1 and all(isinstance(column, ARROW) for column in columns):
        chunks = [
            chunk
            for column in columns
            for chunk in (
                column.chunks if isinstance(column, pa.ChunkedArray) else [column]
            )
        ]
        return pa.chunked_array(chunks, types.pop())
    values: list[Any] = []
    for part, column in zip(parts, columns, strict=True):
        values += as_list(column, part.n_rows)
    return to_column(values)
