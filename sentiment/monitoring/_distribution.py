"""How a number is distributed over the reference rows, and how likely new rows are."""

from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from typing import Any, Self

import numpy as np

from sentiment._arrays import Floats, Ints

# Each per cent, and closer at both ends.
_LEVELS = np.unique([0, 0.001, 0.005, *np.arange(1, 100) / 100, 0.995, 0.999, 1])
_N_BINS = 10
_DIGITS = 6
# A count of no rows would make the index infinite.
_SMOOTHING = 0.5
_CHANCE = 0.01

_TAIL = 0.001


@dataclass(frozen=True)
class Distribution:
    """Quantiles of a number, and how many rows lie between them.

    ``n_rows``: the rows it was made of. ``edges``: quantiles of six digits, each once,
    in rising order; no number is above the last. ``counts``: rows up to the first edge,
    between two, and above the last: one more than edges. ``mean``: of all rows.
    ``low``, ``high``: one row in a thousand, and one at least, is no higher than
    ``low``, or no lower than ``high``.
    """

    n_rows: int
    edges: list[float]
    counts: list[int]
    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Floats) -> Self:
        """Return the distribution of at least one number.

        Examples
        --------
        >>> found = Distribution.of(np.arange(1000.0))
        >>> found.n_rows, found.low, found.high, len(found.edges)
        (1000, 1.0, 998.0, 104)
        >>> found.cdf([49.5, 499.0]).round(3).tolist()
        [0.05, 0.5]
        """
        ranked = np.sort(values)
        quantiles = np.quantile(ranked, _LEVELS, method="inverted_cdf")
        rounded = [_round(value) for value in quantiles[:-1]]
        edges = np.unique([*rounded, _round_outward(quantiles[-1], 1)])
        place = tail_rank(len(ranked)) - 1
        counts = _count(edges, ranked)
        return cls(
            len(ranked),
            edges.tolist(),
            counts.tolist(),
            _round(float(ranked.mean())),
            _round_outward(ranked[place], -1),
            _round_outward(ranked[-1 - place], 1),
        )

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Self:
        """Return what ``to_dict`` gave.

        Raises ValueError, TypeError, KeyError if it is something else.
        """
        found = cls(**content)
        edges, counts = np.asarray(found.edges, float), np.asarray(found.counts)
        numbers = np.array([found.mean, found.low, found.high], float)
        if (
            edges.ndim != 1
            or not len(edges)
            or counts.shape != (len(edges) + 1,)
            or counts.dtype.kind != "i"
            or counts.min() < 0
            or counts.sum() != found.n_rows
            or found.n_rows < 1
            or not np.isfinite(edges).all()
            or not np.isfinite(numbers).all()
            or (np.diff(edges) <= 0).any()
        ):
            raise ValueError("no distribution")
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON takes them."""
        return asdict(self)

    def count(self, values: Floats) -> Ints:
        """Return how many of other rows lie up to, between and above the edges."""
        return _count(np.array(self.edges), values)

    def cdf(self, at: Any, counts: Ints | None = None) -> Floats:
        """Return the share of rows up to some values, between the edges by a line.

        ``at``: the values. ``counts``: of other rows, as ``count`` gives them.
        """
        counts = np.array(self.counts) if counts is None else counts
        below = np.cumsum(counts)[:-1] / max(counts.sum(), 1)
        return np.interp(at, self.edges, below, left=0.0)

    @cached_property
    def bins(self) -> Ints:
        """The places of the edges that cut the rows into ten about equal parts."""
        below = np.cumsum(self.counts)[:-1]
        wanted = self.n_rows * np.arange(1, _N_BINS) / _N_BINS
        # Every edge is left of rows, so that no bin is empty.
        places = np.searchsorted(below, wanted * (1 - 1e-12))
        return np.unique(places[below[places] < self.n_rows])

    def shares(self, counts: Ints | None = None) -> Floats:
        """Return the share of rows in each of the about ten bins."""
        counts = np.array(self.counts) if counts is None else counts
        parts = np.add.reduceat(counts, np.concatenate([[0], self.bins + 1]))
        return (parts + _SMOOTHING) / (counts.sum() + _SMOOTHING * len(parts))

    def psi(self, counts: Ints) -> float:
        """Return the population stability index of other rows, less chance."""
        n_rows = (self.n_rows, int(counts.sum()))
        return stability_index(self.shares(), self.shares(counts), n_rows)

    def distance(self, counts: Ints) -> float:
        """Return the largest distance of both cumulative shares: Kolmogorov's."""
        here = np.cumsum(self.counts)[:-1] / self.n_rows
        there = np.cumsum(counts)[:-1] / counts.sum()
        return float(np.abs(here - there).max())

    def p_value(self, counts: Ints) -> float:
        """Return the p-value of the two-sample test of Kolmogorov and Smirnov.

        Of the limiting distribution, and looking at the edges only: a little larger
        than it could be, never smaller.
        """
        from scipy.special import kolmogorov

        n_new = int(counts.sum())
        effective = n_new * self.n_rows / (n_new + self.n_rows)
        return float(kolmogorov(np.sqrt(effective) * self.distance(counts)))


def stability_index(here: Floats, there: Floats, n_rows: tuple[int, int]) -> float:
    """Return by how much the index of two lists of shares exceeds what chance makes.

    Without a shift, the index over 1 / n + 1 / m is distributed as chi square of B - 1
    degrees of freedom (Yurdakul 2018): 0.18 on average of 50 rows in 10 bins, against
    many. What 99 of 100 such lists stay below is taken off.

    ``here``, ``there``: shares, none of them 0. ``n_rows``: the rows behind each of
    them.
    """
    from scipy.special import chdtri

    if len(here) < 2:
        return 0.0
    found = float(((there - here) * np.log(there / here)).sum())
    chance = float(chdtri(len(here) - 1, _CHANCE)) * (1 / n_rows[0] + 1 / n_rows[1])
    return max(found - chance, 0.0)


def _count(edges: Floats, values: Floats) -> Ints:
    places = np.searchsorted(edges, values)
    return np.bincount(places, minlength=len(edges) + 1).astype(np.int64)


def _round_outward(value: float, direction: int) -> float:
    """Return a limit of few digits that the row itself does not go beyond."""
    rounded = _round(value)
    while direction * (value - rounded) > 0:
        rounded = _round(rounded + direction * abs(rounded) * 10.0 ** (1 - _DIGITS))
    return rounded


def _round(value: Any) -> float:
    return float(f"{value:.{_DIGITS}g}")


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
