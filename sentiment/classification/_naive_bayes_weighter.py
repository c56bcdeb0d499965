"""Weigh counts by how strongly each feature speaks for a class."""

from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from sentiment._arrays import are_finite
from sentiment._set_output import as_set_output
from sentiment._sklearn import (
    Interval,
    check_sample_weight,
    csr_scale_columns,
    normalize_rows,
    validate_parameters,
)
from sentiment.classification._column_sums import ColumnSums
from sentiment.classification._counts import check_counts, dampen
from sentiment.classification._labels import check_labels
from sentiment.classification._stored_state import refuse_state
from sentiment.exceptions import LabelError


class NaiveBayesWeighter(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Weigh counts by tf-idf and the Naive Bayes log-count ratio.

    A linear model on such features is the strongest simple baseline for sentiment: the
    ratio says which words speak for a class before the model has to learn it.

    Parameters
    ----------
    alpha : float, default=1.0
        Added to each count before the ratio is taken, in proportion to the size of the
        class. Near 0, rare words get extreme weights; large values make all weights
        alike.
    power : float, default=1.0
        The ratio is raised to it, its sign kept. Near 0, only the sign is left; 1 is
        the ratio itself.
    sublinear_tf : bool, default=True
        Use 1 + log(count) instead of the count.

    Attributes
    ----------
    weights_ : ndarray of float64 of shape (n_features,)
        Inverse document frequency times log-count ratio.
    n_features_in_ : int
        The number of features seen in ``fit``.

    See Also
    --------
    sklearn.feature_extraction.text.TfidfTransformer : The same without labels.

    Notes
    -----
    It uses the labels: inside cross-validation or stacking, fit it with the classifier
    on the same folds, never before them. O(n_nonzero).

    Wang and Manning add ``alpha`` to the counts of both classes alike. Of classes of
    one size that is the same; of others, a rare word would speak for the rare class.

    References
    ----------
    S. Wang and C. D. Manning (2012). "Baselines and Bigrams: Simple, Good Sentiment and
    Topic Classification". ACL 2012.

    Examples
    --------
    >>> from sentiment import NaiveBayesWeighter
    >>> X, y = [[2, 0, 1], [0, 2, 1]], [0, 1]
    >>> weighter = NaiveBayesWeighter().fit(X, y)
    >>> weighter.weights_.round(2).tolist()
    [-1.39, 1.39, 0.0]
    >>> weighter.transform(X).toarray().round(2).tolist()
    [[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    >>> weighter.fit(X, [1, 1])
    Traceback (most recent call last):
    ...
    sentiment.exceptions.LabelError: NaiveBayesWeighter learns from at least two
    classes. Got one class only, 1 (rows: 2). Add rows of another class.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "power": [Interval(Real, 0, None, closed="neither")],
        "sublinear_tf": ["boolean"],
    }

    def __init__(
        self, *, alpha: float = 1.0, power: float = 1.0, sublinear_tf: bool = True
    ) -> None:
        self.alpha = alpha
        self.power = power
        self.sublinear_tf = sublinear_tf

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn the weight of each feature.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_documents, n_features)
            Counts.
        y : array-like of shape (n_documents,)
            Two classes; the higher one is the positive class.
        sample_weight : array-like of shape (n_documents,), default=None
            How much each document counts: one of weight 2 counts as two.

        Returns
        -------
        self : object

        Raises
        ------
        LabelError
            If ``y`` does not hold just two classes.
        """
        validate_parameters(self)
        X = self._dampen(check_counts(self, X, reset=True))
        labels = check_labels(y, caller=type(self).__name__)
        check_consistent_length(X, labels)
        classes = np.unique(labels)
        if len(classes) != 2:
            raise LabelError(
                f"{type(self).__name__} compares two classes. Got {len(classes)}. Fit "
                "it one class against the rest."
            )
        weight = check_sample_weight(
            sample_weight, X, dtype=np.float64, ensure_non_negative=True
        )
        sums = ColumnSums.of(X, labels == classes[1], weight)
        self.weights_ = sums.weigh(self.alpha, self.power)
        return self

    def transform(self, X: Any) -> Any:
        """Weigh counts and scale each row to unit length.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_documents, n_features)
            Counts.

        Returns
        -------
        features : csr_matrix of float64 of shape (n_documents, n_features)
            After ``set_output(transform="pandas")`` a DataFrame of sparse columns.
        """
        check_is_fitted(self)
        features = weigh_rows(self._dampen(check_counts(self, X)), self.weights_)
        return as_set_output(self, features, X)

    def _dampen(self, X: sp.csr_matrix) -> sp.csr_matrix:
        return dampen(X) if self.sublinear_tf else X

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "weights_" in state and not are_finite(self.weights_, self.n_features_in_):
            raise refuse_state(self)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        tags.target_tags.required = True
        return tags


def weigh_rows(X: sp.csr_matrix, weights: NDArray[np.float64]) -> sp.csr_matrix:
    """Return the matrix with weighted columns and rows of unit length."""
    data = X.data.astype(np.float64)
    # As data * weights[X.indices], without an index and a weight in memory per entry.
    csr_scale_columns(*X.shape, X.indptr, X.indices, data, weights)
    weighted = sp.csr_matrix((data, X.indices, X.indptr), shape=X.shape)
    normalize_rows(weighted)
    return weighted
