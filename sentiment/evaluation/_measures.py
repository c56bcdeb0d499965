"""The metrics, of the rows as they are and of any number of weightings at once.

A bootstrap resample is a weighting: how often each row was drawn. Nearly every metric
is made of a few weighted sums over rows, so all resamples are measured by one product
of a sparse matrix; the area under the curve by prefix sums over sorted rows.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment.evaluation._answers import Answers

__all__ = ["LOWER_IS_BETTER", "Measures", "metric_names"]

N_BINS = 15
"""Bins of equal width for the calibration error."""
LOWER_IS_BETTER = frozenset({"log_loss", "calibration_error"})
_MOST_F1 = 50

Floats = NDArray[np.float64]


def metric_names(classes: Sequence[Any]) -> list[str]:
    """Return the names of the metrics, in the order in which they are shown.

    Examples
    --------
    >>> metric_names(["neg", "pos"])[:4]
    ['accuracy', 'balanced_accuracy', 'f1', 'f1_neg']
    """
    of_classes = (
        [f"f1_{label}" for label in classes] if len(classes) <= _MOST_F1 else []
    )
    return [
        "accuracy",
        "balanced_accuracy",
        "f1",
        *of_classes,
        "roc_auc",
        "log_loss",
        "calibration_error",
    ]


class Measures:
    """Measures the answers of one model under any weighting of their rows.

    Parameters
    ----------
    answers : Answers
        At least one row.

    Notes
    -----
    O(n_rows) for each weighting, and for each class of more than two once more.

    Examples
    --------
    >>> import numpy as np
    >>> codes, said = np.array([0, 1, 1]), np.array([0.2, 0.9, 0.4])
    >>> table = np.column_stack([1 - said, said])
    >>> answers = Answers(np.array(["no", "yes"]), codes, table, table.argmax(axis=1))
    >>> metrics = Measures(answers).measure(np.ones((3, 1)))
    >>> metrics["accuracy"].round(3).tolist(), metrics["roc_auc"].tolist()
    ([0.667], [1.0])
    """

    def __init__(self, answers: Answers) -> None:
        self.names = metric_names(answers.classes.tolist())
        self._n_classes = len(answers.classes)
        self._sums = _summing_matrix(answers)
        places = [1] if self._n_classes == 2 else range(self._n_classes)
        self._ranked = [
            _Ranked(answers.codes == place, answers.probabilities[:, place])
            for place in places
        ]

    def measure(self, weights: Floats) -> dict[str, Floats]:
        """Return each metric for each weighting.

        Parameters
        ----------
        weights : ndarray of shape (n_rows, n_weightings)
            How much each row counts.

        Returns
        -------
        metrics : dict of str to ndarray of shape (n_weightings,)
            NaN where a metric is not defined, as an AUC without one of the classes.
        """
        sums = self._sums @ weights
        n_cells = self._n_classes**2
        shape = (self._n_classes, self._n_classes, weights.shape[1])
        cells = sums[:n_cells].reshape(shape)
        total = cells.sum(axis=(0, 1))
        metrics = _of_confusion(cells, total)
        if self._n_classes <= _MOST_F1:
            f1 = metrics.pop("each")
            metrics |= dict(zip(self.names[3:-3], f1, strict=True))
        metrics.pop("each", None)
        areas = [ranked.area(weights) for ranked in self._ranked]
        metrics["roc_auc"] = np.mean(areas, axis=0)
        metrics["log_loss"] = sums[n_cells] / total
        bins = sums[n_cells + 1 :].reshape(2, N_BINS, -1)
        metrics["calibration_error"] = np.abs(bins[0] - bins[1]).sum(axis=0) / total
        return {name: metrics[name] for name in self.names}

    def point(self) -> dict[str, float]:
        """Return each metric of the rows as they are."""
        n_rows = self._sums.shape[1]
        measured = self.measure(np.ones((n_rows, 1)))
        return {name: float(value[0]) for name, value in measured.items()}


class _Ranked:
    """The area under the curve of one class against the rest.

    The share of pairs of a positive and a negative row that are in order, half of the
    ties: for each positive row the weight of the negatives below it, by prefix sums.
    """

    def __init__(self, true: NDArray[np.bool_], score: Floats) -> None:
        self._positive = np.flatnonzero(true)
        negative = np.flatnonzero(~true)
        self._negative = negative[np.argsort(score[negative], kind="stable")]
        below, mine = score[self._negative], score[self._positive]
        self._first = np.searchsorted(below, mine, side="left")
        last = np.searchsorted(below, mine, side="right")
        self._last = None if np.array_equal(self._first, last) else last

    def area(self, weights: Floats) -> Floats:
        positive = weights[self._positive]
        prefix = np.zeros((len(self._negative) + 1, weights.shape[1]))
        np.cumsum(weights[self._negative], axis=0, out=prefix[1:])
        ordered = prefix[self._first]
        if self._last is not None:
            ordered = (ordered + prefix[self._last]) / 2
        pairs = positive.sum(axis=0) * prefix[-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.einsum("ij,ij->j", positive, ordered) / pairs


def _of_confusion(cells: Floats, total: Floats) -> dict[str, Floats]:
    """Return what follows from the confusion matrices, true class first."""
    right = np.einsum("iij->ij", cells)
    true, said = cells.sum(axis=1), cells.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        recall = np.where(true > 0, right / true, np.nan)
        f1 = np.where(true + said > 0, 2 * right / (true + said), np.nan)
    return {
        "accuracy": right.sum(axis=0) / total,
        "balanced_accuracy": _mean_of_known(recall),
        "f1": _mean_of_known(f1),
        "each": f1,
    }


def _mean_of_known(values: Floats) -> Floats:
    known = ~np.isnan(values)
    return np.where(known, values, 0.0).sum(axis=0) / known.sum(axis=0)


def _summing_matrix(answers: Answers) -> sp.csr_matrix:
    """Return the matrix whose product with weights holds every sum we need.

    Its rows: each cell of the confusion matrix, the log loss, and for each bin of the
    calibration error what was said and what was true.
    """
    n_rows, n_classes = len(answers), len(answers.classes)
    rows = np.arange(n_rows)
    true = answers.probabilities[rows, answers.codes]
    loss = -np.log(np.clip(true, np.finfo(np.float64).eps, 1.0))
    if n_classes == 2:
        said, happened = answers.probabilities[:, 1], answers.codes == 1
    else:
        likeliest = answers.probabilities.argmax(axis=1)
        said, happened = (
            answers.probabilities[rows, likeliest],
            likeliest == answers.codes,
        )
    bins = np.minimum((said * N_BINS).astype(np.intp), N_BINS - 1)
    n_cells = n_classes**2
    cell = answers.codes * n_classes + answers.chosen
    places = [cell, np.full(n_rows, n_cells), n_cells + 1 + bins]
    places.append(places[-1] + N_BINS)
    values = [np.ones(n_rows), loss, said, happened.astype(np.float64)]
    return sp.csr_matrix(
        (np.concatenate(values), (np.concatenate(places), np.tile(rows, 4))),
        shape=(n_cells + 1 + 2 * N_BINS, n_rows),
    )
