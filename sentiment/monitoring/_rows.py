"""The rows of a monitoring: texts, and where there are any, labels and times."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sentiment._messages import shown
from sentiment.datasets import Batch, DataSummary, LabelledRows, Source, frame_of_batch
from sentiment.documents import text_series
from sentiment.evaluation import encode_part, encode_truth
from sentiment.exceptions import DataError


@dataclass(frozen=True)
class MonitoredRows:
    """What is known of rows in their order, besides their documents.

    ``name``: the source, as the user wrote it. ``codes``: the true classes as places in
    the model's ``classes_``; -1 where there is no label. ``times``: when each row is
    from, in UTC. ``summary``: what was read, and what looks wrong with it.
    """

    name: str
    codes: NDArray[np.int64]
    times: pd.Series | None
    summary: DataSummary


class MonitoredReader:
    """Reads the rows of a source, and remembers the small part of them.

    A column ``label`` is read if there is one; a label column of another name must be
    there, since somebody has named it.

    ``source``: what is read. ``classes``: the labels that the model knows.
    ``time_column``: the column of times.
    """

    def __init__(
        self,
        source: Source,
        classes: NDArray[np.generic],
        *,
        time_column: str | None = None,
    ) -> None:
        self._classes = classes
        self._time_column = time_column
        columns = () if time_column is None else (time_column,)
        self._rows = LabelledRows(
            source, labels="optional", columns=columns, by_part=True
        )

    def batches(self) -> Iterator[tuple[pd.Series, float | None]]:
        """Yield documents, and the share of the source that has been read.

        Raises DataError if the source cannot be read, has no rows, lacks a column, has
        a label that the model does not know, or a time that is none.
        """
        for part in self._rows:
            # Refuse what is wrong before it is predicted.
            encode_part(part, self._rows.labels_of(part), self._classes)
            column = self._time_column
            if column is not None and not (part.open_ended and not part.has(column)):
                _read_times(part, column)
            yield text_series(part.texts), part.share

    def finish(self) -> MonitoredRows:
        """Return what is known of all rows, once they have been read."""
        labels = self._rows.read_labels()
        rows = self._rows.gathered
        self._rows.list_bad_rows()
        self._rows.tell()
        codes = np.full(rows.n_rows, -1, np.int64)
        known = encode_truth(rows.name, labels, self._classes)
        codes[labels.index.to_numpy(np.int64)] = known
        times = None
        if self._time_column is not None:
            times = _read_times(rows, self._time_column)
        return MonitoredRows(self._rows.source.name, codes, times, self._rows.summary)


def _read_times(rows: Batch, column: str) -> pd.Series:
    rows.require(column, "time_column")
    cells = frame_of_batch(rows.keep([column]))[column]
    given = cells
    if not pd.api.types.is_datetime64_any_dtype(cells.dtype):
        given = cells.astype("str")
    times = pd.to_datetime(given, utc=True, format="mixed", errors="coerce")
    wrong = np.flatnonzero(times.isna())
    if len(wrong):
        first = int(wrong[0])
        raise DataError(
            f"{rows.place(first)}: {shown(cells.iloc[first])} in column {column!r} is "
            "no time. Times are written as 2026-11-24, or 2026-11-24T18:30:00Z."
        )
    return times.dt.tz_localize(None)
