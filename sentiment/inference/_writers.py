"""Writing rows with their answers, batch after batch, so that every cell reads back."""

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any, BinaryIO, Protocol, cast

import pyarrow as pa
import pyarrow.parquet as pq

from sentiment.cells import delimited_line, json_object, json_text
from sentiment.datasets import ARROW, Batch, Schema, as_list
from sentiment.exceptions import DataError

# A row group is written when it holds so many bytes.
_ROW_GROUP = 8_000_000
_TABLE = "predictions"

Columns = dict[str, list[Any]]


class Writer(Protocol):
    """Writes the rows of an output."""

    def write(self, batch: Batch, answers: Columns) -> None:
        """Write the rows of a batch."""

    def finish(self) -> None:
        """Write what the end of the output needs."""

    def abandon(self) -> None:
        """Let go of an output that will not be whole."""


class TextWriter:
    """Writes csv, tsv, jsonl or one JSON array, all of them UTF-8.

    ``stream``: where to. ``names``: the columns of csv and tsv. jsonl writes the keys
    that each row has. ``added``: the columns of the answers. ``delimiter``: between two
    cells; None for JSON. ``live``: whether somebody may be waiting for each row.
    ``escape_formulas``: as :func:`predict_file` takes it. ``is_array``: whether JSON
    objects become one array.
    """

    def __init__(
        self,
        stream: BinaryIO,
        names: tuple[str, ...],
        added: tuple[str, ...],
        delimiter: str | None,
        *,
        live: bool = True,
        escape_formulas: bool = False,
        is_array: bool = False,
    ) -> None:
        self._is_array = is_array
        self._stream = stream
        self._names = names
        self._delimiter = delimiter
        self._live = live
        self._escape_formulas = escape_formulas
        self._n_lines = 0
        self._is_first = True
        if delimiter is not None:
            self._put([self._line((*names, *added), delimiter)])

    def write(self, batch: Batch, answers: Columns) -> None:
        """Write the rows of a batch."""
        self._put(list(self._lines(batch, answers)))
        if self._live:
            self._stream.flush()

    def finish(self) -> None:
        """Write what is left."""
        if self._is_array:
            self._stream.write(b"]\n" if self._n_lines else b"[]\n")
        self._stream.flush()

    def abandon(self) -> None:
        """Leave it as it is."""

    def _lines(self, batch: Batch, answers: Columns) -> Iterator[str]:
        added = zip(*answers.values(), strict=True)
        if self._delimiter is None:
            for record, new in zip(_objects(batch), added, strict=True):
                answer = dict(zip(answers, new, strict=True))
                found = json_object({**record, **answer}) + "\n"
                yield f"{self._separator()}{found}" if self._is_array else found
        else:
            for cells, new in zip(batch.rows(self._names), added, strict=True):
                yield self._line((*cells, *new), self._delimiter)

    def _separator(self) -> str:
        first, self._is_first = self._is_first, False
        return "[" if first else ","

    def _line(self, cells: tuple[Any, ...], delimiter: str) -> str:
        return delimited_line(cells, delimiter, escape_formulas=self._escape_formulas)

    def _put(self, lines: list[str]) -> None:
        try:
            data = "".join(lines).encode()
        except UnicodeEncodeError:
            raise self._refuse_surrogate(lines) from None
        self._stream.write(data)
        self._n_lines += len(lines)

    def _refuse_surrogate(self, lines: list[str]) -> DataError:
        for number, line in enumerate(lines, start=self._n_lines + 1):
            try:
                line.encode()
            except UnicodeEncodeError as error:
                return DataError(
                    f"Line {number} of the output would hold a lone surrogate "
                    f"{line[error.start]!r}, which is no Unicode text. Drop that row "
                    "of the input, or read it in its right encoding."
                )
        raise AssertionError("one of the lines is no Unicode")


