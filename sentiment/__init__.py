"""Train, track, ship and watch text classifiers as one scikit-learn Pipeline.

The names below are the public interface. They are imported when first used, so
that ``import sentiment`` and ``sentiment --help`` cost nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sentiment._version import __version__

if TYPE_CHECKING:
    from sentiment.auditing import audit
    from sentiment.classification import (
        BoostedLinearClassifier,
        LabelDecoder,
        NaiveBayesWeighter,
    )
    from sentiment.datasets import load_instances, load_labels, load_reviews
    from sentiment.engine import show_versions
    from sentiment.evaluation import evaluate
    from sentiment.exceptions import (
        DataError,
        DocumentError,
        DocumentTypeError,
        LabelError,
        ModelError,
        SentimentError,
        ServingError,
        TrackingError,
    )
    from sentiment.explanation import explain_model, explain_texts
    from sentiment.feature_extraction import NgramVectorizer, make_count_vectorizer
    from sentiment.monitoring import monitor
    from sentiment.persistence import load_model, log_model, save_model
    from sentiment.pipeline import fit_pipeline, make_sentiment_pipeline
    from sentiment.preprocessing import StopWordRemover, TextCleaner, WordTokenizer
    from sentiment.pruning import drop_unused_ngrams
    from sentiment.training import train
    from sentiment.tuning import tune

_HOME = {
    "audit": "auditing",
    "BoostedLinearClassifier": "classification",
    "LabelDecoder": "classification",
    "NaiveBayesWeighter": "classification",
    "load_instances": "datasets",
    "load_labels": "datasets",
    "load_reviews": "datasets",
    "evaluate": "evaluation",
    "DataError": "exceptions",
    "DocumentError": "exceptions",
    "DocumentTypeError": "exceptions",
    "LabelError": "exceptions",
    "ModelError": "exceptions",
    "SentimentError": "exceptions",
    "ServingError": "exceptions",
    "TrackingError": "exceptions",
    "explain_model": "explanation",
    "explain_texts": "explanation",
    "NgramVectorizer": "feature_extraction",
    "make_count_vectorizer": "feature_extraction",
    "show_versions": "engine",
    "monitor": "monitoring",
    "load_model": "persistence",
    "log_model": "persistence",
    "save_model": "persistence",
    "fit_pipeline": "pipeline",
    "make_sentiment_pipeline": "pipeline",
    "StopWordRemover": "preprocessing",
    "TextCleaner": "preprocessing",
    "WordTokenizer": "preprocessing",
    "drop_unused_ngrams": "pruning",
    "train": "training",
    "tune": "tuning",
}

__all__ = [
    "BoostedLinearClassifier",
    "DataError",
    "DocumentError",
    "DocumentTypeError",
    "LabelDecoder",
    "LabelError",
    "ModelError",
    "NaiveBayesWeighter",
    "NgramVectorizer",
    "SentimentError",
    "ServingError",
    "StopWordRemover",
    "TextCleaner",
    "TrackingError",
    "WordTokenizer",
    "__version__",
    "audit",
    "drop_unused_ngrams",
    "evaluate",
    "explain_model",
    "explain_texts",
    "fit_pipeline",
    "load_instances",
    "load_labels",
    "load_model",
    "load_reviews",
    "log_model",
    "make_count_vectorizer",
    "make_sentiment_pipeline",
    "monitor",
    "save_model",
    "show_versions",
    "train",
    "tune",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its home module when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module 'sentiment' has no attribute {name!r}")
    value = getattr(import_module(f"sentiment.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
