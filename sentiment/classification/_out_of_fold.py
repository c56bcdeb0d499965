"""The margins that the link and the trees learn from, and the smoothing behind them."""

from typing import NamedTuple

from sentiment.classification._blocks import LearningRows
from sentiment.classification._linear_start import (
    Floats,
    LinearSettings,
    Solver,
    count_margins,
    fit_link,
)
from sentiment.classification._log_loss import compute_log_loss

# What suits 200 rows does not suit 25,000: on IMDB, 1 costs 0.25 points against 10; on
# 370 short reviews 3 costs 4 against 0.3. Few rows must make much of what they say.
_CANDIDATES = (0.3, 1.0, 3.0, 10.0)
_OF_LARGE = 10.0
# So many entries times margins are fitted again for each candidate in a few seconds.
_LARGE = 3_000_000
# A slope learned from so many rows is known to 2 %.
_ROWS_FOR_LINK = 4_000


class OutOfFold(NamedTuple):
    """Out-of-fold margins, the link that makes them log-odds, and what they came from.

    The margins of rows that no link or tree needs are NaN.
    """

    margins: Floats
    slope: Floats
    offset: Floats
    settings: LinearSettings


def alphas_to_try(n_entries: int, n_classes: int) -> tuple[float, ...]:
    """Return the candidates of the smoothing: for large data the one of IMDB."""
    return (_OF_LARGE,) if is_large(n_entries, n_classes) else _CANDIDATES


def fit_out_of_fold(
    solver: Solver,
    rows: LearningRows,
    candidates: list[LinearSettings],
    *,
    all_rows: bool,
    n_folds: int,
) -> OutOfFold:
    """Cross-fit; choose the settings whose margins have the lowest log loss."""
    best, lowest = None, float("inf")
    for settings in candidates:
        raw = solver.cross_fit(
            rows,
            settings,
            n_folds=n_folds,
            n_rows=None if all_rows else _ROWS_FOR_LINK,
        )
        found, loss = _link_margins(raw, rows, settings)
        if best is None or loss < lowest:
            best, lowest = found, loss
    assert best is not None
    return best


def _link_margins(
    raw: Floats, rows: LearningRows, settings: LinearSettings
) -> tuple[OutOfFold, float]:
    """Fit the link on the margins that are there; return its log loss, too."""
    fitted = raw[:, 0] == raw[:, 0]
    known = raw[fitted], rows.y[fitted], rows.weight[fitted]
    slope, offset = fit_link(*known)
    loss = compute_log_loss(known[0] * slope + offset, *known[1:])
    return OutOfFold(raw * slope + offset, slope, offset, settings), loss


def is_large(n_entries: int, n_classes: int) -> bool:
    """Say whether so many counts take long to fit again and again."""
    return n_entries * count_margins(n_classes) > _LARGE
