"""Train, track, ship and watch text classifiers as one scikit-learn Pipeline.

The names below are the public interface. They are imported when first used, so
that ``import sentiment`` and ``sentiment --help`` cost nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sentiment import _old_names  # noqa: F401 - finds the classes of old models
from sentiment.version import VERSION

__version__ = VERSION

if TYPE_CHECKING:
    from sentiment.auditing import audit as audit
    from sentiment.classification import (
        BoostedLinearClassifier as BoostedLinearClassifier,
    )
    from sentiment.classification import LabelDecoder as LabelDecoder
    from sentiment.classification import NaiveBayesWeighter as NaiveBayesWeighter
    from sentiment.datasets import Source as Source
    from sentiment.datasets import load_instances as load_instances
    from sentiment.datasets import load_labels as load_labels
    from sentiment.datasets import load_reviews as load_reviews
    from sentiment.engine import show_versions as show_versions
    from sentiment.evaluation import evaluate as evaluate
    from sentiment.exceptions import DataError as DataError
    from sentiment.exceptions import DataWarning as DataWarning
    from sentiment.exceptions import DocumentError as DocumentError
    from sentiment.exceptions import DocumentTypeError as DocumentTypeError
    from sentiment.exceptions import LabelError as LabelError
    from sentiment.exceptions import ModelError as ModelError
    from sentiment.exceptions import SentimentError as SentimentError
    from sentiment.exceptions import ServingError as ServingError
    from sentiment.exceptions import TrackingError as TrackingError
    from sentiment.explanation import explain_model as explain_model
    from sentiment.explanation import explain_texts as explain_texts
    from sentiment.feature_extraction import NgramVectorizer as NgramVectorizer
    from sentiment.feature_extraction import TextPipeline as TextPipeline
    from sentiment.feature_extraction import (
        make_count_vectorizer as make_count_vectorizer,
    )
    from sentiment.monitoring import monitor as monitor
    from sentiment.persistence import load_model as load_model
    from sentiment.persistence import log_model as log_model
    from sentiment.persistence import save_model as save_model
    from sentiment.pipeline import fit_pipeline as fit_pipeline
    from sentiment.pipeline import make_sentiment_pipeline as make_sentiment_pipeline
    from sentiment.preprocessing import StopWordRemover as StopWordRemover
    from sentiment.preprocessing import TextCleaner as TextCleaner
    from sentiment.preprocessing import WordTokenizer as WordTokenizer
    from sentiment.prior_reading import describe_prior as describe_prior
    from sentiment.pruning import drop_unused_ngrams as drop_unused_ngrams
    from sentiment.training import train as train
    from sentiment.tuning import tune as tune

_NAMES = {
    "auditing": "audit",
    "classification": "BoostedLinearClassifier LabelDecoder NaiveBayesWeighter",
    "datasets": "Source load_instances load_labels load_reviews",
    "engine": "show_versions",
    "evaluation": "evaluate",
    "exceptions": "DataError DataWarning DocumentError DocumentTypeError "
    "LabelError ModelError SentimentError ServingError TrackingError",
    "explanation": "explain_model explain_texts",
    "feature_extraction": "NgramVectorizer TextPipeline make_count_vectorizer",
    "monitoring": "monitor",
    "persistence": "load_model log_model save_model",
    "pipeline": "fit_pipeline make_sentiment_pipeline",
    "preprocessing": "StopWordRemover TextCleaner WordTokenizer",
    "prior_reading": "describe_prior",
    "pruning": "drop_unused_ngrams",
    "training": "train",
    "tuning": "tune",
}
_HOME = {name: home for home, names in _NAMES.items() for name in names.split()}

__all__ = sorted([*_HOME, "__version__"])


def __getattr__(name: str) -> Any:
    """Import a public name from its home module when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module 'sentiment' has no attribute {name!r}")
    value = getattr(import_module(f"sentiment.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
