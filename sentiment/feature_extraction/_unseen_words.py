"""How many words of documents a fitted Pipeline knows."""

from typing import Any

import numpy as np
import pandas as pd

from sentiment.feature_extraction._ngram_vectorizer import NgramVectorizer
from sentiment.tokens import check_tokens


def count_unseen(pipeline: Any, texts: pd.Series) -> tuple[int, int]:
    """Return how many tokens documents hold, and how many the vocabulary lacks.

    ``pipeline``: fitted. Of one without an NgramVectorizer both are 0.
    """
    vectorizer = find_vectorizer(pipeline)
    if vectorizer is None:
        return 0, 0
    tokens = check_tokens(before_counts(pipeline, texts))
    known = vectorizer.known_words(tokens.words)
    return len(tokens.ids), int(np.count_nonzero(~known[tokens.ids]))


def find_vectorizer(pipeline: Any) -> NgramVectorizer | None:
    """Return the NgramVectorizer before the last step, if there is one."""
    steps: Any = getattr(pipeline, "steps", ())
    found = steps[-2][1] if len(steps) > 1 else None
    return found if isinstance(found, NgramVectorizer) else None


def before_counts(pipeline: Any, texts: pd.Series) -> Any:
    """Return documents as the step in front of the last two leaves them."""
    return pipeline[:-2].transform(texts) if len(pipeline.steps) > 2 else texts
