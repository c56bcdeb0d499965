"""Cut rows into windows over time."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sentiment.exceptions import DataError

PERIODS = {"hour": "h", "day": "D", "week": "W", "month": "M"}
"""What ``window`` may be besides a number of rows; its name with pandas."""


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
) -> Iterator[tuple[str, NDArray[np.intp]]]:
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


def _name(start: int, rows: NDArray[np.intp], times: pd.Series | None) -> str:
    if times is not None:
        first, last = (times.iloc[row] for row in rows[[0, -1]])
        # Of one day, the hours tell windows apart.
        style = "%Y-%m-%d %H:%M" if first.date() == last.date() else "%Y-%m-%d"
        return f"{first:{style}} to {last:{style}}"
    if len(rows) == 1:
        return f"row {start + 1:,}"
    return f"rows {start + 1:,} to {start + len(rows):,}"
