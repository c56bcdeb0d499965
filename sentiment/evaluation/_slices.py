"""Parts of the rows that are looked at by themselves: by length, by a column."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import pyarrow as pa

from sentiment._arrays import Floats, Ints, Places
from sentiment.evaluation._answers import Answers
from sentiment.evaluation._bootstrap import Interval
from sentiment.evaluation._intervals import wilson
from sentiment.evaluation._measures import Measures

_LENGTHS = (25, 50, 100, 200, 400, 800)
_MOST_VALUES = 20
_N_QUANTILES = 5
LENGTH = "length in words"
_SPACE = ord(" ")


@dataclass(frozen=True)
class Slice:
    """Some of the rows, and how well the model answers for them.

    Attributes
    ----------
    by, value : str
        The column, and its value or range.
    n_rows : int
        How many rows.
    accuracy : float
        The share answered rightly.
    accuracy_interval : (float, float)
        Its 95 % interval.
    log_loss : float
        Of these rows.
    roc_auc : float or None
        None where these rows lack a class.
    """

    by: str
    value: str
    n_rows: int
    accuracy: float
    accuracy_interval: Interval
    log_loss: float
    roc_auc: float | None


def describe_slices(
    answers: Answers, slices: Sequence[tuple[str, str, Places]]
) -> list[Slice]:
    """Return each slice with its metrics.

    ``answers``: of all rows. ``slices``: column, value and rows of each slice.
    """
    found = []
    for by, value, rows in slices:
        metrics = Measures(answers.take(rows)).point()
        area = metrics["roc_auc"]
        found.append(
            Slice(
                by=by,
                value=value,
                n_rows=len(rows),
                accuracy=metrics["accuracy"],
                accuracy_interval=wilson(metrics["accuracy"], len(rows)),
                log_loss=metrics["log_loss"],
                roc_auc=None if np.isnan(area) else area,
            )
        )
    return found


def cut_slices(
    lengths: Ints, columns: dict[str, list[Any]]
) -> list[tuple[str, str, Places]]:
    """Return column, value and rows of each slice: by length, then by each column."""
    slices = list(_by_length(lengths))
    for name, values in columns.items():
        slices += [(name, value, rows) for value, rows in _by_value(values)]
    return slices


def count_words(array: pa.LargeStringArray) -> Ints:
    """Return the length of each document in words, as its spaces tell.

    Quick, and exact enough to tell a tweet from a review.
    """
    offsets = np.frombuffer(array.buffers()[1], np.int64)
    places = offsets[array.offset : array.offset + len(array) + 1].tolist()
    data = array.buffers()[2]
    is_space = np.frombuffer(data if data is not None else b"", np.uint8) == _SPACE
    # Faster than Arrow's count_substring, which looks for a string of any length.
    counts = [
        np.count_nonzero(is_space[start:end])
        for start, end in zip(places[:-1], places[1:], strict=True)
    ]
    return np.array(counts, np.int64) + 1


def _by_length(lengths: Ints) -> Iterator[tuple[str, str, Places]]:
    bins = np.searchsorted(_LENGTHS, lengths, side="left")
    starts = (1, *(length + 1 for length in _LENGTHS))
    for number, start in enumerate(starts):
        rows = np.flatnonzero(bins == number)
        if len(rows):
            last = number == len(_LENGTHS)
            value = f"{start}+" if last else f"{start} to {_LENGTHS[number]}"
            yield LENGTH, value, rows


def _by_value(values: list[Any]) -> Iterator[tuple[str, Places]]:
    """Yield each value with its rows, the most frequent first; many numbers by range.

    What has more values than can be looked at is cut: numbers into five ranges of
    about as many rows, the rest into the most frequent ones and "others".
    """
    shown = ["(missing)" if value is None else str(value) for value in values]
    names, codes = np.unique(np.array(shown, dtype=object), return_inverse=True)
    if len(names) > _MOST_VALUES:
        numbers = _as_numbers(values)
        if numbers is not None:
            yield from _by_range(numbers)
            return
    counts = np.bincount(codes, minlength=len(names))
    order = sorted(range(len(names)), key=lambda code: (-counts[code], names[code]))
    kept = order if len(order) <= _MOST_VALUES else order[: _MOST_VALUES - 1]
    for code in kept:
        yield str(names[code]), np.flatnonzero(codes == code)
    if len(kept) < len(order):
        rows = np.flatnonzero(~np.isin(codes, kept))
        yield f"{len(order) - len(kept):,} others", rows


def _by_range(numbers: Floats) -> Iterator[tuple[str, Places]]:
    known = numbers[~np.isnan(numbers)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _N_QUANTILES + 1)))
    bins = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(edges) - 2)
    for number in range(len(edges) - 1):
        rows = np.flatnonzero((bins == number) & ~np.isnan(numbers))
        if len(rows):
            yield f"{edges[number]:g} to {edges[number + 1]:g}", rows
    missing = np.flatnonzero(np.isnan(numbers))
    if len(missing):
        yield "(missing)", missing


def _as_numbers(values: list[Any]) -> Floats | None:
    """Return values as numbers, from CSV cells too; None if one is something else."""
    try:
        numbers = [
            np.nan if value is None or value == "" else float(value)
            for value in values
            if isinstance(value, Real | str) or value is None
        ]
    except ValueError:
        return None
    array = np.array(numbers)
    return array if len(array) == len(values) and np.isfinite(array).any() else None
