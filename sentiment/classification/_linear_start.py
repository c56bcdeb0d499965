"""The linear start: margins of a linear model on Naive-Bayes-weighted tf-idf.

Everything here works on *dampened* counts (1 + log count) as a CSR matrix. The
weighted, unit-length matrix is needed only to train; a margin is two products of the
same matrix with a vector::

    margin = X @ (weights * coef) / sqrt(X² @ weights²) + intercept
"""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.svm import LinearSVC

from sentiment.classification._naive_bayes_weighter import NaiveBayesWeighter

Floats = NDArray[np.float64]


class LinearModel(NamedTuple):
    """One row per margin: one of two classes, or one per class."""

    weights: Floats
    coef: Floats
    intercept: Floats


class LinearSettings(NamedTuple):
    """What the linear start is trained with."""

    C: float
    alpha: float
    sublinear_tf: bool
    seed: int


def count_margins(n_classes: int) -> int:
    """Return how many margins so many classes have."""
    return 1 if n_classes == 2 else n_classes


def fit_linear(
    X: sp.csr_matrix, y: NDArray, n_classes: int, weight: Floats, settings: LinearSettings
) -> LinearModel:
    """Fit one linear model per margin, each class against the rest."""
    targets = [1] if n_classes == 2 else range(n_classes)
    parts = [_fit_one(X, y == target, weight, settings) for target in targets]
    return LinearModel(
        np.stack([part[0] for part in parts]),
        np.stack([part[1] for part in parts]),
        np.array([part[2] for part in parts]),
    )


def compute_margins(X: sp.csr_matrix, model: LinearModel) -> Floats:
    """Return the margins of shape (n_documents, n_margins)."""
    squared = sp.csr_matrix((X.data * X.data, X.indices, X.indptr), shape=X.shape)
    margins = np.empty((X.shape[0], len(model.intercept)))
    for k, (weights, coef) in enumerate(zip(model.weights, model.coef, strict=True)):
        norms = np.sqrt(squared @ (weights * weights))
        # A document without known n-grams has the length 0 and the margin of none.
        norms[norms == 0.0] = 1.0
        margins[:, k] = (X @ (weights * coef)) / norms + model.intercept[k]
    return margins


def cross_fit(
    X: sp.csr_matrix,
    y: NDArray,
    n_classes: int,
    weight: Floats,
    settings: LinearSettings,
    *,
    n_folds: int,
    n_jobs: int,
) -> Floats:
    """Return out-of-fold margins: each row's from a model that has not seen it.

    Margins of the training rows themselves would look far better than those of new
    rows, and trees boosted from them would learn nothing that carries over. The weights
    use the labels, so they are learned in the folds as well.
    """
    fewest = int(np.bincount(y, minlength=n_classes).min())
    n_folds = min(n_folds, len(y))
    splitter = StratifiedKFold if fewest >= n_folds else KFold
    folds = list(
        splitter(n_folds, shuffle=True, random_state=settings.seed).split(X, y)
    )

    def fit_fold(train: NDArray, held_out: NDArray) -> Floats:
        model = fit_linear(X[train], y[train], n_classes, weight[train], settings)
        return compute_margins(X[held_out], model)

    # Threads: liblinear releases the lock, and the matrix need not be copied.
    found = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(fit_fold)(train, held_out) for train, held_out in folds
    )
    margins = np.empty((len(y), count_margins(n_classes)))
    for (_, held_out), part in zip(folds, found, strict=True):
        margins[held_out] = part
    return margins


def fit_link(margins: Floats, y: NDArray, weight: Floats) -> tuple[Floats, Floats]:
    """Map margins to log-odds: Platt's scaling, fitted on out-of-fold margins.

    Returns
    -------
    slope : ndarray of shape (n_margins, n_margins)
    offset : ndarray of shape (n_margins,)

    References
    ----------
    J. Platt (1999). "Probabilistic Outputs for Support Vector Machines".
    """
    link = LogisticRegression(C=100.0, max_iter=1000, tol=1e-8)
    link.fit(margins, y, sample_weight=weight)
    return link.coef_, link.intercept_


def _fit_one(
    X: sp.csr_matrix, positive: NDArray[np.bool_], weight: Floats, settings: LinearSettings
) -> tuple[Floats, Floats, float]:
    if positive.all() or not positive.any():
        # A fold may lack a class with few rows: it then speaks neither for nor against.
        zeros = np.zeros(X.shape[1])
        return zeros, zeros, 1.0 if positive.all() else -1.0
    weighter = NaiveBayesWeighter(alpha=settings.alpha, sublinear_tf=False)
    features = weighter.fit(X, positive, sample_weight=weight).transform(X)
    svc = LinearSVC(C=settings.C, random_state=settings.seed, max_iter=2000)
    svc.fit(features, positive, sample_weight=weight)
    return weighter.weights_, svc.coef_[0], float(svc.intercept_[0])
