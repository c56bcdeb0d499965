"""How good probabilities are, in three numbers."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["score_probabilities"]


def score_probabilities(
    codes: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> dict[str, float]:
    """Return accuracy, AUC and log loss.

    Parameters
    ----------
    codes : ndarray of int of shape (n_documents,)
        The true classes, as columns of ``probabilities``.
    probabilities : ndarray of shape (n_documents, n_classes)
        What the model answered.

    Returns
    -------
    scores : dict of str to float
        ``accuracy``, ``roc_auc``, ``log_loss``. Of more than two classes, the AUC is
        the mean over the classes of one against the rest. It is left out when the rows
        lack a class: then it is not defined.

    Examples
    --------
    >>> probabilities = np.array([[0.9, 0.1], [0.4, 0.6]])
    >>> scores = score_probabilities(np.array([0, 1]), probabilities)
    >>> {name: round(value, 3) for name, value in scores.items()}
    {'accuracy': 1.0, 'roc_auc': 1.0, 'log_loss': 0.308}
    >>> list(score_probabilities(np.array([1, 1]), probabilities))
    ['accuracy', 'log_loss']
    """
    from sklearn.metrics import log_loss, roc_auc_score

    n_classes = probabilities.shape[1]
    scores = {"accuracy": float((probabilities.argmax(axis=1) == codes).mean())}
    if len(np.unique(codes)) == n_classes:
        areas = [
            roc_auc_score(codes == code, probabilities[:, code])
            for code in ([1] if n_classes == 2 else range(n_classes))
        ]
        scores["roc_auc"] = float(np.mean(areas))
    labels = np.arange(n_classes)
    scores["log_loss"] = float(log_loss(codes, probabilities, labels=labels))
    return scores
