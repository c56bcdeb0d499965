"""A folder, a data set of the hub or a table: read as a whole, given in batches."""

from collections.abc import Iterator
from functools import cached_property

import pyarrow as pa

from sentiment.datasets._arrow_batches import batch_of_rows
from sentiment.datasets._batches import BATCH_ROWS, Batch, Reading
from sentiment.datasets._column_types import stored_type, type_of_values
from sentiment.datasets._files import ReadOptions
from sentiment.datasets._rows import Column, Rows
from sentiment.datasets._sources import Source, read_source


class WholeInput:
    """The rows of a source that is not one file.

    Parameters
    ----------
    name : str
        As the user wrote it.
    source, split, options
        As :func:`read_source` takes them.
    """

    no_rows = "has no rows."

    def __init__(
        self, name: str, source: Source, split: str, options: ReadOptions
    ) -> None:
        self.name = name
        self._source = source
        self._split = split
        self._options = options

    @cached_property
    def _rows(self) -> Rows:
        return read_source(self._source, self._split, self._options)

    def types(self) -> dict[str, pa.DataType | None]:
        """Return the columns with their Arrow types."""
        columns = self._rows.columns
        return {name: _type(columns[name]) for name in self._rows.names}

    def batches(self, reading: Reading) -> Iterator[Batch]:
        """Yield the rows."""
        rows = self._rows
        for start in range(0, rows.n_rows, BATCH_ROWS):
            stop = min(start + BATCH_ROWS, rows.n_rows)
            yield batch_of_rows(
                _part(rows, start, stop),
                reading,
                n_before=start,
                share=stop / rows.n_rows,
            )


def _type(cells: Column) -> pa.DataType | None:
    if isinstance(cells, list):
        return type_of_values(cells)
    return stored_type(cells.type)


def _part(rows: Rows, start: int, stop: int) -> Rows:
    return Rows(
        name=rows.name,
        columns={name: cells[start:stop] for name, cells in rows.columns.items()},
        n_rows=stop - start,
        place=lambda row: rows.place(start + row),
        names=rows.names,
        class_names=rows.class_names,
        untyped=rows.untyped,
    )
