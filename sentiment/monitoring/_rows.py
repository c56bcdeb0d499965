"""The rows of a monitoring: texts, and where there are any, labels and times."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sentiment.classification._labels import encode_labels
from sentiment.datasets import source_name
from sentiment.datasets._files import ReadOptions
from sentiment.datasets._frames import frame_of_rows
from sentiment.datasets._labels import read_labels
from sentiment.datasets._loading import check_apart
from sentiment.datasets._rows import Rows
from sentiment.datasets._sources import Source, read_source
from sentiment.datasets._texts import read_texts
from sentiment.exceptions import DataError, LabelError

__all__ = ["MonitoredRows", "read_monitored_rows"]

_LABEL = "label"


@dataclass(frozen=True)
class MonitoredRows:
    """Documents in their order, and what else is known of them.

    Attributes
    ----------
    name : str
        The source, as the user wrote it.
    texts : Series of str
        The documents.
    codes : ndarray of int of shape (n_rows,)
        The true classes as places in the model's ``classes_``; -1 where there is no
        label.
    times : Series of datetime or None
        When each row is from, in UTC.
    """

    name: str
    texts: pd.Series
    codes: NDArray[np.int64]
    times: pd.Series | None


def read_monitored_rows(
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
) -> MonitoredRows:
    """Read the rows of one split of a source.

    A column ``label`` is read if there is one; a label column of another name must be
    there, since somebody has named it.

    Raises
    ------
    DataError
        If the source cannot be read, has no rows, lacks a column, has a label that the
        model does not know, or a time that is none.
    """
    columns = [text_column, label_column, time_column]
    wanted = tuple(dict.fromkeys(one for one in columns if one is not None))
    rows = read_source(source, split, ReadOptions(encoding, input_format, wanted))
    texts = read_texts(rows, text_column)
    if not len(texts):
        raise DataError(f"{rows.name} has no rows to look at.")
    codes = np.full(len(texts), -1, np.int64)
    if label_column != _LABEL or label_column in rows.columns:
        check_apart(rows, text_column, label_column)
        labels = read_labels(rows, label_column, label_names)
        codes[labels.index.to_numpy()] = _encode(labels, classes, rows.name)
    times = None if time_column is None else _read_times(rows, time_column)
    return MonitoredRows(source_name(source), texts, codes, times)


def _encode(
    labels: pd.Series, classes: NDArray[np.generic], name: str
) -> NDArray[np.int64]:
    if labels.empty:
        return np.empty(0, np.int64)
    try:
        return encode_labels(labels, classes, what=name)
    except LabelError as error:
        raise DataError(
            f"{error} Name integers with --label-names, or the right column with "
            "--label-column."
        ) from None


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
            f"{rows.place(first)}: {cells.iloc[first]!r:.60} in column {column!r} is "
            "no time. Times are written as 2026-11-24, or 2026-11-24T18:30:00Z."
        )
    return times.dt.tz_localize(None)
