"""The rows of a monitoring: texts, labels and times, where there are any; windows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sentiment._arrays import Ints, Places
from sentiment._messages import shown
from sentiment.datasets import Batch, DataSummary, LabelledRows, Source, frame_of_batch
from sentiment.documents import text_series
from sentiment.evaluation import encode_part, encode_truth
from sentiment.exceptions import DataError

PERIODS = {"hour": "h", "day": "D", "week": "W", "month": "M"}
"""What ``window`` may be besides a number of rows; its name with pandas."""


@dataclass(frozen=True)
class MonitoredRows:
    """What is known of rows in their order, besides their documents.

    ``name``: the source, as the user wrote it. ``codes``: the true classes as places in
    the model's ``classes_``; -1 where there is no label. ``times``: when each row is
    from, in UTC. ``summary``: what was read, and what looks wrong with it.
    """

    name: str
    codes: Ints
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


def check_window(window: int | str | None, time_column: str | None) -> None:
    """Refuse a window that says nothing.

    Raises DataError if it is neither a number of rows nor a period, or a period without
    times.
    """
    if window is None or (type(window) is int and window > 0):
        return
    if window not in PERIODS:
        raise DataError(
            f"A window is a number of rows, or one of {', '.join(PERIODS)}. Got "
            f"{window!r}."
        )
    if time_column is None:
        raise DataError(
            f"A window of a {window} needs the time of each row. Name its column with "
            "time_column=..."
        )


def cut_windows(
    n_rows: int, window: int | str | None, times: pd.Series | None
) -> Iterator[tuple[str, Places]]:
    """Yield the name and the rows of each window, in the order of time.

    Without times, the order of the rows is that of time. The last window of a number
    of rows may have fewer.

    Examples
    --------
    >>> [(name, rows.tolist()) for name, rows in cut_windows(5, 2, None)]
    [('rows 1 to 2', [0, 1]), ('rows 3 to 4', [2, 3]), ('row 5', [4])]
    >>> times = pd.Series(pd.to_datetime(["2026-02-01", "2026-01-31", "2026-02-02"]))
    >>> [(name, rows.tolist()) for name, rows in cut_windows(3, "month", times)]
    [('2026-01', [1]), ('2026-02', [0, 2])]
    """
    if window is None:
        return
    order = np.arange(n_rows)
    if times is not None:
        order = np.argsort(times.to_numpy(), kind="stable")
    if isinstance(window, str):
        assert times is not None
        periods = times.dt.to_period(PERIODS[window]).astype("str").to_numpy()
        ordered = periods[order]
        starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
        for rows in np.split(order, starts[1:]):
            yield periods[rows[0]].replace("/", " to "), rows
        return
    for start in range(0, n_rows, window):
        rows = order[start : start + window]
        yield _name(start, rows, times), rows


def _name(start: int, rows: Places, times: pd.Series | None) -> str:
    if times is not None:
        first, last = (times.iloc[row] for row in rows[[0, -1]])
        # Of one day, the hours tell windows apart.
        style = "%Y-%m-%d %H:%M" if first.date() == last.date() else "%Y-%m-%d"
        return f"{first:{style}} to {last:{style}}"
    if len(rows) == 1:
        return f"row {start + 1:,}"
    return f"rows {start + 1:,} to {start + len(rows):,}"
