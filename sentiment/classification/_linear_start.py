"""The linear start: margins of a linear model on Naive-Bayes-weighted tf-idf.

Everything here works on *dampened* counts (1 + log count) as a CSR matrix. The
weighted, unit-length matrix is needed only to train; a margin is two products of the
same matrix with a vector::

    margin = X @ (weights * coef) / sqrt(X² @ weights²) + intercept
"""

from threading import Lock
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.svm import LinearSVC

from sentiment._sklearn import csr_matvec
from sentiment.classification._column_sums import ColumnSums
from sentiment.classification._columns import find_largest, take_columns
from sentiment.classification._log_loss import compute_log_loss, differentiate_log_loss
from sentiment.classification._naive_bayes_weighter import weigh_rows

Floats = NDArray[np.float64]

# liblinear draws from one random generator for the whole process. Two fits at once in
# two threads would draw from each other's, and the results would depend on chance.
_LIBLINEAR = Lock()
# liblinear's own default. scikit-learn's 1e-4 takes 17 passes over IMDB, this 7, and no
# margin there differs by more than 0.005.
_TOLERANCE = 0.1

# Out of fold, few rows can make a word that speaks for a class seem to speak against
# it: with two rows a class and no word in common, the other class judges each row.
_SMALLEST_SLOPE = 0.1
_LINK_RIDGE = 0.01


class LinearModel(NamedTuple):
    """One row per margin: one of two classes, or one per class."""

    weights: Floats | NDArray[np.float32]
    coef: Floats | NDArray[np.float32]
    intercept: Floats


class LinearSettings(NamedTuple):
    """What the linear start is trained with."""

    C: float
    alpha: float
    power: float
    seed: int
    max_features: int | None = None


def count_margins(n_classes: int) -> int:
    """Return how many margins so many classes have."""
    return 1 if n_classes == 2 else n_classes


def fit_linear(
    X: sp.csr_matrix,
    y: NDArray,
    n_classes: int,
    weight: Floats,
    settings: LinearSettings,
) -> LinearModel:
    """Fit one linear model per margin, each class against the rest.

    With ``max_features``, a second time on the strongest columns alone; those of the
    others are zeros.
    """
    model, frequency = _fit_each(X, y, n_classes, weight, settings)
    if settings.max_features is None or settings.max_features >= X.shape[1]:
        return model
    kept = find_largest(measure_strength(model, frequency), settings.max_features)
    small, _ = _fit_each(take_columns(X, kept), y, n_classes, weight, settings)
    weights, coef = np.zeros_like(model.weights), np.zeros_like(model.coef)
    weights[:, kept], coef[:, kept] = small.weights, small.coef
    return LinearModel(weights, coef, small.intercept)


def measure_strength(model: LinearModel, frequency: NDArray) -> Floats:
    """Return how much each column matters, by the number of rows it is in."""
    strength: Floats = np.abs(model.weights * model.coef).max(axis=0)
    return strength * np.sqrt(frequency)


def _fit_each(
    X: sp.csr_matrix,
    y: NDArray,
    n_classes: int,
    weight: Floats,
    settings: LinearSettings,
) -> tuple[LinearModel, Floats]:
    """Return the model of all columns, and in how many rows each column is."""
    parts, frequency = [], np.zeros(X.shape[1])
    for positive in one_against_rest(y, n_classes):
        sums = ColumnSums.of(X, positive, weight)
        frequency = sums.frequency
        weights = sums.weigh(settings.alpha, settings.power)
        features = weigh_rows(X, weights)
        parts.append((weights, *_fit_svm(features, positive, weight, settings)))
    return LinearModel(*map(np.array, zip(*parts, strict=True))), frequency


def compute_margins(X: sp.csr_matrix, model: LinearModel) -> Floats:
    """Return the margins of shape (n_documents, n_margins)."""
    weights, coef, columns = model.weights, model.coef, X.indices
    if X.nnz < X.shape[1]:
        # A few rows hold a few of a million n-grams: take only those, one column an
        # entry. The same numbers are added in the same order.
        weights, coef = weights[:, columns], coef[:, columns]
        columns = np.arange(X.nnz, dtype=columns.dtype)
    margins = np.empty((X.shape[0], len(model.intercept)))
    for k, intercept in enumerate(model.intercept):
        weight = weights[k].astype(np.float64)
        squared = _multiply(X, columns, X.data * X.data, weight * weight)
        norms = np.sqrt(squared)
        # A document without known n-grams has the length 0 and the margin of none.
        norms[norms == 0.0] = 1.0
        sums = _multiply(X, columns, X.data, weight * coef[k].astype(np.float64))
        margins[:, k] = sums / norms + intercept
    return margins


def _multiply(
    X: sp.csr_matrix, columns: NDArray, data: Floats, vector: Floats
) -> Floats:
    """Return the product of a matrix of the rows of ``X`` with a vector.

    As scipy does it, without its matrix: making one of a row takes longer than this.
    """
    product = np.zeros(X.shape[0])
    csr_matvec(X.shape[0], len(vector), X.indptr, columns, data, vector, product)
    return product


