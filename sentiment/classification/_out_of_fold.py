"""The margins that the link and the trees learn from, and the smoothing behind them."""

from typing import NamedTuple

from numpy.typing import NDArray

from sentiment.classification._blocks import Blocks
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


def fit_out_of_fold(
    solver: Solver,
    blocks: Blocks,
    y: NDArray,
    n_classes: int,
    weight: Floats,
    settings: LinearSettings,
    *,
    chooses_alpha: bool,
    all_rows: bool,
    n_folds: int,
) -> OutOfFold:
    """Cross-fit; choose the smoothing whose margins have the lowest log loss.

    Large data get the one smoothing that suited IMDB, and are fitted once.
    """
    alphas: tuple[float, ...] = (settings.alpha,)
    if chooses_alpha:
        alphas = (_OF_LARGE,)
        if not is_large(blocks.n_entries, n_classes):
            alphas = _CANDIDATES
    best, lowest = None, float("inf")
    for alpha in alphas:
        chosen = settings._replace(alpha=alpha)
        raw = solver.cross_fit(
            blocks,
            y,
            n_classes,
            weight,
            chosen,
            n_folds=n_folds,
            n_rows=None if all_rows else _ROWS_FOR_LINK,
        )
        found, loss = _link_margins(raw, y, weight, chosen)
        if best is None or loss < lowest:
            best, lowest = found, loss
    assert best is not None
    return best


def _link_margins(
    raw: Floats, y: NDArray, weight: Floats, settings: LinearSettings
) -> tuple[OutOfFold, float]:
    """Fit the link on the margins that are there; return its log loss, too."""
    fitted = raw[:, 0] == raw[:, 0]
    known = raw[fitted], y[fitted], weight[fitted]
    slope, offset = fit_link(*known)
    loss = compute_log_loss(known[0] * slope + offset, *known[1:])
    return OutOfFold(raw * slope + offset, slope, offset, settings), loss


def is_large(n_entries: int, n_classes: int) -> bool:
    """Say whether so many counts take long to fit again and again."""
    return n_entries * count_margins(n_classes) > _LARGE
