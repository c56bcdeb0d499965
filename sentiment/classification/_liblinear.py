"""The solver of the linear start for rows in memory: liblinear.

It walks through single rows at random, which it wants all in one matrix.
"""

from functools import partial
from threading import Lock

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed
from numpy.typing import NDArray

from sentiment._autolog import without_autolog
from sentiment._sparse import take_columns
from sentiment.classification._blocks import LearningRows, RowsInMemory
from sentiment.classification._column_sums import ColumnSums
from sentiment.classification._linear_start import (
    Floats,
    LinearSettings,
    count_margins,
    cross_fit_linear,
    fit_linear,
    fit_one_sided,
    one_against_rest,
)
from sentiment.classification._naive_bayes_weighter import weigh_rows

# liblinear draws from one random generator for the whole process. Two fits at once in
# two threads would draw from each other's, and the results would depend on chance.
_LIBLINEAR = Lock()
# liblinear's own default. scikit-learn's 1e-4 takes 17 passes over IMDB, this 7, and no
# margin there differs by more than 0.005.
_TOLERANCE = 0.1
# Fewer are fitted sooner than threads are started and waited for: 14,000 in 38 ms by
# one thread and in 91 by two.
_ENTRIES_FOR_THREADS = 300_000


class Liblinear:
    """The coordinate descent of liblinear.

    Parameters
    ----------
    n_jobs : int, default=1
        How many folds of many rows are made ready at once.
    """

    def __init__(self, n_jobs: int = 1) -> None:
        self.n_jobs = n_jobs

    def fit(
        self,
        blocks: RowsInMemory,
        positive: NDArray[np.bool_],
        weight: Floats,
        weights: Floats,
        settings: LinearSettings,
    ) -> tuple[Floats, float]:
        """Fit one class against the rest; see :class:`Solver`."""
        used = np.flatnonzero(weights)
        if settings.max_features is None or len(used) == len(weights):
            features = weigh_rows(blocks.damped, weights)
            return fit_svm(features, positive, weight, settings)
        features = weigh_rows(take_columns(blocks.damped, used), weights[used])
        coef = np.zeros(len(weights))
        coef[used], intercept = fit_svm(features, positive, weight, settings)
        return coef, intercept

    def cross_fit(
        self,
        rows: LearningRows,
        settings: LinearSettings,
        folds: list[NDArray[np.int64]],
    ) -> Floats:
        """Return out-of-fold margins; see :class:`Solver`."""
        if settings.max_features is not None:
            # The columns are chosen for all margins together, in each fold anew: they
            # are chosen by the labels.
            return cross_fit_linear(partial(fit_linear, self), rows, settings, folds)
        margins = np.full((len(rows.y), count_margins(rows.n_classes)), np.nan)
        n_jobs = self.n_jobs if rows.blocks.n_entries >= _ENTRIES_FOR_THREADS else 1
        for k, positive in enumerate(one_against_rest(rows)):
            # Threads, so that the matrix need not be copied.
            found = Parallel(n_jobs=n_jobs, prefer="threads")(
                delayed(_fit_fold)(rows, positive, settings, held_out)
                for held_out in folds
            )
            for held_out, part in zip(folds, found, strict=True):
                margins[held_out, k] = part
        return margins


def _fit_fold(
    rows: LearningRows,
    positive: NDArray[np.bool_],
    settings: LinearSettings,
    held_out: NDArray,
) -> Floats:
    # Rows without weight take no part. So nothing has to be cut out of the matrix, and
    # the margins of all rows are one product.
    X, seen = rows.blocks.compact, rows.without(held_out).weight
    sums = ColumnSums.of(X, positive, seen)
    features = weigh_rows(X, sums.weigh(settings.alpha, settings.power))
    coef, intercept = fit_svm(features, positive, seen, settings)
    margins: Floats = (features @ coef)[held_out] + intercept
    return margins


def fit_svm(
    features: sp.csr_matrix,
    positive: NDArray[np.bool_],
    weight: Floats,
    settings: LinearSettings,
) -> tuple[Floats, float]:
    """Return the coefficients and the intercept of a linear support vector machine."""
    one_sided = fit_one_sided(positive, weight)
    if one_sided is not None:
        return np.zeros(features.shape[1]), one_sided
    from sklearn.svm import LinearSVC

    svc = LinearSVC(
        C=settings.C, tol=_TOLERANCE, random_state=settings.seed, max_iter=2000
    )
    with _LIBLINEAR, without_autolog():
        svc.fit(features, positive, sample_weight=weight)
    return svc.coef_[0], float(svc.intercept_[0])
