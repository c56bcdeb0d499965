"""The steps in front of the classifier, on one batch of documents after the other."""

from typing import Any

import pandas as pd
import pyarrow as pa
import scipy.sparse as sp
from sklearn.pipeline import Pipeline

from sentiment._messages import shown
from sentiment.classification import BoostedLinearClassifier, LabelDecoder
from sentiment.documents import text_series
from sentiment.exceptions import SentimentError
from sentiment.feature_extraction import NgramFrequencies, NgramVectorizer
from sentiment.preprocessing import StopWordRemover, TextCleaner, WordTokenizer
from sentiment.tokens import check_tokens

# None of them learns anything from documents.
_FRONT = (TextCleaner, WordTokenizer, StopWordRemover)


class TextSteps:
    """The text steps of a Pipeline, which are fitted in place.

    Parameters
    ----------
    pipeline : Pipeline
        Of our own steps: of others nobody knows whether they can learn part by part.
    caller : str
        Named in the error message.
    """

    def __init__(self, pipeline: Pipeline, *, caller: str) -> None:
        check_steps(pipeline, caller=caller)
        self.vectorizer: NgramVectorizer = pipeline[-2]
        self._front = [
            step for _, step in pipeline.steps[:-2] if step not in (None, "passthrough")
        ]
        self._is_fitted = False

    def count_frequencies(self, texts: pa.Array) -> NgramFrequencies:
        """Count in how many of some documents each n-gram is."""
        return self.vectorizer.count_frequencies(self._cut(texts))

    def count(self, texts: pa.Array) -> sp.csr_matrix:
        """Count the n-grams of the vocabulary, when it is known."""
        name = type(self.vectorizer).__name__
        return self.vectorizer.count(check_tokens(self._cut(texts), caller=name))

    def _cut(self, texts: pa.Array) -> pd.Series:
        tokens = text_series(texts)
        for step in self._front:
            if not self._is_fitted:
                step.fit(tokens)
            tokens = step.transform(tokens)
        self._is_fitted = True
        return tokens


def check_steps(pipeline: Pipeline, *, caller: str) -> None:
    """Refuse steps that cannot learn part by part.

    Raises
    ------
    SentimentError
        If a step is none of ours, or is not where it belongs.
    """
    steps: list[tuple[str, Any]] = list(pipeline.steps)
    for place, (name, step) in enumerate(steps, -len(steps)):
        if place == -1:
            fits = type(step) is LabelDecoder
            fits = fits and type(step.estimator) is BoostedLinearClassifier
        elif place == -2:
            fits = type(step) is NgramVectorizer
        else:
            fits = type(step) in _FRONT or step in (None, "passthrough")
        if not fits:
            raise SentimentError(
                f"{caller} takes a Pipeline of TextCleaner, WordTokenizer, "
                "StopWordRemover, NgramVectorizer and "
                "LabelDecoder(BoostedLinearClassifier), which can learn part by part. "
                f"Got the step {name!r}: {shown(step, 80)}. Fit it in memory."
            )
    if len(steps) < 2:
        raise SentimentError(
            f"{caller} takes a Pipeline with an NgramVectorizer. This one has none. "
            "Fit it in memory."
        )
