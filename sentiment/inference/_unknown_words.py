"""Say when a model knows few of the words that it is asked about."""

import logging
from typing import Any

import pandas as pd

from sentiment.feature_extraction import count_unseen

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
    n_words, n_unseen = count_unseen(pipeline, texts.iloc[:_ENOUGH_ROWS])
    return 1 - n_unseen / n_words if n_words else None


def warn_of_unknown_words(share: float | None) -> None:
    """Log a warning if a model knows few of the words."""
    if share is not None and share < _FEW:
        _LOGGER.warning(
            "Warning: the model knows %.0f %% of the words here, so its answers are "
            "guesses. Use a model that was trained on texts of this kind and language.",
            100 * share,
        )
