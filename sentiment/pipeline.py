"""Compose the steps into one scikit-learn Pipeline, and fit it."""

from collections.abc import Container
from copy import copy
from typing import Any

import pyarrow as pa
from sklearn import get_config
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sentiment._autolog import without_autolog
from sentiment._messages import shown
from sentiment._sklearn import InvalidParameterError
from sentiment.classification import BoostedLinearClassifier, LabelDecoder
from sentiment.documents import read_documents, text_series
from sentiment.feature_extraction import NgramVectorizer, TextPipeline
from sentiment.preprocessing import StopWordRemover, TextCleaner, WordTokenizer
from sentiment.prior_reading import offer_prior, put_prior

__all__ = [
    "PRESETS",
    "check_learns_unlabelled",
    "default_validation_fraction",
    "fit_pipeline",
    "make_sentiment_pipeline",
]

PRESETS = ("accurate", "fast", "tutorial")

# Up to 10,000 documents every n-gram counts, of 25,000 those in 3. A fixed number would
# be too many for few rows, and let the model grow without end with many.
_MIN_SHARE = 1e-4


def make_sentiment_pipeline(
    preset: str = "accurate",
    *,
    prior: Any = "auto",
    random_state: Any = 42,
    **step__params: Any,
) -> Pipeline:
    """Build a Pipeline from raw documents to labels.

    The same data give the same model, bit for bit, in each process.

    Parameters
    ----------
    preset : {"accurate", "fast", "tutorial"}, default="accurate"
        "accurate": presence of 1- to 3-grams with negation scope, a cross-fitted
        linear start and XGBoost trees boosted from it. "fast": the linear start
        without trees. "tutorial": the model of kedro-mlflow-tutorial: lower case, 127
        stop words, no punctuation, tf-idf of the 2,000 most frequent words, plain
        XGBoost.
    prior : Pipeline, model, "auto" or None, default="auto"
        A fitted Pipeline of ours, or what :func:`load_model` takes. What its linear
        start says of a document is evidence for every class, as far as the labels
        confirm it out of fold: few rows then do the work of many. The new Pipeline cuts
        texts into words as the prior does, and needs it no more. "auto" is
        ``reviews-en``, which comes with this package, where texts are cut as it cuts
        them. A prior counts for nothing where it does not lower the log loss out of
        fold, or was learned from these very documents: :func:`describe_prior` tells.
        None is no prior.
    random_state : int, RandomState or None, default=42
        Seeds every step that takes a ``random_state`` and has none of its own. None:
        each fit draws other folds, splits and samples.
    **step__params : dict
        Parameters of the steps ``clean``, ``tokenize``, ``stop_words``, ``vectorize``
        and ``classify``, written as in ``Pipeline.set_params``:
        ``vectorize__min_df=5``, ``classify__estimator__max_depth=6``. A step itself can
        be replaced: ``clean="passthrough"``.

    Returns
    -------
    pipeline : Pipeline
        Not fitted; a ``TextPipeline``, which is scikit-learn's Pipeline with a shorter
        way through the text steps. It takes documents (list of str, Series, DataFrame
        with a column ``text``, ...) and labels of any type.

    Raises
    ------
    InvalidParameterError
        If there is no such preset or parameter, or one that the prior decides.
    TypeError
        If ``prior`` has no linear weights of n-grams.

    Examples
    --------
    >>> from sentiment import make_sentiment_pipeline
    >>> pipeline = make_sentiment_pipeline("fast", vectorize__min_df=1)
    >>> texts = ["A gem, great fun.", "Great!", "Awful, a waste.", "Dull and awful."]
    >>> labels = ["positive", "positive", "negative", "negative"]
    >>> pipeline.fit(texts, labels).predict(["great gem"]).tolist()
    ['positive']
    >>> [name for name, _ in pipeline.steps]
    ['clean', 'tokenize', 'stop_words', 'vectorize', 'classify']
    >>> make_sentiment_pipeline("slow")
    Traceback (most recent call last):
    ...
    sklearn.utils._param_validation.InvalidParameterError: The 'preset' parameter of
    make_sentiment_pipeline must be a str among {'accurate', 'fast', 'tutorial'}. Got
    'slow' instead.
    """
    if preset not in PRESETS:
        names = "{" + ", ".join(map(repr, PRESETS)) + "}"
        raise InvalidParameterError(
            "The 'preset' parameter of make_sentiment_pipeline must be a str among "
            f"{names}. Got {preset!r} instead."
        )
    pipeline = _tutorial() if preset == "tutorial" else _accurate(fast=preset == "fast")
    is_offered = isinstance(prior, str) and prior == "auto"
    if prior is not None and not is_offered:
        put_prior(pipeline, prior, given=step__params)
    try:
        # Clones, as those of the preset: seeding must not change what is the caller's.
        pipeline.set_params(**{k: _own(value) for k, value in step__params.items()})
    except ValueError as error:
        raise InvalidParameterError(str(error)) from None
    if is_offered:
        offer_prior(pipeline)
    return _seed(pipeline, random_state, given=step__params)


def _own(value: Any) -> Any:
    is_estimator = hasattr(value, "get_params") and not isinstance(value, type)
    return clone(value) if is_estimator else value


def _seed(pipeline: Pipeline, random_state: Any, given: Container[str]) -> Pipeline:
    seeds = {
        name: random_state
        for name, value in pipeline.get_params().items()
        if name.endswith("__random_state") and value is None and name not in given
    }
    return pipeline.set_params(**seeds)


