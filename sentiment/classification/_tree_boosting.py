"""Boost XGBoost trees from given margins, and predict with them.

The loop is written out, instead of ``xgboost.train``, for four things: the
metrics *before* the first tree are part of the history, so that no tree at all can be
the best number of trees; Ctrl-C acts between rounds; the base margin is always given,
so that a linear start and none go the same way; and the derivatives are rounded, so
that the trees do not depend on the number of threads.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.special import softmax

from sentiment.classification._log_loss import compute_log_loss, differentiate_log_loss

# XGBoost takes what a sparse matrix does not store for missing, and would score the
# same rows differently when they come dense. With 0.0 named as missing they are equal.
MISSING = 0.0
_ROWS_PER_THREAD = 1000
# Each thread sums the derivatives of its rows, and the sums are added in float64. On a
# grid of so many bits below the largest weight, no sum of up to 2**31 rows is rounded,
# so how the rows are shared out does not matter.
_GRID_BITS = 22


class BoostingRows(NamedTuple):
    """Rows to learn from or to watch: tree features, classes, weights, margins.

    The features may be more than a matrix in memory: see ``to_matrix`` of
    :func:`boost_trees`.
    """

    X: Any
    y: NDArray
    weight: NDArray
    margins: NDArray


History = dict[str, dict[str, list[float]]]


class Boosted(NamedTuple):
    """The trees up to the best round, and the history of all rounds."""

    model: bytes
    n_iter: int
    history: History


def boost_trees(
    train: BoostingRows,
    validation: BoostingRows | None,
    *,
    n_classes: int,
    parameters: dict[str, Any],
    max_iter: int,
    patience: int | None,
    to_matrix: Callable[[BoostingRows, int], Any] | None = None,
) -> Boosted:
    """Grow trees until ``max_iter``, or until validation has not improved for long.

    Without trees to grow, the margins of some training rows may be NaN; these rows take
    no part. ``to_matrix`` makes XGBoost's matrix of rows and a number of threads.
    """
    if max_iter == 0:
        return Boosted(b"", 0, record_start(train, validation))
    import xgboost

    parameters = parameters | make_objective(n_classes)
    threads = parameters["nthread"]
    to_matrix = to_matrix or _to_dmatrix
    watched = {"train": (train, to_matrix(train, threads))}
    if validation is not None:
        watched["validation"] = (validation, to_matrix(validation, threads))
    booster = xgboost.Booster(parameters, [matrix for _, matrix in watched.values()])
    history: History = {name: {"log_loss": [], "roc_auc": []} for name in watched}
    margins = _record(booster, watched, 0, history)
    grid = find_grid(train.weight)
    for round_ in range(max_iter):
        gradient, hessian = differentiate(margins, train.y, train.weight, grid)
        booster.boost(watched["train"][1], round_, grad=gradient, hess=hessian)
        margins = _record(booster, watched, round_ + 1, history)
        losses = history.get("validation", {}).get("log_loss")
        if patience is not None and losses and has_stalled(losses, patience):
            break
    n_iter = booster.num_boosted_rounds()
    if patience is not None and validation is not None:
        n_iter = int(np.argmin(history["validation"]["log_loss"]))
    return Boosted(save_booster(booster, n_iter), n_iter, history)


def load_booster(model: bytes | NDArray[np.uint8]) -> Any:
    """Make a single-threaded booster of its bytes; None of no bytes."""
    if not len(model):
        return None
    import xgboost

    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(bytearray(bytes(model)))
    # The number of threads is no part of the saved model.
    booster.set_param({"nthread": 1})
    return booster


def predict_trees(
    booster: Any, X: sp.csr_matrix, n_margins: int, n_jobs: int
) -> NDArray[np.float32]:
    """Return what the trees add to the margins, of shape (n_documents, n_margins).

    Large batches are cut into one part a thread. The booster itself runs on one: its
    own threads cost a single row 24 ms instead of 0.3 when a core is busy.
    """

    def predict(part: sp.csr_matrix) -> NDArray[np.float32]:
        zero = np.zeros((part.shape[0], n_margins), np.float32)
        base = zero[:, 0] if n_margins == 1 else zero
        added = booster.inplace_predict(
            part, predict_type="margin", base_margin=base, missing=MISSING
        )
        return np.asarray(added, np.float32).reshape(part.shape[0], n_margins)

    X = X.astype(np.float32, copy=False)
    n_parts = max(1, min(n_jobs, X.shape[0] // _ROWS_PER_THREAD))
    if n_parts == 1:
        return predict(X) if X.shape[0] else np.zeros((0, n_margins), np.float32)
    parts = Parallel(n_jobs=n_parts, prefer="threads")(
        delayed(predict)(part) for part in _cut(X, n_parts)
    )
    return np.concatenate(parts)


def _cut(X: sp.csr_matrix, n_parts: int) -> Iterator[sp.csr_matrix]:
    edges = np.linspace(0, X.shape[0], n_parts + 1).astype(int)
    for start, end in pairwise(edges):
        yield X[start:end]


def make_objective(n_classes: int) -> dict[str, Any]:
    """Return the parameters that say what is learned."""
    if n_classes == 2:
        return {"objective": "binary:logistic", "eval_metric": "auc"}
    return {
        "objective": "multi:softprob",
        "num_class": n_classes,
        "eval_metric": "auc",
    }


def _to_dmatrix(rows: BoostingRows, threads: int) -> Any:
    import xgboost

    margins = rows.margins[:, 0] if rows.margins.shape[1] == 1 else rows.margins
    return xgboost.DMatrix(
        rows.X.astype(np.float32, copy=False),
        label=rows.y,
        weight=rows.weight,
        base_margin=margins,
        missing=MISSING,
        nthread=threads,
    )


def _record(
    booster: Any,
    watched: dict[str, tuple[BoostingRows, Any]],
    round_: int,
    history: History,
) -> NDArray[np.float64]:
    """Add the metrics of a round to the history; return the margins of the first rows.

    The log loss is ours: XGBoost's sum depends on the number of threads.
    """
    found = []
    for name, (rows, matrix) in watched.items():
        margins = booster.predict(matrix, output_margin=True, training=True)
        found.append(np.asarray(margins, np.float64).reshape(rows.margins.shape))
        loss = compute_log_loss(found[-1], rows.y, rows.weight)
        history[name]["log_loss"].append(loss)
    pairs = [(matrix, name) for name, (_, matrix) in watched.items()]
    for entry in booster.eval_set(pairs, round_).split("\t")[1:]:
        name, value = entry.rsplit(":", 1)
        history[name.removesuffix("-auc")]["roc_auc"].append(float(value))
    return found[0]


def record_start(train: BoostingRows, validation: BoostingRows | None) -> History:
    """Return the metrics of the start alone, without XGBoost, which is slow to load."""
    parts = {"train": train} | (
        {} if validation is None else {"validation": validation}
    )
    history: History = {}
    for name, rows in parts.items():
        known = ~np.isnan(rows.margins[:, 0])
        margins, y, weight = (
            part[known] for part in (rows.margins, rows.y, rows.weight)
        )
        history[name] = {
            "log_loss": [compute_log_loss(margins, y, weight)],
            "roc_auc": [_compute_auc(margins, y, weight)],
        }
    return history


def _compute_auc(margins: NDArray, y: NDArray, weight: NDArray) -> float:
    """Return the AUC as XGBoost does: of several classes, one against the rest."""
    n_classes = max(2, margins.shape[1])
    share = np.bincount(y, weight, minlength=n_classes) / weight.sum()
    if not share.all():
        return float("nan")
    from sklearn.metrics import roc_auc_score

    if margins.shape[1] == 1:
        return float(roc_auc_score(y, margins[:, 0], sample_weight=weight))
    scores = softmax(margins, axis=1)
    areas = [
        roc_auc_score(y == k, scores[:, k], sample_weight=weight)
        for k in range(n_classes)
    ]
    return float(np.average(areas, weights=share))


def differentiate(
    margins: NDArray[np.float64], y: NDArray, weight: NDArray, grid: float
) -> tuple[NDArray[np.float32], ...]:
    """Return XGBoost's derivatives of the log loss, weighted and on the grid."""
    gradient, hessian = differentiate_log_loss(margins, y)
    if margins.shape[1] > 1:
        hessian = 2.0 * hessian
    weight = weight[:, None] / grid
    rounded = (np.rint(part * weight) * grid for part in (gradient, hessian))
    if margins.shape[1] == 1:
        rounded = (part[:, 0] for part in rounded)
    return tuple(part.astype(np.float32) for part in rounded)


def find_grid(weight: NDArray) -> float:
    """Return the unit in which the derivatives of rows of these weights are rounded."""
    return float(2.0 ** (np.ceil(np.log2(weight.max())) - _GRID_BITS))


def has_stalled(losses: list[float], patience: int) -> bool:
    """Say whether the best loss is so many rounds ago."""
    return len(losses) - 1 - int(np.argmin(losses)) >= patience


def save_booster(booster: Any, n_iter: int) -> bytes:
    """Return the first trees as bytes; no bytes of no trees."""
    if n_iter == 0:
        return b""
    return bytes(booster[:n_iter].save_raw("ubj"))
