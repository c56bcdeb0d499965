"""The rows of a source one batch after the other, and what is kept of all of them."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pyarrow as pa

from sentiment.datasets._batches import Batch, Reading
from sentiment.datasets._files import ReadOptions
from sentiment.datasets._inputs import InputFile, find_inputs
from sentiment.datasets._rows import Rows, concat_rows, to_column
from sentiment.datasets._sources import Source
from sentiment.exceptions import DataError

__all__ = ["Part", "StreamedRows"]


@dataclass(frozen=True)
class Part:
    """Some rows of a source.

    Attributes
    ----------
    texts : Arrow array of large_string
        Their documents.
    rows : Rows
        The columns that are kept.
    share : float or None
        How much of the source has been read, from 0 to 1; None where nobody knows.
    open_ended : bool
        Whether rows to come may have further columns, as of JSON lines.
    """

    texts: pa.Array
    rows: Rows
    share: float | None
    open_ended: bool = False


class StreamedRows:
    """Rows whose documents pass by, while some small columns are kept.

    Parameters
    ----------
    source, split, encoding, input_format, text_column
        As in :func:`sentiment.load_instances`; patterns such as ``data/*.csv`` too.
    columns : sequence of str
        The columns to keep, those of them that are there.
    """

    def __init__(
        self,
        source: Source,
        split: str,
        *,
        text_column: str,
        columns: Sequence[str],
        encoding: str = "utf-8",
        input_format: str | None = None,
    ) -> None:
        self._source = source
        self._split = split
        self._columns = tuple(dict.fromkeys(columns))
        wanted = (text_column, *self._columns)
        self._options = ReadOptions(encoding, input_format, columns=wanted)
        self._reading = Reading(text_column, columns=self._columns, remedy="")
        self._kept: list[Rows] = []

    def __iter__(self) -> Iterator[Part]:
        with ExitStack() as keep:
            inputs = find_inputs(self._source, self._split, self._options, keep)
            for number, one in enumerate(inputs):
                for part in self._parts(one):
                    self._kept.append(part.rows)
                    share = part.share
                    if share is not None:
                        share = (number + share) / len(inputs)
                    yield replace(part, share=share)
            if not self._kept:
                raise DataError(f"{inputs[0].rows.name} {inputs[0].rows.no_rows}")

    def gather(self) -> Rows:
        """Return what is kept of all rows, once they have passed."""
        return concat_rows(self._kept, self._kept[0].name)

    def _parts(self, source: InputFile) -> Iterator[Part]:
        for batch in source.rows.batches(self._reading):
            if batch.n_rows:
                rows = self._rows(source, batch)
                yield Part(batch.texts, rows, batch.share, batch.records is not None)

    def _rows(self, source: InputFile, batch: Batch) -> Rows:
        columns = {}
        for name in self._columns:
            cells = batch.column(name) if name in batch.names else None
            if cells is not None:
                columns[name] = to_column(cells) if isinstance(cells, list) else cells
        return Rows(
            name=source.rows.name,
            columns=columns,
            n_rows=batch.n_rows,
            place=batch.place,
            names=batch.names,
            class_names=batch.class_names,
            untyped=batch.untyped,
        )