def fit_pipeline(
    pipeline: Pipeline,
    X: Any,
    y: Any,
    X_val: Any = None,
    y_val: Any = None,
    X_unlabelled: Any = None,
    **params: Any,
) -> Pipeline:
    """Fit a Pipeline with validation documents, or documents without labels.

    A Pipeline transforms ``X`` only: an ``eval_set`` handed to its last step would
    arrive there as raw text. Here the validation documents go through the fitted steps,
    without being learned from, and the last step gets them as ``X_val`` and ``y_val``.
    With metadata routing it is ``pipeline.fit`` with ``transform_input=["X_val"]``.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted in place, as by its own ``fit``.
    X, y : documents and labels
        The training rows.
    X_val, y_val : documents and labels, default=None
        The validation rows for early stopping. None: as ``pipeline.fit(X, y)``.
    X_unlabelled : documents, default=None
        Documents of the same kind without labels. The vocabulary is learned from them
        as well, and the linear start learns from what a first fit says of them; see
        ``fit`` of :class:`BoostedLinearClassifier`.
    **params : dict
        Passed to the ``fit`` of the last step, such as ``sample_weight``; with metadata
        routing, to the steps that request them.

    Returns
    -------
    pipeline : Pipeline
        The same object, fitted.

    Raises
    ------
    ValueError
        If only one of ``X_val`` and ``y_val`` is given.
    InvalidParameterError
        If the classifier cannot learn from documents without labels.

    Examples
    --------
    >>> from sentiment import fit_pipeline, make_sentiment_pipeline
    >>> pipeline = make_sentiment_pipeline("tutorial", vectorize__min_df=1)
    >>> texts, labels = ["good fun", "bad mess"] * 10, [1, 0] * 10
    >>> fit_pipeline(pipeline, texts, labels, texts, labels).predict(["good"]).tolist()
    [1]
    """
    if (X_val is None) != (y_val is None):
        raise ValueError("fit_pipeline takes X_val and y_val together. Got only one.")
    if X_unlabelled is not None:
        check_learns_unlabelled(pipeline)
    given = {"X_val": X_val, "X_unlabelled": X_unlabelled}
    given = {name: texts for name, texts in given.items() if texts is not None}
    if y_val is not None:
        params = {"y_val": y_val} | params
    if get_config()["enable_metadata_routing"]:
        return _fit_routed(pipeline, X, y, given, params)
    if not given:
        last = pipeline.steps[-1][0]
        named = {f"{last}__{name}": value for name, value in params.items()}
        return pipeline.fit(X, y, **named)
    front = pipeline[:-1]
    with without_autolog():  # it would take the text steps for all there is
        if X_unlabelled is None:
            features = front.fit_transform(X, y)
        else:
            features = front.fit(_concat_documents(X, X_unlabelled)).transform(X)
    # With memory=..., a Pipeline fits clones, which become its steps.
    pipeline.steps[:-1] = front.steps
    params |= {name: front.transform(texts) for name, texts in given.items()}
    if getattr(front[-1], "prior", None) is not None:
        params = {"prior_columns": front[-1].columns_of_prior()} | params
    pipeline[-1].fit(features, y, **params)
    return pipeline


def check_learns_unlabelled(pipeline: Pipeline) -> None:
    """Refuse a Pipeline that cannot learn from documents without labels.

    Raises
    ------
    InvalidParameterError
        If its classifier has no linear start.
    """
    last = pipeline[-1]
    classifier = getattr(last, "estimator", last)
    if not isinstance(classifier, BoostedLinearClassifier) or classifier.init is None:
        raise InvalidParameterError(
            "Documents without labels need a BoostedLinearClassifier with "
            f"init='linear'. Got {shown(classifier, 80)}. Use the preset 'fast' or "
            "'accurate'."
        )


def _concat_documents(*parts: Any) -> Any:
    return text_series(
        pa.concat_arrays([read_documents(X, caller="fit_pipeline")[0] for X in parts])
    )


def _fit_routed(
    pipeline: Pipeline, X: Any, y: Any, given: dict[str, Any], params: Any
) -> Pipeline:
    watching = copy(pipeline)
    if given:
        inputs = pipeline.transform_input or []
        watching.set_params(transform_input=[*inputs, *given])
    watching.fit(X, y, **given, **params)
    pipeline.steps = watching.steps
    return pipeline


def default_validation_fraction(preset: str) -> float:
    """Return the share of the training rows that ``train`` sets aside for a preset."""
    return 0.3 if preset == "tutorial" else 0.1


def _accurate(*, fast: bool) -> Pipeline:
    classifier = BoostedLinearClassifier(max_iter=0 if fast else 300, n_jobs=-1)
    return _compose(
        TextCleaner(),
        WordTokenizer(punctuation="all", negation_scope=4),
        StopWordRemover(),
        NgramVectorizer(ngram_range=(1, 3), min_df=_MIN_SHARE, binary=True),
        classifier,
    )


def _tutorial() -> Pipeline:
    classifier = BoostedLinearClassifier(
        init=None,
        tree_features="tfidf",
        max_tree_features=None,
        max_iter=1000,
        learning_rate=0.2,
        max_depth=8,
        subsample=0.8,
        colsample_bytree=0.8,
        early_stopping=True,
        validation_fraction=0.3,
        n_iter_no_change=10,
        n_jobs=-1,
    )
    return _compose(
        TextCleaner(),
        WordTokenizer(contractions="break"),
        StopWordRemover(stop_words="tutorial"),
        NgramVectorizer(max_features=2000),
        classifier,
    )


def _compose(*steps: Any) -> Pipeline:
    clean, tokenize, stop_words, vectorize, classifier = map(clone, steps)
    return TextPipeline(
        [
            ("clean", clean),
            ("tokenize", tokenize),
            ("stop_words", stop_words),
            ("vectorize", vectorize),
            ("classify", LabelDecoder(classifier)),
        ]
    )
