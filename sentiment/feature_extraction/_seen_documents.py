"""Which documents a fitted Pipeline, or its prior, was learned from."""

from typing import Any

import numpy as np
import pandas as pd

from sentiment._arrays import Array
from sentiment.feature_extraction._unseen_words import before_counts, find_vectorizer
from sentiment.prior import count_known
from sentiment.tokens import check_tokens

# Two documents of 100,000 have one hash by chance.
_BY_CHANCE = 0.001


class SeenDocuments:
    """Counts how many of some documents a model was learned from.

    Most models do not know: only one that is to come with a package remembers its
    documents, and a model that has it as a prior.

    ``pipeline``: fitted.
    """

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._known = _remembered(pipeline)
        self._n_seen = self._n_documents = 0

    def look_at(self, texts: pd.Series) -> None:
        """Count some documents."""
        self._n_documents += len(texts)
        if len(self._known):
            tokens = check_tokens(before_counts(self._pipeline, texts))
            self._n_seen += count_known(tokens, self._known)

    def describe(self, name: str) -> str | None:
        """Return a sentence if the model knows some of them; ``name`` says which."""
        n_seen, n_documents = self._n_seen, self._n_documents
        if n_seen <= _BY_CHANCE * n_documents:
            return None
        return (
            f"The model was learned from {n_seen:,} of {n_documents:,} {name} texts "
            f"({n_seen / n_documents:.1%}), so the metrics are better than on new "
            "texts. Measure it on others."
        )


def _remembered(pipeline: Any) -> Array:
    vectorizer = find_vectorizer(pipeline)
    if vectorizer is None:
        return np.zeros(0, np.uint32)
    known = [] if vectorizer.remembered_ is None else [vectorizer.remembered_]
    if vectorizer.prior is not None and vectorizer.knows_prior():
        known.append(vectorizer.prior.seen)
    return np.concatenate([np.zeros(0, np.uint32), *known])
