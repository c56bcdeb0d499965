"""The margins that the link and the trees learn from, and the smoothing behind them."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sentiment.classification._blocks import LearningRows
from sentiment.classification._linear_start import (
    Floats,
    LinearSettings,
    Link,
    count_margins,
    fit_link,
    make_folds,
)
from sentiment.classification._log_loss import compute_log_loss

CrossFit = Callable[[LearningRows, LinearSettings, list[NDArray[Any]]], Floats]

# What suits 200 rows does not suit 25,000: on IMDB, 1 costs 0.25 points against 10; on
# 370 short reviews 3 costs 4 against 0.3. Few rows must make much of what they say.
_CANDIDATES = (0.3, 1.0, 3.0, 10.0)
_OF_LARGE = 10.0
# So many entries times margins are fitted again for each candidate in a few seconds.
_LARGE = 3_000_000
# A slope learned from so many rows is known to 2 %.
_ROWS_FOR_LINK = 4_000
# What few rows choose is a matter of luck in one cut into folds, less so in some.
_FEW_ROWS = 1_000
_REPEATS = 3


class OutOfFold(NamedTuple):
    """Out-of-fold margins, the link that makes them log-odds, and what they came from.

    The margins of rows that no link or tree needs are NaN. ``loss`` is the log loss of
    the others, ``loss_alone`` what it is without the prior.
    """

    margins: Floats
    link: Link
    settings: LinearSettings
    loss: float
    loss_alone: float


def alphas_to_try(n_entries: int, n_classes: int) -> tuple[float, ...]:
    """Return the candidates of the smoothing: for large data the one of IMDB."""
    return (_OF_LARGE,) if is_large(n_entries, n_classes) else _CANDIDATES


def fit_out_of_fold(
    cross_fit: CrossFit,
    rows: LearningRows,
    candidates: list[LinearSettings],
    *,
    all_rows: bool,
    n_folds: int,
    prior: Floats | None = None,
) -> OutOfFold:
    """Cross-fit; choose the settings whose margins have the lowest log loss.

    ``prior`` holds the margins of a prior, which has seen none of the rows. It is left
    out where the log loss falls by less than its shares are worth by the Bayesian
    information criterion (Schwarz, 1978, "Estimating the Dimension of a Model").
    """
    n_rows = None if all_rows else _ROWS_FOR_LINK
    repeats = _REPEATS if len(rows.y) < _FEW_ROWS else 1
    best, lowest = None, float("inf")
    for settings in candidates:
        raws = []
        for repeat in range(repeats):
            drawn = settings._replace(seed=settings.seed + repeat)
            folds = make_folds(rows.y, n_folds, drawn.seed, n_rows)
            raws.append(cross_fit(rows, drawn, folds))
        alone = _link_margins(raws, rows, settings, np.zeros((len(rows.y), 0)))
        tried = [(alone, alone.loss)]
        if prior is not None:
            beside = _link_margins(raws, rows, settings, prior)
            beside = beside._replace(loss_alone=alone.loss)
            n_fitted = int(np.count_nonzero(raws[0][:, 0] == raws[0][:, 0]))
            price = _price(beside.link.prior.size, n_fitted)
            tried.append((beside, beside.loss + price))
        for found, loss in tried:
            if best is None or loss < lowest:
                best, lowest = found, loss
    assert best is not None
    return best


def _price(n_shares: int, n_rows: int) -> float:
    """Return how much the log loss must fall for so many numbers that are learned."""
    return n_shares * float(np.log(n_rows)) / (2 * n_rows)


def _link_margins(
    raws: list[Floats], rows: LearningRows, settings: LinearSettings, prior: Floats
) -> OutOfFold:
    """Fit the link on the margins that are there.

    A row that has margins of several cross-fits counts once, in equal parts.
    """
    n, raw = len(raws), np.concatenate(raws)
    fitted = raw[:, 0] == raw[:, 0]
    y, weight, every = np.tile(rows.y, n), np.tile(rows.weight, n) / n, prior
    if n > 1:
        every = np.tile(prior, (n, 1))
    known, y, weight = raw[fitted], y[fitted], weight[fitted]
    link = fit_link(known, y, weight, every[fitted])
    loss = compute_log_loss(link.apply(known, every[fitted]), y, weight)
    return OutOfFold(link.apply(raws[0], prior), link, settings, loss, loss)


def is_large(n_entries: int, n_classes: int) -> bool:
    """Say whether so many counts take long to fit again and again."""
    return n_entries * count_margins(n_classes) > _LARGE
