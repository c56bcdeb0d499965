"""How far a metric would move with other rows: the bootstrap."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["Interval", "bootstrap", "interval"]

Interval = tuple[float, float]
Floats = NDArray[np.float64]

_LEVEL = 0.95
# Weights of one step; more do not fit into the cache.
_CHUNK = 400_000


def bootstrap(
    n_rows: int,
    measure: Callable[[Floats], Mapping[str, Floats]],
    *,
    n_resamples: int,
    random_state: int | None,
) -> dict[str, Floats]:
    """Return what ``measure`` gives for each of many resamples of the rows.

    Parameters
    ----------
    n_rows : int
        How many rows there are.
    measure : callable
        From weights of shape (n_rows, n_weightings) to values for each weighting.
    n_resamples : int
        How many resamples, each of ``n_rows`` rows drawn with replacement.
    random_state : int or None
        Two calls with one seed draw the same resamples, so that what they measure can
        be compared in pairs.

    Returns
    -------
    values : dict of str to ndarray of shape (n_resamples,)
    """
    parts = [measure(weights) for weights in _draw(n_rows, n_resamples, random_state)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def interval(value: float, resampled: Floats) -> Interval:
    """Return the interval that holds 95 % of the resamples, moved by their bias.

    The calibration error of a resample is larger on average than that of the rows,
    since drawing adds noise to each bin; without the move, its interval would often not
    hold the value itself.

    Examples
    --------
    >>> interval(0.5, np.array([0.5, 0.6, 0.7]))
    (0.405, 0.595)
    """
    known = resampled[np.isfinite(resampled)]
    if not np.isfinite(value) or not len(known):
        return float("nan"), float("nan")
    tails = [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2]
    low, high = np.quantile(known, tails) - (known.mean() - value)
    return round(float(low), 12), round(float(high), 12)


def _draw(n_rows: int, n_resamples: int, random_state: int | None) -> Iterator[Floats]:
    rng = np.random.default_rng(random_state)
    at_once = max(1, _CHUNK // n_rows)
    for start in range(0, n_resamples, at_once):
        n_columns = min(at_once, n_resamples - start)
        weights = np.empty((n_columns, n_rows))
        for column in range(n_columns):
            drawn = rng.integers(0, n_rows, n_rows, dtype=np.int32)
            weights[column] = np.bincount(drawn, minlength=n_rows)
        yield np.ascontiguousarray(weights.T)
