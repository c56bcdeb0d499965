"""Take a margin apart: what each n-gram of one document adds to it."""

from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp

from sentiment._arrays import Floats
from sentiment.classification import BoostedLinearClassifier, dampen

_N_NGRAMS = 100


class MarginParts(NamedTuple):
    """A margin as a sum.

    ``values``: what each n-gram of the row adds, in the order of its columns. ``base``:
    the margin before anything is known of the document. ``absent``: what the trees make
    of n-grams that the document lacks.
    """

    values: Floats
    base: float
    absent: float


def can_split(classifier: Any) -> bool:
    """Say whether :func:`split_margin` knows such a classifier."""
    if isinstance(classifier, BoostedLinearClassifier):
        return True
    return hasattr(classifier, "coef_") and hasattr(classifier, "intercept_")


def split_margin(classifier: Any, row: sp.csr_matrix, place: int) -> MarginParts:
    """Split margin ``place`` of one row; of two classes there is only margin 0.

    ``classifier``: fitted. ``row``: counts, with sorted indices. ``place``: which
    margin.
    """
    row = row.astype(np.float64)
    if not isinstance(classifier, BoostedLinearClassifier):
        coef = np.atleast_2d(classifier.coef_)[place]
        intercept = np.broadcast_to(classifier.intercept_, (place + 1,))[place]
        return MarginParts(row.data * coef[row.indices], float(intercept), 0.0)
    start = _split_start(classifier, row, place)
    if classifier._trees.booster is None:
        return start
    trees = _split_trees(classifier, row, place)
    return MarginParts(
        start.values + trees.values, start.base + trees.base, trees.absent
    )


def _split_start(
    classifier: BoostedLinearClassifier, row: sp.csr_matrix, place: int
) -> MarginParts:
    """Split the linear start: slope * (x . (w c) / |x w| + intercept) + offset.

    A prior adds parts of the same form, each with a slope and a length of its own.
    """
    if classifier.init is None:
        return MarginParts(np.zeros(row.nnz), float(classifier.prior_[place]), 0.0)
    damped = dampen(row)
    columns = damped.indices
    n_own = len(classifier.link_slope_)
    parts = {place: classifier.link_slope_[place]}
    parts |= dict(enumerate(classifier.link_prior_[:, place], n_own))
    base, values = float(classifier.link_offset_[place]), np.zeros(row.nnz)
    for part, slope in parts.items():
        base += float(slope * classifier.linear_intercept_[part])
        weighted = damped.data * classifier.linear_weights_[part, columns]
        norm = np.sqrt(weighted @ weighted) or 1.0
        values += slope * weighted * classifier.linear_coef_[part, columns] / norm
    return MarginParts(values, base, 0.0)


def weigh_ngrams(classifier: Any) -> tuple[Floats, str] | None:
    """Return what each n-gram adds to each margin by its linear weight, and per what.

    None where trees alone decide. The linear start divides a document by its length,
    which is that of the weights of its n-grams: ``coef_`` holds what they add *before*
    that, figures such as 86.952, which no document gets. Here they are divided by the
    length that a document of ``_N_NGRAMS`` n-grams has on average.
    """
    if classifier.coef_ is None:
        return None
    coef = np.atleast_2d(classifier.coef_).astype(np.float64)
    if not isinstance(classifier, BoostedLinearClassifier):
        return coef, "one occurrence"
    weights = classifier.linear_weights_.astype(np.float64)
    # Importances are frequencies times these sizes, up to one factor.
    size = classifier.linear_sizes()
    importances = classifier.feature_importances_.astype(np.float64)
    frequency = np.divide(importances, size, out=np.zeros_like(size), where=size > 0)
    # Without the n-grams that are not used, so that a pruned model gives the same bits.
    used = frequency > 0
    mean_square = weights[:, used] ** 2 @ frequency[used]
    mean_square /= frequency[used].sum() or 1.0
    length = np.sqrt(_N_NGRAMS * mean_square)
    length[length == 0.0] = 1.0
    n_own = len(coef)
    found = coef / length[:n_own, None]
    if len(length) > n_own:
        said = weights[n_own:] * classifier.linear_coef_[n_own:]
        found += classifier.link_prior_.T @ (said / length[n_own:, None])
    return found, f"a text of {_N_NGRAMS} n-grams"


def _split_trees(
    classifier: BoostedLinearClassifier, row: sp.csr_matrix, place: int
) -> MarginParts:
    """Split what the trees add, by XGBoost's exact SHAP values (Lundberg 2018)."""
    import xgboost

    trees = classifier._trees
    features = trees.features.transform(row)
    n_margins = 1 if len(classifier.classes_) == 2 else len(classifier.classes_)
    zero = np.zeros(n_margins, np.float32)
    matrix = xgboost.DMatrix(
        features,
        base_margin=zero if n_margins == 1 else zero[None, :],
        missing=0.0,
        nthread=1,
    )
    found = trees.booster.predict(matrix, pred_contribs=True)
    shares = found.reshape(n_margins, -1)[place].astype(np.float64)
    values = np.zeros(row.nnz)
    seen = trees.features.columns[features.indices]
    values[np.searchsorted(row.indices, seen)] = shares[features.indices]
    return MarginParts(
        values, float(shares[-1]), float(shares[:-1].sum() - values.sum())
    )
