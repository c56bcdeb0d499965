"""Trees grown by XGBoost on the workers of a Dask cluster.

Each worker adds up the derivatives of its own rows; XGBoost adds these sums. The
derivatives are rounded to a grid, so neither who holds which rows nor how many
workers there are changes a sum, and the trees are those that one process grows.
"""

import logging
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any, cast

import numpy as np

from sentiment._arrays import Array, Floats
from sentiment._messages import first_line
from sentiment.classification import (
    MISSING,
    Boosted,
    BoostingRows,
    History,
    TreeRows,
    boost_trees,
    compute_losses,
    differentiate,
    find_grid,
    has_stalled,
    make_objective,
    record_start,
    save_booster,
    transform_rows,
)
from sentiment.distributed._dask_blocks import DaskBlocks

_LOGGER = logging.getLogger("sentiment")

# A training in which a worker dies is begun anew: as Dask, which gives up a task that
# has taken so many workers down.
_MOST_TRIALS = 4
_SECONDS_TO_NOTICE = 15.0
# Losses are added as integers: the sum is then the same in any order. So many bits are
# left for the number of rows, for a loss of at most 2**_LOSS_BITS, and for the sign.
_LOSS_BITS = 8
_SIX_DIGITS = 1e6


def boost_on_workers(
    train: BoostingRows,
    validation: BoostingRows | None,
    *,
    n_classes: int,
    parameters: dict[str, Any],
    max_iter: int,
    patience: int | None,
) -> Boosted:
    """Grow trees as :func:`boost_trees` does, on the workers that hold the rows."""
    if max_iter == 0:
        return boost_trees(
            train,
            validation,
            n_classes=n_classes,
            parameters=parameters,
            max_iter=0,
            patience=patience,
        )
    start = record_start(train, validation)
    grow = _Growing(train, n_classes, start, patience)
    named = {"train": train}
    if validation is not None:
        named["validation"] = validation
    parameters = parameters | make_objective(n_classes)
    # Each worker has its own number of threads, which changes no bit.
    del parameters["nthread"]
    found = _survive(train.X.blocks.client, lambda: grow(named, parameters, max_iter))
    history: History = {
        name: {
            "log_loss": start[name]["log_loss"] + _losses(rounds),
            "roc_auc": start[name]["roc_auc"] + list(rounds["auc"]),
        }
        for name, rounds in found["history"].items()
    }
    n_iter = found["booster"].num_boosted_rounds()
    if patience is not None and validation is not None:
        n_iter = int(np.argmin(history["validation"]["log_loss"]))
    return Boosted(save_booster(found["booster"], n_iter), n_iter, history)


def _survive(client: Any, grow: Callable[[], Any]) -> Any:
    """Grow trees, again if a worker dies: what it held is made again by Dask.

    XGBoost does not survive that, and which error it gives depends on what the other
    workers were doing.
    """
    for trial in range(1, _MOST_TRIALS):
        workers = set(client.nthreads())
        try:
            return grow()
        except Exception as error:
            if not _has_died(client, workers):
                raise
            _LOGGER.warning(
                "A worker died while trees were grown, which begins again (%d of %d): "
                "%s",
                trial,
                _MOST_TRIALS - 1,
                first_line(error),
            )
    return grow()


def _has_died(client: Any, workers: set[str]) -> bool:
    """Say whether one of some workers is gone; the scheduler may hear of it last."""
    deadline = monotonic() + _SECONDS_TO_NOTICE
    while workers <= set(client.nthreads()):
        if monotonic() > deadline:
            return False
        sleep(0.2)
    return True


