"""How good a Pipeline is on rows that it has not seen, from training rows alone."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from sentiment._arrays import Floats, Ints, Places
from sentiment.classification import check_labels, encode_labels, make_folds
from sentiment.evaluation import Answers, Measures, resample
from sentiment.exceptions import LabelError
from sentiment.pipeline import fit_pipeline
from sentiment.training._scores import make_answers, score_probabilities
from sentiment.training._validation_split import count_repeats

if TYPE_CHECKING:
    from sentiment.training._training_data import TrainingData

AfterFold = Callable[[Pipeline, Ints, Floats], None]


@dataclass(frozen=True)
class HeldOut:
    """What a Pipeline answers for rows, each answer of a fit without the row's text.

    Attributes
    ----------
    codes : ndarray of int of shape (n_rows,)
        The true classes.
    groups : ndarray of int of shape (n_rows,)
        Numbers of the texts: rows of one number are held out together.
    repeats : ndarray of shape (n_repeats, n_rows, n_classes)
        The answers, those of each repeat with folds of its own.
    """

    codes: Ints
    groups: Places
    repeats: Floats

    def answers(self) -> list[Answers]:
        """Return the answers of each repeat."""
        return [make_answers(self.codes, one) for one in self.repeats]

    def scores(self) -> dict[str, float]:
        """Return the scores of all rows together, the mean over the repeats."""
        found = [score_probabilities(self.codes, one) for one in self.repeats]
        return {name: float(np.mean([one[name] for one in found])) for name in found[0]}

    def error_of_gain(self, other: "HeldOut", metric: str) -> float:
        """Return the standard error of the difference to the same rows' other answers.

        What is hard for both takes no part in it: both are measured on the same
        resamples of the rows.
        """
        pair = self.answers() + other.answers()
        measures = [Measures(one) for one in pair]
        sums = resample(measures, self.groups, seed=0)
        drawn = [
            one.read(part)[metric] for one, part in zip(measures, sums, strict=True)
        ]
        n_own = len(self.repeats)
        difference = np.mean(drawn[:n_own], axis=0) - np.mean(drawn[n_own:], axis=0)
        return float(np.nanstd(difference))


def weighted(
    weights: "pd.Series | None", rows: Ints | None = None
) -> dict[str, Floats]:
    """Return the weights of some rows as a parameter of fit, if there are any."""
    if weights is None:
        return {}
    values = weights.to_numpy(np.float64)
    return {"sample_weight": values if rows is None else values[rows]}


class CrossValidation:
    """Cross-validates Pipelines on the same rows and folds.

    The whole Pipeline is fitted in each fold, so that neither a vocabulary nor the
    number of trees is chosen with the help of a row that is held out. Rows of one text
    are held out together: a copy would give the label away.

    Parameters
    ----------
    X, y : DataFrame, Series
        The training rows.
    n_folds : int
        How many folds at most; never more than two classes have rows.
    seed : int
        Draws the rows and the folds.
    n_repeats : int, default=1
        How many times, each with other folds.
    weights : Series, default=None
        How much each row counts in a fit.
    beside : mapping, default=None
        What each fit takes besides, such as ``X_unlabelled``.

    Raises
    ------
    LabelError
        If only one class has a row for two folds.
    """

    def __init__(
        self,
        X: "pd.DataFrame",
        y: "pd.Series",
        n_folds: int,
        seed: int,
        n_repeats: int = 1,
        weights: "pd.Series | None" = None,
        beside: Mapping[str, Any] | None = None,
    ) -> None:
        self._beside = dict(beside or {})
        self._X, self._y, self._weights = X, y, weights
        self.classes = np.unique(check_labels(y, caller="cross-validation"))
        self._codes = encode_labels(y, self.classes)
        self._n_folds, self._seed, self._n_repeats = n_folds, seed, n_repeats
        counts = np.bincount(self._codes)
        if np.sort(counts)[-2] < 2:
            rare = self.classes[counts.argmin()].item()
            raise LabelError(
                "Cross-validation takes 2 training rows of at least two classes. Class "
                f"{rare!r} has only 1. Add rows of it."
            )
        groups, _ = pd.factorize(X["text"])
        firsts = np.unique(groups, return_index=True)[1]
        # A class of one text alone would be held out as a whole.
        counts = np.bincount(self._codes[firsts], minlength=2)
        apart = np.sort(counts)[-2] >= 2
        self._groups = groups if apart else np.arange(len(groups))

    @classmethod
    def of(cls, data: "TrainingData", n_folds: int, seed: int) -> "CrossValidation":
        """Return that of the rows of a training; few rows take part more than once."""
        assert isinstance(data.X, pd.DataFrame)
        repeats = count_repeats(len(data.y))
        beside = data.beside_rows()
        return cls(data.X, data.y, n_folds, seed, repeats, data.weights, beside)

    def answer(
        self,
        pipeline: Pipeline,
        n_rows: int | None = None,
        before_fold: Callable[[], None] = lambda: None,
        after_fold: AfterFold = lambda *_: None,
    ) -> HeldOut:
        """Return the answers for so many rows, or a few more; None for all.

        Parameters
        ----------
        pipeline : Pipeline
            Is cloned.
        n_rows : int, default=None
            How many rows take part.
        before_fold : callable
            Called before each fold, and may raise to end it.
        after_fold : callable
            Called with the fitted clone, and the places and probabilities of the rows
            that it has not seen.
        """
        from sklearn.base import clone

        rows = self._draw_rows(len(self._codes) if n_rows is None else n_rows)
        shape = (self._n_repeats, len(rows), len(self.classes))
        repeats = np.zeros(shape)
        _, groups = np.unique(self._groups[rows], return_inverse=True)
        for repeat in range(self._n_repeats):
            for held_out in self._make_folds(rows, groups, repeat):
                before_fold()
                seen = rows[np.setdiff1d(np.arange(len(rows)), held_out)]
                fitted = self._fit(clone(pipeline), seen)
                # A rare class may be missing from the rows that were seen.
                columns = encode_labels(fitted.classes_, self.classes)
                asked = rows[held_out]
                answers = fitted.predict_proba(self._X.iloc[asked])
                repeats[repeat][np.ix_(held_out, columns)] = answers
                after_fold(fitted, asked, answers)
        return HeldOut(self._codes[rows], groups, repeats)

    def _fit(self, pipeline: Pipeline, seen: Ints) -> Pipeline:
        X, y = self._X.iloc[seen], self._y.iloc[seen]
        more = weighted(self._weights, seen) | self._beside
        return fit_pipeline(pipeline, X, y, **more)

    def _make_folds(self, rows: Ints, groups: Places, repeat: int) -> Iterator[Places]:
        """Yield the places of the rows of each fold, rows of a group together."""
        firsts = np.unique(groups, return_index=True)[1]
        codes = self._codes[rows[firsts]]
        for held_out in make_folds(codes, self._n_folds, self._seed + repeat):
            yield np.flatnonzero(np.isin(groups, held_out))

    def _draw_rows(self, n_rows: int) -> Ints:
        """Return rows of each class in proportion; of fewer rows, some of the same.

        Of a rare class there is one for each fold, as long as there are so many.
        """
        shuffled = np.random.default_rng(self._seed).permutation(len(self._codes))
        kept = []
        for code in range(len(self.classes)):
            of_class = shuffled[self._codes[shuffled] == code]
            share = int(np.ceil(len(of_class) * n_rows / len(self._codes)))
            kept.append(of_class[: max(share, self._n_folds)])
        return np.sort(np.concatenate(kept))
