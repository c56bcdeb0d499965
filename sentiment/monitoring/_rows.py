"""The rows of a monitoring: texts, and where there are any, labels and times."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sentiment._messages import shown
from sentiment.datasets import source_name
from sentiment.datasets._frames import frame_of_rows
from sentiment.datasets._labels import read_labels
from sentiment.datasets._loading import check_apart
from sentiment.datasets._rows import Rows
from sentiment.datasets._sources import Source
from sentiment.datasets._streamed_rows import Part, StreamedRows
from sentiment.documents import text_series
from sentiment.evaluation._truth import encode_part, encode_truth
from sentiment.exceptions import DataError

__all__ = ["MonitoredReader", "MonitoredRows"]

_LABEL = "label"


@dataclass(frozen=True)
class MonitoredRows:
    """What is known of rows in their order, besides their documents.

    Attributes
    ----------
    name : str
        The source, as the user wrote it.
    codes : ndarray of int of shape (n_rows,)
        The true classes as places in the model's ``classes_``; -1 where there is no
        label.
    times : Series of datetime or None
        When each row is from, in UTC.
    """

    name: str
    codes: NDArray[np.int64]
    times: pd.Series | None


class MonitoredReader:
    """Reads the rows of one split of a source, and remembers the small part of them.

    A column ``label`` is read if there is one; a label column of another name must be
    there, since somebody has named it.

    Parameters
    ----------
    source : as in load_reviews
        What is read.
    split : str
        Which split of it.
    classes : ndarray of shape (n_classes,)
        The labels that the model knows.
    text_column, label_column, label_names, encoding, input_format
        As in :func:`sentiment.load_reviews`.
    time_column : str, default=None
        The column of times.
    """

    def __init__(
        self,
        source: Source,
        split: str,
        classes: NDArray[np.generic],
        *,
        text_column: str,
        label_column: str,
        label_names: Sequence[str] | None,
        encoding: str,
        input_format: str | None,
        time_column: str | None = None,
    ) -> None:
        self._name = source_name(source)
        self._classes = classes
        self._text_column = text_column
        self._label_column = label_column
        self._label_names = label_names
        self._time_column = time_column
        columns = [label_column, time_column]
        self._stream = StreamedRows(
            source,
            split,
            text_column=text_column,
            columns=[one for one in columns if one is not None],
            encoding=encoding,
            input_format=input_format,
        )

    def batches(self) -> Iterator[tuple[pd.Series, float | None]]:
        """Yield documents, and the share of the source that has been read.

        Raises
        ------
        DataError
            If the source cannot be read, has no rows, lacks a column, has a label that
            the model does not know, or a time that is none.
        """
        for part in self._stream:
            self._check(part)
            yield text_series(part.texts), part.share

    def finish(self) -> MonitoredRows:
        """Return what is known of all rows, once they have been read."""
        rows = self._stream.gather()
        labels = self._read_labels(rows, open_ended=False)
        codes = np.full(rows.n_rows, -1, np.int64)
        known = encode_truth(rows.name, labels, self._classes)
        codes[labels.index.to_numpy(np.int64)] = known
        times = None
        if self._time_column is not None:
            times = _read_times(rows, self._time_column)
        return MonitoredRows(self._name, codes, times)

    def _check(self, part: Part) -> None:
        """Refuse what is wrong before it is predicted."""
        labels = self._read_labels(part.rows, open_ended=part.open_ended)
        encode_part(part.rows, labels, self._classes)
        if self._time_column is not None and not (
            part.open_ended and self._time_column not in part.rows.columns
        ):
            _read_times(part.rows, self._time_column)

    def _read_labels(self, rows: Rows, *, open_ended: bool) -> pd.Series:
        optional = open_ended or self._label_column == _LABEL
        if optional and self._label_column not in rows.columns:
            return pd.Series([], dtype=object, name=_LABEL)
        check_apart(rows, self._text_column, self._label_column)
        return read_labels(rows, self._label_column, self._label_names)


def _read_times(rows: Rows, column: str) -> pd.Series:
    rows.column(column, "--time-column")
    cells = frame_of_rows(rows)[column]
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
