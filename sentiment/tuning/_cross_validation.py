"""How good a Pipeline is on rows that it has not seen, from training rows alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sentiment._messages import shown
from sentiment.classification._labels import check_labels, encode_labels
from sentiment.classification._linear_start import make_folds
from sentiment.exceptions import LabelError
from sentiment.training._scores import score_probabilities

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

__all__ = ["CrossValidation", "HeldOut"]

# As scikit-learn clips: what is impossible to a model costs 36, not infinity.
_TINY = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class HeldOut:
    """What a Pipeline answers for rows, each answer of a fit without the row.

    Attributes
    ----------
    codes : ndarray of int of shape (n_rows,)
        The true classes.
    probabilities : ndarray of shape (n_rows, n_classes)
        The answers.
    """

    codes: NDArray[np.int64]
    probabilities: NDArray[np.float64]

    def scores(self) -> dict[str, float]:
        """Return accuracy, AUC and log loss of all rows together."""
        return score_probabilities(self.codes, self.probabilities)

    def losses(self, metric: str) -> NDArray[np.float64] | None:
        """Return what each row adds to a metric; None for one of pairs of rows."""
        if metric == "accuracy":
            wrong = self.probabilities.argmax(axis=1) != self.codes
            return wrong.astype(np.float64)
        if metric != "log_loss":
            return None
        of_true = self.probabilities[np.arange(len(self.codes)), self.codes]
        return -np.log(np.clip(of_true, _TINY, 1.0))


class CrossValidation:
    """Cross-validates Pipelines on the same rows and folds.

    The whole Pipeline is fitted in each fold, so that neither a vocabulary nor the
    number of trees is chosen with the help of a row that is held out.

    Parameters
    ----------
    X, y : DataFrame, Series
        The training rows.
    n_folds : int
        How many folds at most; never more than two classes have rows.
    seed : int
        Draws the rows and the folds.

    Raises
    ------
    LabelError
        If only one class has a row for two folds.
    """

    def __init__(
        self, X: "pd.DataFrame", y: "pd.Series", n_folds: int, seed: int
    ) -> None:
        self._X, self._y = X, y
        self._classes = np.unique(check_labels(y, caller="tune"))
        self._codes = encode_labels(y, self._classes)
        self._n_folds, self._seed = n_folds, seed
        counts = np.bincount(self._codes)
        if np.sort(counts)[-2] < 2:
            rare = self._classes[counts.argmin()].item()
            raise LabelError(
                "tune cross-validates, for which at least two classes need 2 training "
                f"rows. Class {shown(rare)} has only 1 beside the rows for "
                "validation. Add "
                "rows of it."
            )

    def answer(
        self,
        pipeline: "Pipeline",
        n_rows: int,
        before_fold: Callable[[], None] = lambda: None,
    ) -> HeldOut:
        """Return the answers for so many rows, or a few more.

        ``before_fold`` is called before each fold, and may raise to end it.
        """
        from sklearn.base import clone

        rows = self._draw_rows(n_rows)
        codes = self._codes[rows]
        probabilities = np.zeros((len(rows), len(self._classes)))
        for held_out in make_folds(codes, self._n_folds, self._seed):
            before_fold()
            seen = rows[np.setdiff1d(np.arange(len(rows)), held_out)]
            fitted = clone(pipeline).fit(self._X.iloc[seen], self._y.iloc[seen])
            # A rare class may be missing from the rows that were seen.
            columns = encode_labels(fitted.classes_, self._classes)
            answers = fitted.predict_proba(self._X.iloc[rows[held_out]])
            probabilities[np.ix_(held_out, columns)] = answers
        return HeldOut(codes, probabilities)

    def _draw_rows(self, n_rows: int) -> NDArray[np.int64]:
        """Return rows of each class in proportion; of fewer rows, some of the same.

        Of a rare class there is one for each fold, as long as there are so many.
        """
        shuffled = np.random.default_rng(self._seed).permutation(len(self._codes))
        kept = []
        for code in range(len(self._classes)):
            of_class = shuffled[self._codes[shuffled] == code]
            share = int(np.ceil(len(of_class) * n_rows / len(self._codes)))
            kept.append(of_class[: max(share, self._n_folds)])
        return np.sort(np.concatenate(kept))
