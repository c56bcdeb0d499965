"""The metrics, of the rows as they are and of any number of weightings at once.

A bootstrap resample is a weighting: how often each row was drawn. Every metric is made
of a few weighted sums over rows: one product of a sparse matrix, and prefix sums over
sorted rows for the area under the curve. So the rows are added up once for each
weighting, and the metrics of all weightings are read off the sums.
"""

from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np
import scipy.sparse as sp

from sentiment._arrays import Array, Flags, Floats, Places
from sentiment.evaluation._answers import Answers
from sentiment.evaluation._bootstrap import Pools

N_BINS = 15
"""Bins of equal width for the calibration error."""
LOWER_IS_BETTER = frozenset({"log_loss", "calibration_error"})
_MOST_F1 = 50


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


def bounds_of(name: str) -> tuple[float, float]:
    """Return the lowest and the highest value that a metric can have."""
    return 0.0, float("inf") if name == "log_loss" else 1.0


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
    >>> metrics = Measures(answers).point()
    >>> round(metrics["accuracy"], 3), metrics["roc_auc"]
    (0.667, 1.0)
    """

    def __init__(self, answers: Answers) -> None:
        self.names = metric_names(answers.classes.tolist())
        self._n_classes = len(answers.classes)
        self.bins = _calibration_bins(answers)
        self._sums = _summing_matrix(answers, self.bins)
        places = [1] if self._n_classes == 2 else range(self._n_classes)
        self._ranked = [
            _Ranked(answers.codes == place, answers.probabilities[:, place])
            for place in places
        ]

    def pooled(self, pools: Pools) -> "Measures":
        """Return the measures of the same rows by the weights of pools."""
        found = copy(self)
        found._sums = pools.average(self._sums)
        found._ranked = [_Ranked(pools.positive, pools.rank)]
        return found

    @property
    def n_sums(self) -> int:
        """How many sums ``add_up`` returns."""
        return self._sums.shape[0] + len(self._ranked)

    def add_up(self, weights: Floats) -> Floats:
        """Return all sums that the metrics are made of.

        Parameters
        ----------
        weights : ndarray of shape (n_rows, n_weightings)
            How much each row, or pool, counts.

        Returns
        -------
        sums : ndarray of shape (n_sums, n_weightings)
        """
        areas = [ranked.areas(weights) for ranked in self._ranked]
        return np.concatenate([self._sums @ weights, areas])

    def read(self, sums: Floats) -> dict[str, Floats]:
        """Return each metric for each weighting.

        Parameters
        ----------
        sums : ndarray of shape (n_sums, n_weightings)
            What ``add_up`` gave for each.

        Returns
        -------
        metrics : dict of str to ndarray of shape (n_weightings,)
            NaN where a metric is not defined, as an AUC without one of the classes.
        """
        n_cells = self._n_classes**2
        n_sums = self._sums.shape[0]
        shape = (self._n_classes, self._n_classes, sums.shape[1])
        cells = sums[:n_cells].reshape(shape)
        total = cells.sum(axis=(0, 1))
        metrics = _of_confusion(cells, total)
        each = metrics.pop("each")
        if self._n_classes <= _MOST_F1:
            metrics |= dict(zip(self.names[3:-3], each, strict=True))
        metrics["roc_auc"] = sums[n_sums:].mean(axis=0)
        metrics["log_loss"] = sums[n_cells] / total
        bins = sums[n_cells + 1 : n_sums].reshape(2, N_BINS, -1)
        metrics["calibration_error"] = np.abs(bins[0] - bins[1]).sum(axis=0) / total
        return {name: metrics[name] for name in self.names}

    def point(self) -> dict[str, float]:
        """Return each metric of the rows as they are."""
        n_rows = self._sums.shape[1]
        measured = self.read(self.add_up(np.ones((n_rows, 1))))
        return {name: float(value[0]) for name, value in measured.items()}


class _Ranked:
    """The area under the curve of one class against the rest.

    The share of pairs of a positive and a negative row that are in order, half of the
    ties: for each positive row the weight of the negatives below it, by prefix sums.
    """

    def __init__(self, true: Flags, score: Array) -> None:
        order = np.argsort(score, kind="stable")
        # Rows that are sorted already, as for the bootstrap, need not be gathered.
        is_sorted = np.array_equal(order, np.arange(len(order)))
        self._order = None if is_sorted else order
        ranked, true = score[order], true[order]
        self._positive = true.astype(np.float64)
        starts = np.flatnonzero(np.diff(ranked, prepend=-1.0) > 0)
        n_positive = np.add.reduceat(self._positive, starts)
        size = np.diff(np.append(starts, len(ranked)))
        mixed = ((n_positive > 0) & (n_positive < size)).any()
        self._ties = starts if mixed else None

    def areas(self, weights: Floats) -> Floats:
        """Return the area under each weighting."""
        if self._order is not None:
            weights = weights[self._order]
        positive = weights * self._positive[:, None]
        negative = weights - positive
        if self._ties is not None:
            positive = np.add.reduceat(positive, self._ties)
            negative = np.add.reduceat(negative, self._ties)
        upto = np.cumsum(negative, axis=0)
        pairs = positive.sum(axis=0) * upto[-1]
        ordered = np.einsum("ij,ij->j", positive, upto)
        tied = np.einsum("ij,ij->j", positive, negative) / 2
        with np.errstate(invalid="ignore"):
            return np.where(pairs > 0, (ordered - tied) / pairs, np.nan)


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


def _said_and_happened(answers: Answers) -> tuple[Floats, Flags]:
    """Return the probability that was said, and whether it came true."""
    if len(answers.classes) == 2:
        return answers.probabilities[:, 1], answers.codes == 1
    likeliest = answers.probabilities.argmax(axis=1)
    said = answers.probabilities[np.arange(len(answers)), likeliest]
    return said, likeliest == answers.codes


def _calibration_bins(answers: Answers) -> Places:
    said, _ = _said_and_happened(answers)
    return np.minimum((said * N_BINS).astype(np.intp), N_BINS - 1)


def _summing_matrix(answers: Answers, bins: Places) -> sp.csr_matrix:
    """Return the matrix whose product with weights holds every sum we need.

    Its rows: each cell of the confusion matrix, the log loss, and for each bin of the
    calibration error what was said and what was true.
    """
    n_rows, n_classes = len(answers), len(answers.classes)
    rows = np.arange(n_rows)
    true = answers.probabilities[rows, answers.codes]
    loss = -np.log(np.clip(true, np.finfo(np.float64).eps, 1.0))
    said, happened = _said_and_happened(answers)
    n_cells = n_classes**2
    cell = answers.codes * n_classes + answers.chosen
    places = [cell, np.full(n_rows, n_cells), n_cells + 1 + bins]
    places.append(places[-1] + N_BINS)
    values = [np.ones(n_rows), loss, said, happened.astype(np.float64)]
    return sp.csr_matrix(
        (np.concatenate(values), (np.concatenate(places), np.tile(rows, 4))),
        shape=(n_cells + 1 + 2 * N_BINS, n_rows),
    )
