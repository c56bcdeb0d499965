"""Say when a model knows few of the words that it is asked about."""

import logging
from typing import Any

import numpy as np
import pandas as pd

from sentiment.feature_extraction import NgramVectorizer
from sentiment.tokens import check_tokens

_LOGGER = logging.getLogger("sentiment")
# Of English reviews, reviews-en knows 95 % of the words, of German ones a fifth.
_FEW = 0.4
_ENOUGH_ROWS = 1_000


def share_of_known_words(pipeline: Any, texts: pd.Series) -> float | None:
    """Return the share of the words of texts that a vocabulary holds.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    texts : Series of str
        The first thousand are looked at.

    Returns
    -------
    share : float or None
        From 0 to 1. None if the texts hold no word, or the Pipeline no NgramVectorizer.
    """
    steps: Any = getattr(pipeline, "steps", ())
    if len(steps) < 3 or not isinstance(steps[-2][1], NgramVectorizer):
        return None
    tokens = check_tokens(pipeline[:-2].transform(texts.iloc[:_ENOUGH_ROWS]))
    if not len(tokens.ids):
        return None
    known = steps[-2][1].known_words(tokens.words)
    return float(np.mean(known[tokens.ids]))


def warn_of_unknown_words(share: float | None) -> None:
    """Log a warning if a model knows few of the words."""
    if share is not None and share < _FEW:
        _LOGGER.warning(
            "Warning: the model knows %.0f %% of the words here, so its answers are "
            "guesses. Use a model that was trained on texts of this kind and language.",
            100 * share,
        )