class _Growing:
    """One training by XGBoost, which may be called again."""

    def __init__(
        self, train: BoostingRows, n_classes: int, start: History, patience: int | None
    ) -> None:
        n_margins = 1 if n_classes == 2 else n_classes
        n_rows = len(train.y)
        bits = 63 - _LOSS_BITS - int(np.ceil(np.log2(n_rows * train.weight.max())))
        # XGBoost would keep the weights in single precision.
        weight_of_class = np.zeros(n_classes)
        weight_of_class[train.y] = train.weight
        grid = find_grid(train.weight)
        self._objective = _make_objective(n_margins, weight_of_class, grid)
        self._log_loss = _make_log_loss(
            n_margins, weight_of_class, 2.0 ** min(bits, 40)
        )
        self._stopping = _make_stopping(start, patience)

    def __call__(
        self, named: dict[str, BoostingRows], parameters: dict[str, Any], max_iter: int
    ) -> Any:
        from xgboost import dask as xgboost_dask

        client = named["train"].X.blocks.client
        matrices = {
            name: _to_matrix(client, rows, xgboost_dask) for name, rows in named.items()
        }
        return xgboost_dask.train(
            client,
            parameters,
            matrices["train"],
            num_boost_round=max_iter,
            evals=[(matrix, name) for name, matrix in matrices.items()],
            obj=self._objective,
            custom_metric=self._log_loss,
            callbacks=[self._stopping],
            verbose_eval=False,
        )


def _to_matrix(client: Any, rows: BoostingRows, xgboost_dask: Any) -> Any:
    """Make the matrix of rows that are on the workers; no worker sees all of them."""
    import dask.array as da
    from dask import delayed

    X: TreeRows = rows.X
    blocks = cast(DaskBlocks, X.blocks)
    bounds = blocks.bounds
    n_features = len(X.features.columns)
    sizes = [
        int(np.count_nonzero(X.chosen[first:last]))
        for first, last in zip(bounds, bounds[1:], strict=False)
    ]
    futures = blocks.submit(transform_rows, X.features, rows=(X.chosen,))
    # XGBoost takes no part without rows.
    own = [
        da.from_delayed(delayed(future), (size, n_features), np.float32)
        for future, size in zip(futures, sizes, strict=True)
        if size
    ]
    chunks = tuple(size for size in sizes if size)

    def spread(array: Array) -> Any:
        return da.from_array(array, chunks=(chunks, *array.shape[1:]))

    margins = rows.margins[:, 0] if rows.margins.shape[1] == 1 else rows.margins
    # Rows that are only looked at are predicted: 15 times slower from quantiles.
    kind = "DaskQuantileDMatrix" if X.trains else "DaskDMatrix"
    return getattr(xgboost_dask, kind)(
        client,
        da.concatenate(own, axis=0),
        label=spread(rows.y.astype(np.float32)),
        weight=spread(rows.weight.astype(np.float32)),
        base_margin=spread(margins.astype(np.float32)),
        missing=MISSING,
    )


def _make_objective(
    n_margins: int, weight_of_class: Floats, grid: float
) -> Callable[..., Any]:
    def objective(margins: Array, rows: Any) -> Any:
        y = rows.get_label().astype(np.int64)
        shaped = np.asarray(margins, np.float64).reshape(-1, n_margins)
        return differentiate(shaped, y, weight_of_class[y], grid)

    return objective


def _make_log_loss(
    n_margins: int, weight_of_class: Floats, unit: float
) -> Callable[..., Any]:
    """Return what measures the log loss of all rows, the same on each worker."""

    def log_loss(margins: Array, rows: Any) -> list[tuple[str, float]]:
        from xgboost import collective

        y = rows.get_label().astype(np.int64)
        weight = weight_of_class[y]
        shaped = np.asarray(margins, np.float64).reshape(-1, n_margins)
        parts = (compute_losses(shaped, y) * weight, weight)
        own = [np.rint(part * unit).astype(np.int64).sum() for part in parts]
        losses, weights = collective.allreduce(np.array(own), collective.Op.SUM)
        value = float(losses / weights)
        # XGBoost hands numbers on with six digits behind the point.
        first = round(value, 6)
        return [("log_loss", first), ("more_digits", (value - first) * _SIX_DIGITS)]

    return log_loss


def _losses(rounds: Any) -> list[float]:
    """Return the log losses of some rounds, with all their digits."""
    first, more = np.array(rounds["log_loss"]), np.array(rounds["more_digits"])
    losses: list[float] = (first + more / _SIX_DIGITS).tolist()
    return losses


def _make_stopping(start: History, patience: int | None) -> Any:
    import xgboost

    class Stopping(xgboost.callback.TrainingCallback):
        """Stops when the validation has not improved for long; round 0 counts."""

        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            if patience is None or "validation" not in evals_log:
                return False
            losses = _losses(evals_log["validation"])
            return has_stalled([*start["validation"]["log_loss"], *losses], patience)

    return Stopping()