def cross_fit(
    X: sp.csr_matrix,
    y: NDArray,
    n_classes: int,
    weight: Floats,
    settings: LinearSettings,
    *,
    n_folds: int,
    n_jobs: int,
    n_rows: int | None = None,
) -> Floats:
    """Return out-of-fold margins: each row's from a model that has not seen it.

    Margins of the training rows themselves would look far better than those of new
    rows, and trees boosted from them would learn nothing that carries over. The weights
    use the labels, so they are learned in the folds as well.

    With ``n_rows``, the folds after so many rows are left out, their margins NaN.
    """
    folds = make_folds(y, n_folds, settings.seed, n_rows)
    margins = np.full((len(y), count_margins(n_classes)), np.nan)
    if settings.max_features is not None:
        # The columns are chosen for all margins together, in each fold anew: they are
        # chosen by the labels.
        for held_out in folds:
            seen = weight.copy()
            seen[held_out] = 0.0
            model = fit_linear(X, y, n_classes, seen, settings)
            margins[held_out] = compute_margins(X[held_out], model)
        return margins
    for k, positive in enumerate(one_against_rest(y, n_classes)):

        def fit_fold(
            held_out: NDArray, positive: NDArray[np.bool_] = positive
        ) -> Floats:
            # Rows without weight take no part. So nothing has to be cut out of the
            # matrix, and the margins of all rows are one product.
            seen = weight.copy()
            seen[held_out] = 0.0
            sums = ColumnSums.of(X, positive, seen)
            features = weigh_rows(X, sums.weigh(settings.alpha, settings.power))
            coef, intercept = _fit_svm(features, positive, seen, settings)
            return (features @ coef)[held_out] + intercept

        # Threads, so that the matrix need not be copied.
        found = Parallel(n_jobs=n_jobs, prefer="threads")(
            delayed(fit_fold)(held_out) for held_out in folds
        )
        for held_out, part in zip(folds, found, strict=True):
            margins[held_out, k] = part
    return margins


def fit_link(margins: Floats, y: NDArray, weight: Floats) -> tuple[Floats, Floats]:
    """Map margins to log-odds: Platt's scaling, fitted on out-of-fold margins.

    Returns
    -------
    slope, offset : tuple of ndarray of shape (n_margins,)
        Of each margin by itself; no slope is negative.

    References
    ----------
    J. Platt (1999). "Probabilistic Outputs for Support Vector Machines".
    """
    n_margins, total = margins.shape[1], weight.sum()

    def loss(parameters: Floats) -> tuple[float, Floats]:
        slope, offset = parameters[:n_margins], parameters[n_margins:]
        linked = margins * slope + offset
        ridge = _LINK_RIDGE / total
        gradient = differentiate_log_loss(linked, y)[0] * (weight / total)[:, None]
        by_slope = (gradient * margins).sum(axis=0) + ridge * slope
        value = compute_log_loss(linked, y, weight) + ridge / 2 * (slope**2).sum()
        return value, np.concatenate([by_slope, gradient.sum(axis=0)])

    found = minimize(
        loss,
        np.concatenate([np.ones(n_margins), np.zeros(n_margins)]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(_SMALLEST_SLOPE, None)] * n_margins + [(None, None)] * n_margins,
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 1000},
    )
    return found.x[:n_margins], found.x[n_margins:]


def one_against_rest(y: NDArray, n_classes: int) -> list[NDArray[np.bool_]]:
    """Say of each row whether it is of the class of a margin, margin by margin."""
    return [y == target for target in ([1] if n_classes == 2 else range(n_classes))]


def make_folds(
    y: NDArray, n_folds: int, seed: int, n_rows: int | None = None
) -> list[NDArray]:
    """Spread the rows of each class over the folds, however few they are.

    As ``StratifiedKFold``, which refuses classes with fewer rows than folds. There are
    never more folds than two classes have rows, or the rest would be out of balance.
    With ``n_rows``, only the first folds that hold so many rows.
    """
    n_folds = min(n_folds, max(2, int(np.sort(np.bincount(y))[-2])))
    shuffled = np.random.RandomState(seed).permutation(len(y))
    by_class = shuffled[np.argsort(y[shuffled], kind="stable")]
    fold = np.empty(len(y), np.int64)
    fold[by_class] = np.arange(len(y)) % n_folds
    folds = [np.flatnonzero(fold == k) for k in range(n_folds)]
    sizes = np.cumsum([len(held_out) for held_out in folds])
    wanted = len(y) if n_rows is None else min(n_rows, len(y))
    return folds[: int(np.searchsorted(sizes, wanted)) + 1]


def _fit_svm(
    features: sp.csr_matrix,
    positive: NDArray[np.bool_],
    weight: Floats,
    settings: LinearSettings,
) -> tuple[Floats, float]:
    seen = positive[weight > 0]
    if seen.all() or not seen.any():
        # A fold may lack a class with few rows: it then speaks neither for nor against.
        return np.zeros(features.shape[1]), 1.0 if seen.all() else -1.0
    svc = LinearSVC(
        C=settings.C, tol=_TOLERANCE, random_state=settings.seed, max_iter=2000
    )
    with _LIBLINEAR:
        svc.fit(features, positive, sample_weight=weight)
    return svc.coef_[0], float(svc.intercept_[0])
