"""Metrics with their 95 % intervals, of answers that may have been given repeatedly."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from sentiment._arrays import Floats, Places
from sentiment.evaluation._answers import Answers
from sentiment.evaluation._bootstrap import Interval, Pools, bootstrap, interval
from sentiment.evaluation._measures import Measures, bounds_of

_N_RESAMPLES = 1000
_Z = 1.959964


class Weighed(Protocol):
    """What is measured under weightings of the rows."""

    @property
    def n_sums(self) -> int:
        """How many sums ``add_up`` returns."""
        ...

    def add_up(self, weights: Floats) -> Floats:
        """Return sums for each weighting."""
        ...


def resample(
    weighed: Sequence[Weighed],
    groups: Places,
    seed: int | None,
    pools: Pools | None = None,
) -> list[Floats]:
    """Return the sums of each, all for the same resamples.

    Parameters
    ----------
    weighed : sequence of Measures or the like
        What is measured on the same rows.
    groups : ndarray of int of shape (n_rows,)
        Rows of one group are drawn together, such as those of one text.
    seed : int or None
        Of the resamples.
    pools : Pools, default=None
        If the sums are of pools of rows; then each row is a group.
    """
    n_groups = int(groups.max()) + 1
    alone = n_groups == len(groups)

    def add_up(weights: Floats) -> Floats:
        of_rows = weights if alone else weights[groups]
        return np.concatenate([one.add_up(of_rows) for one in weighed])

    sums = bootstrap(
        n_groups, add_up, n_resamples=_N_RESAMPLES, random_state=seed, pools=pools
    )
    return np.split(sums, np.cumsum([one.n_sums for one in weighed])[:-1])


def intervals_of(
    metrics: Mapping[str, float], drawn: Mapping[str, Floats], n_rows: int
) -> dict[str, Interval]:
    """Return the interval of each metric, from resamples of so many rows.

    Of the accuracy it is Wilson's: where all of a few rows are answered rightly, all
    resamples are, and would tell that nothing can go wrong.
    """
    found = {
        name: interval(value, drawn[name], bounds_of(name))
        for name, value in metrics.items()
    }
    return found | {"accuracy": wilson(metrics["accuracy"], n_rows)}


def wilson(share: float, n_rows: int) -> Interval:
    """Return the 95 % interval of a share of so many rows.

    References
    ----------
    E. B. Wilson (1927). "Probable Inference, the Law of Succession, and Statistical
    Inference". JASA.

    Examples
    --------
    >>> wilson(1.0, 20), wilson(0.757, 37)
    ((0.838..., 1.0), (0.599..., 0.866...))
    """
    squared = _Z**2 / n_rows
    middle = (share + squared / 2) / (1 + squared)
    spread = share * (1 - share) / n_rows + squared / (4 * n_rows)
    half = _Z * np.sqrt(spread) / (1 + squared)
    low, high = np.clip([middle - half, middle + half], 0.0, 1.0)
    # Rounding must not push the end of a certain share past it.
    return float(min(low, share)), float(max(high, share))


def measure_repeats(
    repeats: Sequence[Answers], groups: Places | None = None
) -> tuple[dict[str, float], dict[str, Interval]]:
    """Return the mean of each metric over the repeats, and the interval of that.

    Parameters
    ----------
    repeats : sequence of Answers
        For the same rows: one, or one of each repeat of a cross-validation.
    groups : ndarray of int of shape (n_rows,), default=None
        Rows that are drawn together. None: each by itself.

    Returns
    -------
    metrics, intervals : dict
        Without what is not defined, such as an AUC without one of the classes.

    Notes
    -----
    The intervals say how the metrics would move with other rows to be measured on, not
    with others to learn from.
    """
    measures = [Measures(one) for one in repeats]
    metrics = _mean_of([one.point() for one in measures])
    if groups is None:
        groups = np.arange(len(repeats[0]))
    sums = resample(measures, groups, seed=0)
    parts = zip(measures, sums, strict=True)
    with np.errstate(invalid="ignore"):
        drawn = _mean_of([one.read(part) for one, part in parts])
    known = {name: value for name, value in metrics.items() if not np.isnan(value)}
    return known, intervals_of(known, drawn, int(groups.max()) + 1)


def _mean_of(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {name: sum(one[name] for one in found) / len(found) for name in found[0]}
