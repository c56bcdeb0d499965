"""Weigh counts by how strongly each feature speaks for a class."""

from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.preprocessing import normalize
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from sentiment._sklearn import (
    Interval,
    check_sample_weight,
    validate_parameter_constraints,
)
from sentiment.classification._counts import check_counts, dampen
from sentiment.classification._labels import check_labels
from sentiment.exceptions import LabelError


class NaiveBayesWeighter(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Weigh counts by tf-idf and the Naive Bayes log-count ratio.

    A linear model on such features is the strongest simple baseline for sentiment: the
    ratio says which words speak for a class before the model has to learn it.

    Parameters
    ----------
    alpha : float, default=1.0
        Added to each count before the ratio is taken. Near 0, rare words get extreme
        weights; large values make all weights alike.
    sublinear_tf : bool, default=True
        Use 1 + log(count) in the place of the count.

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
        "sublinear_tf": ["boolean"],
    }

    def __init__(self, *, alpha: float = 1.0, sublinear_tf: bool = True) -> None:
        self.alpha = alpha
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
        validate_parameter_constraints(
            self._parameter_constraints,
            self.get_params(deep=False),
            caller_name=type(self).__name__,
        )
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
        positive = (labels == classes[1]).astype(np.float64)
        self.weights_ = _idf(X, weight) * self._log_count_ratio(X, positive, weight)
        return self

    def transform(self, X: Any) -> sp.csr_matrix:
        """Weigh counts and scale each row to unit length.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_documents, n_features)
            Counts.

        Returns
        -------
        features : csr_matrix of float64 of shape (n_documents, n_features)
        """
        check_is_fitted(self)
        X = self._dampen(check_counts(self, X))
        X.data *= self.weights_[X.indices]
        # scikit-learn's normalize refuses a batch of no rows.
        return normalize(X, copy=False) if X.shape[0] else X

    def _dampen(self, X: sp.csr_matrix) -> sp.csr_matrix:
        return dampen(X) if self.sublinear_tf else X.copy()

    def _log_count_ratio(
        self, X: sp.csr_matrix, positive: np.ndarray, weight: np.ndarray
    ) -> np.ndarray:
        p = self.alpha + X.T @ (positive * weight)
        q = self.alpha + X.T @ ((1.0 - positive) * weight)
        return np.log(p / p.sum()) - np.log(q / q.sum())

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        tags.target_tags.required = True
        return tags


def _idf(X: sp.csr_matrix, weight: np.ndarray) -> np.ndarray:
    """Return scikit-learn's smooth inverse document frequency."""
    weight_of_entry = np.repeat(weight, np.diff(X.indptr))
    frequency = np.bincount(X.indices, weight_of_entry, minlength=X.shape[1])
    return np.log((1 + weight.sum()) / (1 + frequency)) + 1.0
