"""Make fitted Pipelines smaller by the n-grams that no answer depends on."""

import copy
from typing import Any

import numpy as np
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from sentiment._sklearn import InvalidParameterError
from sentiment.classification import (
    BoostedLinearClassifier,
    LabelDecoder,
    find_used_features,
    restrict_features,
)
from sentiment.feature_extraction import NgramVectorizer

__all__ = ["drop_unused_ngrams", "limit_ngrams"]

_PARAMETER = "max_linear_features"
# What hands columns to the classifier as they are.
_WRAPPERS = (LabelDecoder, FixedThresholdClassifier)


def drop_unused_ngrams(pipeline: Pipeline) -> Pipeline:
    """Return a fitted Pipeline without the n-grams that its classifier leaves out.

    A classifier with ``max_linear_features`` has chosen, from the labels, the n-grams
    it uses; the vectorizer before it, which sees no label, has kept them all. Here the
    others are taken out of both, after the fit. The answers stay the same, bit for bit,
    and the model becomes as small as the classifier allows.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted. Its last two steps are a :class:`NgramVectorizer` and a
        :class:`BoostedLinearClassifier`, alone or within a :class:`LabelDecoder`. It is
        not changed.

    Returns
    -------
    smaller : Pipeline
        Its first steps are those of ``pipeline``, its last two are copies.

    Raises
    ------
    TypeError
        If the last two steps are others.

    See Also
    --------
    train : Does it with ``prune``.

    Examples
    --------
    >>> from sentiment import drop_unused_ngrams, make_sentiment_pipeline
    >>> limit = {"prior": None, "classify__estimator__max_linear_features": 4}
    >>> pipeline = make_sentiment_pipeline("fast", **limit)
    >>> pipeline = pipeline.fit(["good fun", "bad mess"] * 9, ["pos", "neg"] * 9)
    >>> len(pipeline["vectorize"].vocabulary_)
    6
    >>> smaller = drop_unused_ngrams(pipeline)
    >>> len(smaller["vectorize"].vocabulary_)
    4
    >>> (smaller.predict_proba(["fun"]) == pipeline.predict_proba(["fun"])).all().item()
    True
    >>> drop_unused_ngrams(pipeline[-1:])
    Traceback (most recent call last):
    ...
    TypeError: drop_unused_ngrams takes a Pipeline whose last two steps are a
    NgramVectorizer and a BoostedLinearClassifier. Got the step LabelDecoder alone.
    """
    vectorizer, last = _last_steps(pipeline)
    classifier = _find_inner(last, fitted=True)
    if not isinstance(classifier, BoostedLinearClassifier):
        raise _wrong_steps(f"a {type(classifier).__name__} in the last step")
    check_is_fitted(vectorizer)
    check_is_fitted(classifier)
    used = find_used_features(classifier)
    smaller = copy.copy(pipeline)
    (name, _), (last_name, _) = pipeline.steps[-2:]
    kept, last = copy.copy(vectorizer).restrict(used), _restrict(last, used)
    if classifier.prior is not None and not classifier.link_prior_.size:
        # A prior that is left out is nearly as large as what is kept.
        kept.prior, last = None, _without_prior(last)
    smaller.steps = [*pipeline.steps[:-2], (name, kept), (last_name, last)]
    return smaller


def limit_ngrams(pipeline: Pipeline, n_ngrams: int) -> Pipeline:
    """Ask the classifier of a Pipeline to use so many n-grams only; return it.

    Parameters
    ----------
    pipeline : Pipeline
        Not fitted; changed in place.
    n_ngrams : int
        The new value of ``max_linear_features``.

    Returns
    -------
    pipeline : Pipeline
        The same object.

    Raises
    ------
    InvalidParameterError
        If :func:`drop_unused_ngrams` could not make this Pipeline smaller, or it has no
        linear start to choose n-grams by.

    Examples
    --------
    >>> from sentiment import make_sentiment_pipeline
    >>> limit_ngrams(make_sentiment_pipeline("tutorial"), 1000)
    Traceback (most recent call last):
    ...
    sklearn.utils._param_validation.InvalidParameterError: N-grams are pruned by the
    linear start of BoostedLinearClassifier. This one has init=None. Limit the
    vocabulary instead of it: vectorize__max_features.
    """
    try:
        _, last = _last_steps(pipeline)
        classifier = _find_inner(last, fitted=False)
        if not isinstance(classifier, BoostedLinearClassifier):
            raise _wrong_steps(f"a {type(classifier).__name__} in the last step")
    except TypeError as error:
        raise InvalidParameterError(str(error)) from None
    if classifier.init is None:
        raise InvalidParameterError(
            "N-grams are pruned by the linear start of BoostedLinearClassifier. This "
            "one has init=None. Limit the vocabulary instead of it: "
            f"{pipeline.steps[-2][0]}__max_features."
        )
    classifier.set_params(**{_PARAMETER: n_ngrams})
    return pipeline


def _last_steps(pipeline: Pipeline) -> tuple[NgramVectorizer, Any]:
    if not isinstance(pipeline, Pipeline):
        raise _wrong_steps(f"a {type(pipeline).__name__}")
    if len(pipeline.steps) < 2:
        raise _wrong_steps(f"the step {type(pipeline[-1]).__name__} alone")
    vectorizer, last = pipeline[-2], pipeline[-1]
    if not isinstance(vectorizer, NgramVectorizer):
        raise _wrong_steps(f"{vectorizer!r} before the last step")
    return vectorizer, last


def _find_inner(estimator: Any, *, fitted: bool) -> Any:
    while isinstance(estimator, _WRAPPERS):
        # scikit-learn's rule: what was fitted is a clone, with an underscore.
        estimator = estimator.estimator_ if fitted else estimator.estimator
    return estimator


def _restrict(estimator: Any, used: np.ndarray) -> Any:
    """Return a copy, down to the classifier, that knows only the used columns."""
    smaller = copy.copy(estimator)
    if isinstance(smaller, BoostedLinearClassifier):
        restrict_features(smaller, used)
        return smaller
    smaller.estimator_ = _restrict(estimator.estimator_, used)
    for name in ("n_features_in_", "feature_names_in_"):
        if name in vars(smaller):
            setattr(smaller, name, getattr(smaller.estimator_, name))
    return smaller


def _without_prior(estimator: Any) -> Any:
    """Return a copy, down to the classifiers, that holds no prior."""
    smaller = copy.copy(estimator)
    if isinstance(smaller, BoostedLinearClassifier):
        smaller.prior = None
        return smaller
    for name in ("estimator", "estimator_"):
        setattr(smaller, name, _without_prior(getattr(smaller, name)))
    return smaller


def _wrong_steps(got: str) -> TypeError:
    return TypeError(
        "drop_unused_ngrams takes a Pipeline whose last two steps are a "
        f"NgramVectorizer and a BoostedLinearClassifier. Got {got}."
    )
