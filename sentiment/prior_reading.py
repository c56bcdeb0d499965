"""Make a fitted model the prior of a Pipeline that is not fitted yet."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sentiment._sklearn import InvalidParameterError
from sentiment.classification import BoostedLinearClassifier, LabelDecoder
from sentiment.feature_extraction import NgramVectorizer
from sentiment.persistence import REVIEWS_EN, load_model
from sentiment.prior import Prior

__all__ = ["describe_prior", "offer_prior", "put_prior", "read_prior"]

# The prior's weights are of the n-grams that these make of a text.
_TEXT_STEPS = ("clean", "tokenize", "stop_words")
_OF_NGRAMS = ("ngram_range", "binary")


def read_prior(pipeline: Pipeline, name: str = "prior") -> Prior:
    """Return what the linear start of a fitted Pipeline says of its n-grams.

    Trees, if it has any, are left out.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted, with the steps of :func:`make_sentiment_pipeline`.
    name : str, default="prior"
        What messages call it.

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
        vectorizer.remembered_,
        name,
    )


@lru_cache(maxsize=1)
def _reviews_en() -> tuple[Pipeline, Prior]:
    """Return the model that comes with the package, which is read once."""
    pipeline = load_model(REVIEWS_EN)
    return pipeline, read_prior(pipeline, REVIEWS_EN)


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
    if model == REVIEWS_EN:
        source, prior = _reviews_en()
    elif hasattr(model, "fit"):
        source, prior = model, read_prior(model)
    else:
        source = load_model(model)
        prior = read_prior(source, str(model))
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
    )
    _hand_over(pipeline, prior)


def offer_prior(pipeline: Pipeline) -> None:
    """Make ``reviews-en`` the prior of a Pipeline that cuts texts as it does.

    Any other Pipeline stays as it is.

    Parameters
    ----------
    pipeline : Pipeline
        Of :func:`make_sentiment_pipeline`, not fitted, with all its parameters.
    """
    decoder, vectorizer = pipeline["classify"], pipeline["vectorize"]
    classifier = getattr(decoder, "estimator", None)
    if (
        type(decoder) is not LabelDecoder
        or type(classifier) is not BoostedLinearClassifier
        or classifier.init is None
        or type(vectorizer) is not NgramVectorizer
    ):
        return
    source, prior = _reviews_en()
    if all(
        type(pipeline[name]) is type(source[name])
        and pipeline[name].get_params() == source[name].get_params()
        for name in _TEXT_STEPS
    ):
        _hand_over(pipeline, prior)


def _hand_over(pipeline: Pipeline, prior: Prior) -> None:
    pipeline.set_params(vectorize__prior=prior, classify__estimator__prior=prior)


def describe_prior(pipeline: Pipeline) -> str | None:
    """Return one sentence on what the prior of a fitted Pipeline is worth.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.

    Returns
    -------
    sentence : str or None
        None if it has no prior.

    Examples
    --------
    >>> from sentiment import load_reviews, make_sentiment_pipeline
    >>> texts, labels = load_reviews("sample", "train")
    >>> pipeline = make_sentiment_pipeline("fast", prior=None).fit(texts, labels)
    >>> describe_prior(pipeline) is None
    True
    """
    vectorizer = pipeline[-2] if len(pipeline.steps) > 1 else None
    prior = getattr(vectorizer, "prior", None)
    if prior is None or not isinstance(vectorizer, NgramVectorizer):
        return None
    name = f"The prior {prior.name}"
    if not vectorizer.knows_prior():
        return (
            f"{name} is left out: it was learned from {vectorizer.prior_seen_:.0%} of "
            "these texts, and would seem to know more than it does."
        )
    classifier = pipeline[-1].estimator_
    alone, beside = classifier.prior_losses_
    if not classifier.link_prior_.size:
        return f"{name} is left out: it does not lower the log loss out of fold."
    return f"{name} lowers the log loss out of fold from {alone:.3f} to {beside:.3f}."
