"""The linear start: margins of a linear model on Naive-Bayes-weighted tf-idf.

Everything here works on *dampened* counts (1 + log count) as a CSR matrix. The
weighted, unit-length matrix is needed only to train; a margin is two products of the
same matrix with a vector::

    margin = X @ (weights * coef) / sqrt(X² @ weights²) + intercept
"""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize

from sentiment._sklearn import csr_matvec, on_one_blas_thread
from sentiment.classification._blocks import Blocks, LearningRows, Sums, map_rows
from sentiment.classification._column_sums import ColumnSums
from sentiment.classification._counts import dampen
from sentiment.classification._log_loss import compute_log_loss, differentiate_log_loss

Floats = NDArray[np.float64]

# Out of fold, few rows can make a word that speaks for a class seem to speak against
# it: with two rows a class and no word in common, the other class judges each row.
_SMALLEST_SLOPE = 0.1
_LINK_RIDGE = 0.01
# As if a row or two had said that a prior is worth nothing: few rows must show it.
_PRIOR_RIDGE = 1.0


class LinearModel(NamedTuple):
    """One row per margin: one of two classes, or one per class."""

    weights: Floats | NDArray[np.float32]
    coef: Floats | NDArray[np.float32]
    intercept: Floats

    def beside(self, other: "LinearModel") -> "LinearModel":
        """Return one model with the margins of both, those of the other last."""
        return LinearModel(
            np.concatenate([self.weights, other.weights]),
            np.concatenate([self.coef, other.coef]),
            np.concatenate([self.intercept, other.intercept]),
        )


class Link(NamedTuple):
    """How log-odds are made of margins: ``slope * own + prior margins @ prior``."""

    slope: Floats
    offset: Floats
    prior: Floats

    @classmethod
    def of(cls, parameters: Floats, n_margins: int) -> "Link":
        """Return the link that has these numbers, in this order."""
        slope, offset = parameters[:n_margins], parameters[n_margins : 2 * n_margins]
        return cls(slope, offset, parameters[2 * n_margins :].reshape(-1, n_margins))

    def apply(self, own: Floats, prior: Floats) -> Floats:
        """Return the log-odds; the bits of a row depend on no other row."""
        linked: Floats = own * self.slope + self.offset
        for part, shares in zip(prior.T, self.prior, strict=True):
            linked += part[:, None] * shares
        return linked


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


class Solver(Protocol):
    """Minimises the loss of the linear start over rows, wherever these are."""

    def fit(
        self,
        blocks: Any,
        positive: NDArray[np.bool_],
        weight: Floats,
        weights: Floats,
        settings: LinearSettings,
    ) -> tuple[Floats, float]:
        """Return the coefficients and the intercept of one class against the rest.

        Rows whose ``weight`` is 0 take no part, nor do columns whose weight in
        ``weights`` is 0.
        """

    def cross_fit(
        self,
        rows: LearningRows,
        settings: LinearSettings,
        folds: list[NDArray[np.int64]],
    ) -> Floats:
        """Return out-of-fold margins: each row's from a model that has not seen it.

        Margins of the training rows themselves would look far better than those of new
        rows, and trees boosted from them would learn nothing that carries over. The
        weights use the labels, so they are learned in the folds as well. Rows of no
        fold have the margin NaN.
        """


def fit_linear(
    solver: Solver, rows: LearningRows, settings: LinearSettings
) -> LinearModel:
    """Fit one linear model per margin, each class against the rest.

    With ``max_features``, a second time on the strongest columns alone; those of the
    others are zeros.
    """
    kept = np.ones(rows.blocks.n_features, bool)
    model, frequency = _fit_each(solver, rows, settings, kept)
    limit = settings.max_features
    if limit is None or limit >= len(kept):
        return model
    kept[:] = False
    kept[find_largest(measure_strength(model, frequency), limit)] = True
    return _fit_each(solver, rows, settings, kept)[0]


def _fit_each(
    solver: Solver,
    rows: LearningRows,
    settings: LinearSettings,
    kept: NDArray[np.bool_],
) -> tuple[LinearModel, Floats]:
    """Return the model of some columns, and in how many rows each column is."""
    blocks, weight = rows.blocks, rows.weight
    parts, frequency = [], np.zeros(blocks.n_features)
    for positive in one_against_rest(rows):
        sums = ColumnSums(*blocks.sum(_sum_columns, rows=(positive, weight)))
        frequency = sums.frequency
        weights = np.zeros(blocks.n_features)
        weights[kept] = sums.take(kept).weigh(settings.alpha, settings.power)
        # Of an n-gram that only a prior knows, these rows say nothing.
        weights[frequency == 0] = 0.0
        coef, intercept = solver.fit(blocks, positive, weight, weights, settings)
        parts.append((weights, coef, intercept))
    return LinearModel(*map(np.array, zip(*parts, strict=True))), frequency


