"""How far a metric would move with other rows: the bootstrap; pools of like rows."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from sentiment._arrays import Array, Flags, Floats, Ints, Places
from sentiment.evaluation._answers import Answers
from sentiment.threads import count_threads

Interval = tuple[float, float]

_LEVEL = 0.95
# Resamples of one seed; the number of threads changes nothing.
_STEP = 25
# So many rows are drawn at once: they stay in the cache, and Python is in nobody's way.
_DRAWN = 100_000

N_RANKS = 250
"""Into so many parts of equal size the rows are cut by their score."""


@dataclass(frozen=True)
class Pools:
    """Which rows are taken together.

    ``number``: the pool of each row. ``positive``: whether the rows of a pool are of
    the second class. ``rank``: the part of the scores that they are in.
    """

    number: Places
    positive: Flags
    rank: Ints

    def __len__(self) -> int:
        return len(self.rank)

    def average(self, sums: sp.csr_matrix) -> sp.csr_matrix:
        """Return the mean of the columns, one a row, of each pool."""
        n_rows = len(self.number)
        share = 1.0 / np.bincount(self.number)
        members = sp.csr_matrix(
            (share[self.number], (np.arange(n_rows), self.number)), (n_rows, len(self))
        )
        return (sums @ members).tocsr()


def bootstrap(
    n_rows: int,
    add_up: Callable[[Floats], Floats],
    *,
    n_resamples: int,
    random_state: int | None,
    pools: Pools | None = None,
) -> Floats:
    """Return what ``add_up`` gives for each of many resamples of the rows.

    ``n_rows``: how many rows there are. ``add_up``: from weights of shape (n_rows, n),
    n weightings of the rows, to sums of shape (n_sums, n). It is called from several
    threads. ``n_resamples``: how many resamples, each of ``n_rows`` rows drawn with
    replacement. ``random_state``: two calls with one seed draw the same resamples.
    ``pools``: if ``add_up`` takes the weight of each of them, instead of each
    row's.
    """
    sizes = [min(_STEP, n_resamples - at) for at in range(0, n_resamples, _STEP)]
    seeds = np.random.SeedSequence(random_state).spawn(len(sizes))

    at_once = max(1, _DRAWN // n_rows)

    def draw(size: int, seed: np.random.SeedSequence) -> Floats:
        rng = np.random.default_rng(seed)
        parts = [min(at_once, size - at) for at in range(0, size, at_once)]
        drawn = (add_up(_draw(rng, n_rows, pools, part)) for part in parts)
        return np.concatenate(list(drawn), axis=1)

    with ThreadPoolExecutor(count_threads()) as pool:
        return np.concatenate(list(pool.map(draw, sizes, seeds)), axis=1)


def interval(
    value: float, resampled: Floats, bounds: Interval = (-np.inf, np.inf)
) -> Interval:
    """Return the interval that holds 95 % of the resamples, moved by their bias.

    The calibration error of a resample is larger on average than that of the rows,
    since drawing adds noise to each bin; without the move, its interval would often not
    hold the value itself. It ends at the bounds of what the value can be.

    Examples
    --------
    >>> interval(0.5, np.array([0.5, 0.6, 0.7]))
    (0.405, 0.595)
    >>> interval(0.98, np.array([0.9, 0.98, 1.0]), (0.0, 1.0))
    (0.924, 1.0)
    """
    known = resampled[np.isfinite(resampled)]
    if not np.isfinite(value) or not len(known):
        return float("nan"), float("nan")
    tails = [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2]
    low, high = np.clip(np.quantile(known, tails) - (known.mean() - value), *bounds)
    return round(float(low), 12), round(float(high), 12)


def _draw(
    rng: np.random.Generator, n_rows: int, pools: Pools | None, size: int
) -> Floats:
    """Return how often each row, or a row of each pool, is drawn: a column a time."""
    drawn: Array = rng.integers(0, n_rows, (size, n_rows), dtype=np.int32)
    n_weights = n_rows
    if pools is not None:
        drawn, n_weights = pools.number.take(drawn), len(pools)
    drawn = drawn + np.arange(size)[:, None] * n_weights
    counts = np.bincount(drawn.ravel(), minlength=size * n_weights)
    return counts.reshape(size, n_weights).T.astype(np.float64, order="C")


def pool_rows(answers: Sequence[Answers], bins: Places) -> Pools | None:
    """Return the pools of the rows, or None where there would be hardly fewer.

    The rows of a pool have the same class, the same answer, the same bin of the
    calibration error, and scores beside each other. A resample is drawn row by
    row all the same; that each row of a pool then has the mean of their log losses, and
    is tied with the others, moves an interval by less than its last digit, and takes a
    third of the time.

    ``answers``: of one or two models, in the order of the first one's scores. ``bins``:
    of the calibration error.
    """
    first, n_rows = answers[0], len(answers[0])
    if len(answers) > 1 or len(first.classes) != 2 or n_rows < 20 * N_RANKS:
        return None
    rank = np.arange(n_rows) * N_RANKS // n_rows
    keys = [first.codes, first.chosen, bins, rank]
    joined = np.zeros(n_rows, np.int64)
    for key in keys:
        joined = np.unique(joined * (key.max() + 1) + key, return_inverse=True)[1]
    _, example, number = np.unique(joined, return_index=True, return_inverse=True)
    if len(example) > n_rows // 2:
        return None
    return Pools(number, first.codes[example] == 1, rank[example])
