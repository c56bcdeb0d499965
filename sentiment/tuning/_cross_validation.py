"""How good a Pipeline is on rows that it has not seen, from training rows alone."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sentiment.classification._labels import check_labels, encode_labels
from sentiment.classification._linear_start import _make_folds as make_folds
from sentiment.training._scores import score_probabilities

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

__all__ = ["CrossValidation"]


class CrossValidation:
    """Cross-validates Pipelines on the same rows and folds.

    Parameters
    ----------
    X, y : DataFrame, Series
        The training rows.
    n_folds : int
        How many folds at most; never more than two classes have rows.
    seed : int
        Draws the rows and the folds.
    """

    def __init__(
        self, X: "pd.DataFrame", y: "pd.Series", n_folds: int, seed: int
    ) -> None:
        self._X, self._y = X, y
        self._classes = np.unique(check_labels(y, caller="tune"))
        self._codes = encode_labels(y, self._classes)
        self._n_folds, self._seed = n_folds, seed

    def score(self, pipeline: "Pipeline", n_rows: int) -> dict[str, float]:
        """Return accuracy, AUC and log loss of all held-out rows together."""
        from sklearn.base import clone

        rows = self._draw_rows(n_rows)
        codes = self._codes[rows]
        probabilities = np.zeros((len(rows), len(self._classes)))
        for held_out in make_folds(codes, self._n_folds, self._seed):
            seen = rows[np.setdiff1d(np.arange(len(rows)), held_out)]
            fitted = clone(pipeline).fit(self._X.iloc[seen], self._y.iloc[seen])
            # A rare class may be missing from the rows that were seen.
            columns = encode_labels(fitted.classes_, self._classes)
            answers = fitted.predict_proba(self._X.iloc[rows[held_out]])
            probabilities[np.ix_(held_out, columns)] = answers
        return score_probabilities(codes, probabilities)

    def _draw_rows(self, n_rows: int) -> NDArray[np.int64]:
        """Return rows of each class in proportion; of fewer rows, some of the same."""
        shuffled = np.random.default_rng(self._seed).permutation(len(self._codes))
        kept = []
        for code in range(len(self._classes)):
            of_class = shuffled[self._codes[shuffled] == code]
            share = int(np.ceil(len(of_class) * n_rows / len(self._codes)))
            kept.append(of_class[:share])
        return np.sort(np.concatenate(kept))
