"""Choose the probability from which the second class is answered, and keep it."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sentiment._arrays import Flags, Floats, Ints
from sentiment.evaluation._answers import Answers
from sentiment.exceptions import DataError, ModelError

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


_HALVES = 2


def _accuracy(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    return (tp + tn) / (tp + fp + fn + tn)


def _balanced_accuracy(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    return (tp / (tp + fn) + tn / (tn + fp)) / 2


def _f1_positive(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    return 2 * tp / np.maximum(2 * tp + fp + fn, 1)


def _f1_negative(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    return 2 * tn / np.maximum(2 * tn + fp + fn, 1)


def _f1(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    return (_f1_positive(tp, fp, fn, tn) + _f1_negative(tp, fp, fn, tn)) / 2


@dataclass(frozen=True)
class TunedThreshold:
    """A threshold, and what it is worth.

    Attributes
    ----------
    metric : str
        What it was tuned for.
    threshold : float
        Answer the second class from this probability on.
    value : float
        The metric at this threshold, on the rows it was chosen on: a little too good.
    value_held_out : float
        The metric where each half of the rows is judged by the threshold that was
        chosen on the other half.
    value_before : float
        The metric as the model chooses now.
    thresholds, values : tuple of float
        The metric over thresholds, for a picture.
    """

    metric: str
    threshold: float
    value: float
    value_held_out: float
    value_before: float
    thresholds: tuple[float, ...]
    values: tuple[float, ...]


def tune_threshold(
    answers: Answers, metric: str, random_state: int | None = 0
) -> TunedThreshold:
    """Choose the threshold at which a metric is largest.

    Every threshold that makes a difference is tried. It is put in the middle between
    the two probabilities that it separates, and, of equally good ones, nearest to 0.5.

    Raises
    ------
    DataError
        If there are not two classes, both among the rows, or no such metric.

    Examples
    --------
    >>> codes, said = np.array([0, 0, 1, 1]), np.array([0.1, 0.3, 0.4, 0.9])
    >>> table = np.column_stack([1 - said, said])
    >>> answers = Answers(np.array(["no", "yes"]), codes, table, table.argmax(axis=1))
    >>> tuned = tune_threshold(answers, "accuracy")
    >>> round(tuned.threshold, 3), tuned.value, tuned.value_before
    (0.35, 1.0, 0.75)
    """
    score = _find_score(answers, metric)
    codes, said = answers.codes, answers.probabilities[:, 1]
    thresholds, values = _scan(codes, said, score)
    best = _choose(thresholds, values)
    chosen = answers.chosen == 1
    halves = np.random.default_rng(random_state).permutation(len(codes)) % _HALVES
    for half in range(_HALVES):
        inner, outer = halves != half, halves == half
        if inner.any() and len(np.unique(codes[inner])) == _HALVES:
            chosen_on = _choose(*_scan(codes[inner], said[inner], score))
            chosen[outer] = said[outer] >= chosen_on
    shown = np.linspace(0, len(thresholds) - 1, min(len(thresholds), 200)).astype(int)
    return TunedThreshold(
        metric=metric,
        threshold=best,
        value=float(values.max()),
        value_held_out=float(score(*_count(codes, chosen))),
        value_before=float(score(*_count(codes, answers.chosen == 1))),
        thresholds=tuple(thresholds[shown].tolist()),
        values=tuple(values[shown].tolist()),
    )


def with_threshold(pipeline: "Pipeline", threshold: float) -> "Pipeline":
    """Return a Pipeline that answers by a threshold; the given one stays as it is.

    The fitted steps are shared, not copied. The classifier within the last step becomes
    scikit-learn's ``FixedThresholdClassifier`` around it, so that the threshold is a
    parameter of the Pipeline and is kept by ``clone`` and ``fit``.

    Raises
    ------
    ModelError
        If the last step is not a LabelDecoder.
    """
    from sklearn.base import clone
    from sklearn.model_selection import FixedThresholdClassifier
    from sklearn.pipeline import Pipeline

    from sentiment.classification import LabelDecoder

    name, decoder = pipeline.steps[-1]
    if not isinstance(decoder, LabelDecoder):
        raise ModelError(
            "A threshold is put into the LabelDecoder at the end of the Pipeline. This "
            f"one ends in a {type(decoder).__name__}. Wrap that one in scikit-learn's "
            "FixedThresholdClassifier instead."
        )
    new = copy(decoder)
    fitted: Any = decoder.estimator_
    unfitted = decoder.estimator
    if isinstance(fitted, FixedThresholdClassifier):
        fitted, unfitted = fitted.estimator_, unfitted.estimator
    new.estimator, new.estimator_ = (
        FixedThresholdClassifier(
            clone(unfitted), threshold=threshold, response_method="predict_proba"
        )
        for _ in range(2)
    )
    new.estimator_.estimator_ = fitted
    return Pipeline([*pipeline.steps[:-1], (name, new)])


def _find_score(answers: Answers, metric: str) -> Callable[..., Floats]:
    classes = answers.classes.tolist()
    if len(classes) != 2:
        raise DataError(
            "A threshold can be tuned for two classes only. This model has "
            f"{len(classes)}. Leave tune_for=... out."
        )
    if len(np.unique(answers.codes)) != 2:
        raise DataError(
            "A threshold is tuned on rows of both classes. These are all "
            f"{classes[answers.codes[0]]!r}. Add rows of the other class."
        )
    scores = {
        "accuracy": _accuracy,
        "balanced_accuracy": _balanced_accuracy,
        "f1": _f1,
        f"f1_{classes[0]}": _f1_negative,
        f"f1_{classes[1]}": _f1_positive,
    }
    if metric not in scores:
        raise DataError(
            f"A threshold is tuned for one of {', '.join(scores)}. Got {metric!r}."
        )
    return scores[metric]


def _scan(
    codes: Ints, said: Floats, score: Callable[..., Floats]
) -> tuple[Floats, Floats]:
    """Return every threshold that makes a difference, and its score."""
    order = np.argsort(said, kind="stable")
    ranked, true = said[order], codes[order] == 1
    # Below row i: answered with the first class.
    below = np.append(np.flatnonzero(np.diff(ranked, prepend=-1.0) > 0), len(codes))
    # Behind the last row: from there on, no row is answered with the second class.
    ranked = np.append(ranked, 1.0 if ranked[-1] < 1.0 else 1.0 + 2.0**-51)
    positives = np.concatenate([[0], np.cumsum(true)])
    fn = positives[below].astype(np.float64)
    tn = below - fn
    tp, fp = positives[-1] - fn, (len(codes) - positives[-1]) - tn
    before = np.where(below > 0, ranked[below - 1], ranked[below])
    return (before + ranked[below]) / 2, score(tp, fp, fn, tn)


def _choose(thresholds: Floats, values: Floats) -> float:
    best = thresholds[values >= values.max() - 1e-12]
    return float(best[np.abs(best - 0.5).argmin()])


def _count(codes: Ints, chosen: Flags) -> tuple[Floats, Floats, Floats, Floats]:
    true = codes == 1
    counts = (true & chosen, ~true & chosen, true & ~chosen, ~true & ~chosen)
    tp, fp, fn, tn = (np.float64(one.sum()) for one in counts)
    return tp, fp, fn, tn  # type: ignore[return-value]
