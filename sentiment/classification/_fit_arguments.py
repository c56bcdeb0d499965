"""What the fit of a classifier is given beside its training rows, checked."""

from typing import Any

import numpy as np

from sentiment.classification._blocks import LearningRows, RowsInMemory
from sentiment.classification._counts import check_counts
from sentiment.classification._fitted_start import Evidence
from sentiment.classification._labels import check_lengths, encode_labels
from sentiment.classification._linear_start import LinearModel
from sentiment.exceptions import LabelError


def read_validation(
    classifier: Any, X_val: Any, y_val: Any, of_class: np.ndarray
) -> LearningRows | None:
    """Return the validation rows as counts and classes, each class of a weight."""
    name = type(classifier).__name__
    if X_val is None and y_val is None:
        return None
    if X_val is None or y_val is None:
        raise ValueError(f"{name} takes X_val and y_val together. Got only one.")
    X = check_counts(classifier, X_val)
    codes = encode_labels(y_val, classifier.classes_)
    check_lengths(X, codes, caller=name)
    if not len(codes):
        raise LabelError(f"{name} takes at least one validation row. Got none.")
    return LearningRows.of(RowsInMemory(X), codes, of_class)


def read_evidence(
    classifier: Any, prior_columns: Any, X_unlabelled: Any = None
) -> Evidence:
    """Return what there is to learn from beside labelled rows."""
    more = None
    if X_unlabelled is not None:
        if classifier.init is None:
            raise ValueError(
                f"A {type(classifier).__name__} learns from X_unlabelled with "
                "init='linear' only. Leave it out."
            )
        more = RowsInMemory(check_counts(classifier, X_unlabelled))
    known = _align_prior(classifier, prior_columns)
    shares = np.zeros((0, 0)) if classifier.prior is None else classifier.prior.link
    return Evidence(known, shares, more)


def _align_prior(classifier: Any, columns: Any) -> LinearModel | None:
    """Return what the prior says of each column, None without a prior."""
    prior = classifier.prior
    if prior is None:
        return None
    if classifier.init is None or columns is None:
        needs = "init='linear'" if classifier.init is None else "prior_columns in fit"
        raise ValueError(
            f"A {type(classifier).__name__} with a prior needs {needs}. Fit the "
            "Pipeline of make_sentiment_pipeline itself, or make it with prior=None."
        )
    found = np.asarray(columns() if callable(columns) else columns)
    if not len(found):
        return None
    shape = len(prior.intercept), classifier.n_features_in_
    weights, coef = np.zeros(shape), np.zeros(shape)
    known = found >= 0
    weights[:, found[known]] = prior.weights[:, known]
    coef[:, found[known]] = prior.coef[:, known]
    return LinearModel(weights, coef, prior.intercept)
