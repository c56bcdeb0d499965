"""Which class a model chooses: the likeliest one, or as its threshold says."""

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentiment.exceptions import ModelError

__all__ = ["choose_classes", "find_threshold"]


def find_threshold(pipeline: Any) -> tuple[float, int] | None:
    """Return the threshold that a classifier of two classes carries.

    scikit-learn's ``FixedThresholdClassifier`` and ``TunedThresholdClassifierCV``
    are found at any depth of the last step. Their threshold is part of the model: every
    door must choose by it.

    Parameters
    ----------
    pipeline : Pipeline or estimator
        Fitted.

    Returns
    -------
    found : (float, int) or None
        The threshold and the place in ``classes_`` of the class that is chosen from
        this probability on. None where the likeliest class is chosen.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import FixedThresholdClassifier
    >>> from sentiment import LabelDecoder
    >>> careful = FixedThresholdClassifier(LogisticRegression(), threshold=0.9)
    >>> find_threshold(LabelDecoder(careful).fit([[0.0], [1.0]], ["no", "yes"]))
    (0.9, 1)
    """
    from sklearn.pipeline import Pipeline

    # Where nobody has imported them, nobody has made one.
    selection = sys.modules.get("sklearn.model_selection")
    if selection is None:
        return None
    inner = pipeline[-1] if isinstance(pipeline, Pipeline) else pipeline
    while inner is not None:
        if isinstance(inner, selection.FixedThresholdClassifier):
            return _of_probability(inner, inner.threshold, inner.pos_label)
        if isinstance(inner, selection.TunedThresholdClassifierCV):
            return _of_probability(inner, inner.best_threshold_, None)
        inner = getattr(inner, "estimator_", None)
    return None


def choose_classes(pipeline: Any, probabilities: NDArray[Any]) -> NDArray[np.intp]:
    """Return the place in ``classes_`` of the class chosen for each row.

    Parameters
    ----------
    pipeline : Pipeline or estimator
        Fitted.
    probabilities : ndarray of shape (n_documents, n_classes)
        What its ``predict_proba`` answered.

    Returns
    -------
    chosen : ndarray of int of shape (n_documents,)

    Raises
    ------
    ModelError
        If a probability is no finite number: nothing can be chosen by it.
    """
    wrong = ~np.isfinite(probabilities).all(axis=1)
    if wrong.any():
        raise ModelError(
            f"The model answers {np.count_nonzero(wrong):,} of {len(wrong):,} "
            "documents with probabilities that are no finite numbers. It is damaged or "
            "was trained on such values. Train it again."
        )
    found = find_threshold(pipeline)
    if found is None:
        return probabilities.argmax(axis=1)
    threshold, place = found
    reached = probabilities[:, place] >= threshold
    return np.where(reached, place, 1 - place).astype(np.intp)


def _of_probability(
    estimator: Any, threshold: Any, pos_label: Any
) -> tuple[float, int] | None:
    # Of a margin, not of a probability: nothing that a table of probabilities tells.
    if estimator.response_method == "decision_function":
        return None
    place = 1 if pos_label is None else int(pos_label == estimator.classes_[1])
    return (0.5 if threshold == "auto" else float(threshold)), place