def cross_fit_linear(
    learn: Callable[[LearningRows, LinearSettings], LinearModel],
    rows: LearningRows,
    settings: LinearSettings,
    folds: list[NDArray[np.int64]],
) -> Floats:
    """Return out-of-fold margins, fold after fold; see :class:`Solver`.

    No fold begins at the solution of another: that one has seen its rows.
    """
    margins = np.full((len(rows.y), count_margins(rows.n_classes)), np.nan)
    for held_out in folds:
        model = learn(rows.without(held_out), settings)
        asked = np.zeros(len(rows.y), bool)
        asked[held_out] = True
        found = map_rows(rows.blocks, _margins_of_some, model, rows=(asked,))
        margins[held_out] = found
    return margins


def _margins_of_some(
    X: sp.csr_matrix, asked: NDArray[np.bool_], model: LinearModel
) -> Floats:
    return compute_margins(dampen(X[asked]), model)


def _sum_columns(X: sp.csr_matrix, positive: NDArray[np.bool_], weight: Floats) -> Sums:
    sums = ColumnSums.of(dampen(X), positive, weight)
    return sums.positive, sums.negative, sums.frequency, sums.weight


def fit_one_sided(positive: NDArray[np.bool_], weight: Floats) -> float | None:
    """Return the intercept where all rows with a weight are of one side, else None.

    A fold may lack a class with few rows: it then speaks neither for nor against.
    """
    seen = positive[weight > 0]
    if seen.all() or not seen.any():
        return 1.0 if seen.all() else -1.0
    return None


def map_margins(blocks: Blocks, model: LinearModel) -> Floats:
    """Return the margins of all rows."""
    return map_rows(blocks, _margins, model)


def _margins(X: sp.csr_matrix, model: LinearModel) -> Floats:
    return compute_margins(dampen(X), model)


def measure_strength(model: LinearModel, frequency: NDArray) -> Floats:
    """Return how much each column matters, by the number of rows it is in."""
    strength: Floats = np.abs(model.weights * model.coef).max(axis=0)
    return strength * np.sqrt(frequency)


def find_largest(values: NDArray[np.float64], limit: int | None) -> NDArray[np.int64]:
    """Return the places of the largest values, in order; of ties the first."""
    if limit is None or limit >= len(values):
        return np.arange(len(values))
    least = np.partition(values, -limit)[-limit]
    above = values > least
    n_ties = limit - np.count_nonzero(above)
    ties = np.flatnonzero(values == least)[:n_ties]
    return np.sort(np.concatenate([np.flatnonzero(above), ties]))


def compute_margins(X: sp.csr_matrix, model: LinearModel) -> Floats:
    """Return the margins of shape (n_documents, n_margins)."""
    weights, coef, columns = model.weights, model.coef, X.indices
    if X.nnz < X.shape[1]:
        # A few rows hold a few of a million n-grams: take only those, one column an
        # entry. The same numbers are added in the same order.
        weights, coef = weights[:, columns], coef[:, columns]
        columns = np.arange(X.nnz, dtype=columns.dtype)
    margins, squares = np.empty((X.shape[0], len(model.intercept))), X.data * X.data
    for k, intercept in enumerate(model.intercept):
        weight = weights[k].astype(np.float64)
        squared = _multiply(X, columns, squares, weight * weight)
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


# With its threads, BLAS takes 65 ms instead of 0.8 for two parameters, where
# other processes are busy.
@on_one_blas_thread
def fit_link(
    margins: Floats, y: NDArray, weight: Floats, prior: Floats | None = None
) -> Link:
    """Map margins to log-odds: Platt's scaling, fitted on out-of-fold margins.

    With the margins of a prior, of shape (n_rows, n_prior), each of them is evidence
    for each margin, as far as the labels say so.

    Returns
    -------
    link : Link
        Each margin by itself, and no slope negative; of a prior, of any sign.

    References
    ----------
    J. Platt (1999). "Probabilistic Outputs for Support Vector Machines".
    """
    n_margins, total = margins.shape[1], weight.sum()
    shares = np.zeros((len(y), 0)) if prior is None else prior
    n_free = n_margins * (1 + shares.shape[1])
    ridge, prior_ridge = _LINK_RIDGE / total, _PRIOR_RIDGE / total

    def loss(parameters: Floats) -> tuple[float, Floats]:
        link = Link.of(parameters, n_margins)
        linked = link.apply(margins, shares)
        gradient = differentiate_log_loss(linked, y)[0] * (weight / total)[:, None]
        by_slope = (gradient * margins).sum(axis=0) + ridge * link.slope
        value = compute_log_loss(linked, y, weight) + ridge / 2 * (link.slope**2).sum()
        parts = [by_slope, gradient.sum(axis=0)]
        if shares.shape[1]:
            parts.append((shares.T @ gradient + prior_ridge * link.prior).ravel())
            value += prior_ridge / 2 * (link.prior**2).sum()
        return value, np.concatenate(parts)

    found = minimize(
        loss,
        np.concatenate([np.ones(n_margins), np.zeros(n_free)]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(_SMALLEST_SLOPE, None)] * n_margins + [(None, None)] * n_free,
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 1000},
    )
    return Link.of(found.x, n_margins)


def one_against_rest(rows: LearningRows) -> list[NDArray[np.bool_]]:
    """Say of each row whether it is of the class of a margin, margin by margin."""
    targets = [1] if rows.n_classes == 2 else range(rows.n_classes)
    return [rows.y == target for target in targets]


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
