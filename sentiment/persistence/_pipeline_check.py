"""Tell whether a Pipeline can be logged: fitted, from raw text to probabilities."""

from typing import Any

import numpy as np

from sentiment.exceptions import ModelError
from sentiment.persistence._signature import EXAMPLE_TEXTS, make_input_example


def check_pipeline(pipeline: Any, *, caller: str) -> None:
    """Refuse a Pipeline that cannot be logged, with a ModelError."""
    from sklearn.exceptions import NotFittedError
    from sklearn.pipeline import Pipeline
    from sklearn.utils.validation import check_is_fitted

    if not isinstance(pipeline, Pipeline):
        raise ModelError(
            f"{caller} takes a fitted Pipeline, such as make_sentiment_pipeline() "
            f"makes. Got {type(pipeline).__name__}."
        )
    try:
        check_is_fitted(pipeline)
    except NotFittedError:
        raise ModelError(
            f"{caller} takes a fitted Pipeline. This one is not fitted. Call "
            "its fit first."
        ) from None
    if not hasattr(pipeline, "predict_proba") or not hasattr(pipeline, "classes_"):
        raise ModelError(
            f"{caller} takes a Pipeline with predict_proba and classes_. The last step "
            f"here, {type(pipeline[-1]).__name__}, lacks them. Use a classifier that "
            "gives probabilities."
        )
    _check_answers(pipeline, caller)


def _check_answers(pipeline: Any, caller: str) -> None:
    """Ask the Pipeline for its opinion on two reviews, as a list and as a table."""
    try:
        listed = np.asarray(pipeline.predict_proba(list(EXAMPLE_TEXTS)))
        # scikit-learn's own vectorizers take the name of the column for a document.
        tabled = np.asarray(pipeline.predict_proba(make_input_example()))
    except Exception as error:
        raise ModelError(
            f"{caller} takes a Pipeline that classifies raw text. This one fails on "
            f"{EXAMPLE_TEXTS[0]!r}: {type(error).__name__}: {error!s:.200}"
        ) from error
    shape = (len(EXAMPLE_TEXTS), len(pipeline.classes_))
    if listed.shape != shape or not np.array_equal(listed, tabled):
        raise ModelError(
            f"{caller} takes a Pipeline that reads a DataFrame with a column 'text' "
            "like a list of texts. This one does not. Put TextCleaner() first."
        )
