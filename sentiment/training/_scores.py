"""How good probabilities are, in four numbers."""

import numpy as np
from numpy.typing import NDArray

from sentiment.evaluation._answers import Answers
from sentiment.evaluation._measures import Measures

__all__ = ["score_probabilities"]

_NAMES = ("accuracy", "roc_auc", "log_loss", "calibration_error")


def score_probabilities(
    codes: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> dict[str, float]:
    """Return accuracy, AUC, log loss and calibration error.

    Parameters
    ----------
    codes : ndarray of int of shape (n_documents,)
        The true classes, as columns of ``probabilities``.
    probabilities : ndarray of shape (n_documents, n_classes)
        What the model answered.

    Returns
    -------
    scores : dict of str to float
        ``accuracy``, ``roc_auc``, ``log_loss``, ``calibration_error``. Of more than two
        classes, the AUC is the mean over the classes of one against the rest. It is
        left out when the rows lack a class: then it is not defined. The expected
        calibration error is over 15 bins of equal width, as :func:`evaluate` has it.

    Examples
    --------
    >>> probabilities = np.array([[0.9, 0.1], [0.4, 0.6]])
    >>> scores = score_probabilities(np.array([0, 1]), probabilities)
    >>> {name: round(value, 3) for name, value in scores.items()}
    {'accuracy': 1.0, 'roc_auc': 1.0, 'log_loss': 0.308, 'calibration_error': 0.25}
    >>> list(score_probabilities(np.array([1, 1]), probabilities))
    ['accuracy', 'log_loss', 'calibration_error']
    """
    classes = np.arange(probabilities.shape[1])
    answers = Answers(classes, codes, probabilities, probabilities.argmax(axis=1))
    measured = Measures(answers).point()
    return {name: measured[name] for name in _NAMES if not np.isnan(measured[name])}
