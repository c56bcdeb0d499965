"""Make a fitted model the prior of a Pipeline that is not fitted yet."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sentiment._sklearn import InvalidParameterError
from sentiment.classification import BoostedLinearClassifier
from sentiment.feature_extraction import NgramVectorizer
from sentiment.persistence import load_model
from sentiment.prior import Prior

__all__ = ["put_prior", "read_prior"]

# The prior's weights are of the n-grams that these make of a text.
_TEXT_STEPS = ("clean", "tokenize", "stop_words")
_OF_NGRAMS = ("ngram_range", "binary")


def read_prior(pipeline: Pipeline) -> Prior:
    """Return what the linear start of a fitted Pipeline says of its n-grams.

    Trees, if it has any, are left out.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted, with the steps of :func:`make_sentiment_pipeline`.

    Returns
    -------
    prior : Prior

    Raises
    ------
    TypeError
        If it has no linear weights of n-grams.
    """
    vectorizer = classifier = None
    if isinstance(pipeline, Pipeline) and len(pipeline.steps) == len(_TEXT_STEPS) + 2:
        vectorizer, last = pipeline[-2], pipeline[-1]
        classifier = getattr(last, "estimator_", None)
    if (
        not isinstance(vectorizer, NgramVectorizer)
        or not isinstance(classifier, BoostedLinearClassifier)
        or classifier.init is None
        or tuple(pipeline.named_steps)[:-2] != _TEXT_STEPS
    ):
        raise TypeError(
            "A prior is a fitted Pipeline of make_sentiment_pipeline whose classifier "
            "has linear weights of n-grams. This one has none: train one with the "
            "preset 'fast' or 'accurate'."
        )
    link = np.concatenate([np.diag(classifier.link_slope_), classifier.link_prior_])
    used = (classifier.linear_weights_ != 0).any(axis=0)
    kept = clone(vectorizer)
    kept.__setstate__(vectorizer.__getstate__())
    kept.restrict(used)
    return Prior(
        (kept.words_, kept.word_offsets_, kept.ngrams_),
        classifier.linear_weights_[:, used],
        classifier.linear_coef_[:, used],
        classifier.linear_intercept_,
        link,
    )


def put_prior(pipeline: Pipeline, model: Any, *, given: Iterable[str]) -> None:
    """Make a model the prior of a Pipeline, which is changed in place.

    Parameters
    ----------
    pipeline : Pipeline
        Of :func:`make_sentiment_pipeline`, not fitted.
    model : Pipeline, str or Path
        A fitted Pipeline, or what :func:`load_model` takes.
    given : iterable of str
        Parameters that the caller sets; none may be one that the prior decides.

    Raises
    ------
    InvalidParameterError
        If one is, or the classifier has no linear start.
    TypeError
        If the model has no linear weights of n-grams.
    """
    source = load_model(model) if not hasattr(model, "fit") else model
    prior = read_prior(source)
    decided = {"vectorize", *(f"vectorize__{name}" for name in _OF_NGRAMS)}
    for name in given:
        if name in decided or name.split("__")[0] in _TEXT_STEPS:
            raise InvalidParameterError(
                f"The parameter {name!r} is decided by the prior, which cuts texts "
                "into n-grams in its own way. Leave it out, or the prior."
            )
    if pipeline["classify"].estimator.init is None:
        raise InvalidParameterError(
            "A prior needs a classifier with init='linear'. Use the preset 'fast' or "
            "'accurate'."
        )
    steps = {name: source.named_steps[name] for name in _TEXT_STEPS}
    pipeline.set_params(
        **{k: v if isinstance(v, str) else clone(v) for k, v in steps.items()},
        **{f"vectorize__{k}": getattr(source["vectorize"], k) for k in _OF_NGRAMS},
        vectorize__prior=prior,
        classify__estimator__prior=prior,
    )