class TableWriter:
    """Writes parquet or Arrow, in groups of rows of some megabytes.

    ``stream``: where to. ``schema``: the columns. ``added``: the columns of the
    answers. ``output_format``: of the file.
    """

    def __init__(
        self,
        stream: BinaryIO,
        schema: Schema,
        added: dict[str, pa.DataType],
        output_format: str = "parquet",
    ) -> None:
        self._columns = schema
        self._schema = pa.schema(
            [
                (name, kind or pa.large_string())
                for name, kind in zip(*schema, strict=True)
            ]
            + list(added.items())
        )
        self._is_parquet = output_format == "parquet"
        open_file = pq.ParquetWriter if self._is_parquet else pa.ipc.new_file
        self._file = open_file(stream, self._schema)
        self._pending: list[pa.Table] = []
        self._size = 0

    def write(self, batch: Batch, answers: Columns) -> None:
        """Take the rows of a batch; they are written with others."""
        arrays = [
            _arrow_column(batch, *column) for column in zip(*self._columns, strict=True)
        ]
        for name, values in answers.items():
            arrays.append(pa.array(values, self._schema.field(name).type))
        table = pa.Table.from_arrays(arrays, schema=self._schema)
        self._pending.append(table)
        self._size += table.nbytes
        if self._size >= _ROW_GROUP:
            self._flush()

    def finish(self) -> None:
        """Write the last rows, and the footer."""
        self._flush()
        self._file.close()

    def abandon(self) -> None:
        """Close the writer while there still is a file behind it."""
        with suppress(Exception):  # the disk may be full
            self._file.close()
        if self._is_parquet:
            self._file.is_open = False  # its __del__ would try again

    def _flush(self) -> None:
        if self._pending:
            table = pa.concat_tables(self._pending)
            self._file.write_table(table, max(1, table.num_rows))
        self._pending, self._size = [], 0


class GatheredWriter:
    """Writes a workbook or an SQLite file, whose rows are gathered in memory first.

    ``stream``: where to. ``schema``, ``added``: as :class:`TableWriter` takes them.
    ``output_format``: of the file; its one sheet or table is called ``predictions``.
    """

    def __init__(
        self,
        stream: BinaryIO,
        schema: Schema,
        added: dict[str, pa.DataType],
        output_format: str,
    ) -> None:
        self._stream = stream
        self._parts = io.BytesIO()
        self._table = TableWriter(cast(BinaryIO, self._parts), schema, added, "arrow")
        self._format = output_format

    def write(self, batch: Batch, answers: Columns) -> None:
        """Take the rows of a batch."""
        self._table.write(batch, answers)

    def finish(self) -> None:
        """Write all rows."""
        self._table.finish()
        frame = pa.ipc.open_file(pa.BufferReader(self._parts.getvalue())).read_pandas()
        if self._format == "sqlite":
            with closing(sqlite3.connect(":memory:")) as database:
                frame.to_sql(_TABLE, database, index=False)
                self._stream.write(database.serialize())
            return
        try:
            frame.to_excel(self._stream, sheet_name=_TABLE, index=False)
        except ImportError:
            raise DataError(
                "A workbook needs its writer: pip install 'sentiment-pipeline[excel]'. "
                "Or write csv."
            ) from None
        except ValueError as error:  # more rows than a sheet holds
            raise DataError(
                f"A workbook cannot hold these rows ({error}). Write csv or parquet."
            ) from None

    def abandon(self) -> None:
        """Let go of what was gathered."""
        self._table.abandon()


def _objects(batch: Batch) -> Iterator[dict[str, Any]]:
    if batch.records is not None:
        yield from batch.records
        return
    for cells in batch.rows(batch.names):
        yield dict(zip(batch.names, cells, strict=True))


def _arrow_column(
    batch: Batch, name: str, kind: pa.DataType | None
) -> pa.Array | pa.ChunkedArray:
    values = batch.column(name) if batch.has(name) else None
    if kind is None:
        # Numbers beside strings, integers beyond 64 bits: no Arrow type holds them as
        # they are, JSON does.
        cells = as_list(values, batch.n_rows)
        texts = [None if cell is None else json_text(cell) for cell in cells]
        return pa.array(texts, pa.large_string())
    if values is None:
        return pa.nulls(batch.n_rows, kind)
    try:
        if isinstance(values, ARROW):
            return values if values.type == kind else values.cast(kind)
        return pa.array(values, kind)
    except (pa.ArrowException, OverflowError) as error:
        raise DataError(
            f"Column {name!r} does not stay {kind} ({error}). Write jsonl or csv."
        ) from None
