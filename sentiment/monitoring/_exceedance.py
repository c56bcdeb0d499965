"""How many new rows go beyond what few reference rows go beyond: how likely is it."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_TAIL = 0.001


def tail_rank(n_rows: int) -> int:
    """Return which row from the end is the limit: one in a thousand, one at least."""
    return int(_TAIL * n_rows) + 1


def expected_share(n_tails: int, n_rows: int) -> float:
    """Return which share of new rows lies beyond any of some limits, at most.

    Examples
    --------
    >>> round(expected_share(1, 9), 3), round(expected_share(4, 2500), 4)
    (0.1, 0.0048)
    """
    return min(n_tails * tail_rank(n_rows) / (n_rows + 1), 1.0)


def exceedance_p_value(
    n_beyond: int, n_new: int, n_tails: int, n_rows: int, margin: float
) -> float:
    """Return how likely so many new rows beyond the limits are, or more.

    Each limit is the r-th reference row from an end. Whatever the distribution, the
    share of all rows that lies beyond is then beta distributed around r of n + 1
    (Gumbel and von Schelling 1950), and beyond any of k limits around k r at most
    (Tukey 1947). So the p-value knows how little a few reference rows tell.

    ``n_beyond``, ``n_new``: how many of how many new rows lie beyond any limit.
    ``n_tails``: how many limits there are. ``n_rows``: the reference rows. ``margin``:
    a share that may be beyond on top of that without being counted as a change.

    Examples
    --------
    >>> round(exceedance_p_value(5, 100, 4, 2500, 0.02), 2)
    0.11
    >>> exceedance_p_value(25, 500, 4, 2500, 0.02) < 0.002
    True
    >>> exceedance_p_value(25, 500, 4, 20, 0.02) > 0.9
    True
    """
    from scipy.stats import binom

    shares, weights = _shares(n_tails * tail_rank(n_rows), n_rows)
    chances = binom.sf(n_beyond - 1, n_new, np.minimum(shares + margin, 1.0))
    return float(min(chances @ weights, 1.0))


@lru_cache(maxsize=32)
def _shares(rank: int, n_rows: int) -> tuple[Floats, Floats]:
    """Return shares beyond and their probabilities, finer where the share is large."""
    from scipy.stats import beta

    above = np.logspace(0, -12, 600)
    rank = min(rank, n_rows)
    shares = beta.isf(above, rank, n_rows - rank + 1)
    # The upper end of each step: the p-value comes out too large, if anything.
    return np.append(shares[1:], 1.0), -np.diff(above, append=0.0)
