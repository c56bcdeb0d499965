"""A csv or tsv file, or standard input, in batches."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pyarrow as pa

from sentiment.datasets._bad_rows import Fault
from sentiment.datasets._batches import Batch, BatchFiller, Reading
from sentiment.datasets._bytes import ByteSource
from sentiment.datasets._delimited import DelimitedRecords, unlimited_cells
from sentiment.datasets._lines import decoded_lines
from sentiment.datasets._rows import numbered_rows, require_column


class DelimitedInput:
    """Rows of delimited text.

    Parameters
    ----------
    name : str
        As the user wrote it.
    open_source : callable
        Opens the bytes.
    encoding : str
        Of the text.
    delimiter : str
        Between two cells.
    """

    no_rows = "has a header and no rows."

    def __init__(
        self,
        name: str,
        open_source: Callable[[], AbstractContextManager[ByteSource]],
        encoding: str,
        delimiter: str,
    ) -> None:
        self.name = name
        self._open = open_source
        self._encoding = encoding
        self._delimiter = delimiter

    def types(self) -> dict[str, pa.DataType | None]:
        """Return the columns with their Arrow types."""
        with self._open() as source, unlimited_cells():
            # Lenient: the first block holds rows, too, and they are read later.
            records = self._records(source, lenient=True)
            return dict.fromkeys(records.header, pa.large_string())

    def batches(self, reading: Reading) -> Iterator[Batch]:
        """Yield the rows; of standard input, those that are there."""
        with self._open() as source, unlimited_cells():
            records = self._records(source, lenient=reading.lenient)
            names = tuple(records.header)
            require_column(self.name, names, reading.text_column, "--text-column")
            place = names.index(reading.text_column)
            unreadable = [None] * len(names)
            filler = BatchFiller(self.name, reading)
            for line, found in records:
                if isinstance(found, Fault):
                    filler.add_bad(unreadable, line, found)
                else:
                    filler.add(found, found[place], sum(map(len, found)))
                if filler.full or records.pauses:
                    yield _batch(filler, names, source.share)
            if not filler.empty:
                yield _batch(filler, names, source.share)

    def _records(self, source: ByteSource, *, lenient: bool) -> DelimitedRecords:
        lines = decoded_lines(source, self._encoding, lenient=lenient)
        return DelimitedRecords(lines, self.name, self._delimiter)


def _batch(filler: BatchFiller, names: tuple[str, ...], share: float | None) -> Batch:
    columns = [list(cells) for cells in zip(*filler.rows, strict=True)]
    columns = columns or [[] for _ in names]
    return Batch(
        names=names,
        columns=dict(zip(names, columns, strict=True)),
        share=share,
        untyped=True,
        place=numbered_rows(filler.name, filler.n_read - len(filler.rows)),
        **filler.take(),
    )
