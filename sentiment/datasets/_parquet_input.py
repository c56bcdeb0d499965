"""A parquet file in batches, without reading a row group as a whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sentiment.datasets._arrow_batches import batch_of_rows
from sentiment.datasets._batches import (
    BATCH_CHARACTERS,
    BATCH_ROWS,
    Batch,
    Reading,
)
from sentiment.datasets._column_types import stored_type
from sentiment.datasets._parquet import (
    class_names,
    data_columns,
    find_invalid,
    unreadable,
)
from sentiment.datasets._rows import Rows, numbered_rows

_BUFFER = 1 << 20


class ParquetInput:
    """The rows of a parquet file.

    Parameters
    ----------
    name : str
        As the user wrote it.
    path : Path or binary file
        Where it is.
    """

    no_rows = "has no rows."

    def __init__(self, name: str, path: Any) -> None:
        self.name = name
        self._path = path

    def types(self) -> dict[str, pa.DataType | None]:
        """Return the columns with their Arrow types."""
        with self._open() as file:
            schema = file.schema_arrow
            names = data_columns(schema.names, self.name)
            return {name: stored_type(schema.field(name).type) for name in names}

    def batches(self, reading: Reading) -> Iterator[Batch]:
        """Yield the rows."""
        with self._open() as file:
            names = data_columns(file.schema_arrow.names, self.name)
            n_rows, n_before = file.metadata.num_rows, 0
            wanted = [name for name in names if reading.reads(name)]
            rest = file.iter_batches(batch_size=_batch_rows(file), columns=wanted)
            while (batch := self._next(rest)) is not None:
                rows = Rows(
                    name=self.name,
                    columns={name: pa.chunked_array([batch[name]]) for name in wanted},
                    n_rows=batch.num_rows,
                    place=numbered_rows(self.name, n_before),
                    names=names,
                    class_names=class_names(file.schema_arrow),
                )
                read = n_before + batch.num_rows
                yield batch_of_rows(
                    rows,
                    reading,
                    n_before=n_before,
                    share=read / n_rows,
                    invalid=find_invalid(rows.columns),
                )
                n_before = read

    def _next(self, rest: Iterator[pa.RecordBatch]) -> pa.RecordBatch | None:
        try:
            return next(rest, None)
        except (pa.ArrowException, OSError) as error:
            raise unreadable(self.name, error) from None

    @contextmanager
    def _open(self) -> Iterator[pq.ParquetFile]:
        try:
            # Buffered: else Arrow holds the whole row group, which may be the file.
            file = pq.ParquetFile(self._path, pre_buffer=False, buffer_size=_BUFFER)
        except (pa.ArrowException, OSError) as error:
            raise unreadable(self.name, error) from None
        with file:
            yield file


def _batch_rows(file: pq.ParquetFile) -> int:
    """Return how many rows are a batch, from what the file says about its size."""
    groups = [file.metadata.row_group(n) for n in range(file.metadata.num_row_groups)]
    size = sum(group.total_byte_size for group in groups)
    each = max(1, size // max(1, file.metadata.num_rows))
    return min(BATCH_ROWS, max(1, BATCH_CHARACTERS // each))
