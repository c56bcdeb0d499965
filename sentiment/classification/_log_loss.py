"""The log loss of margins, and its derivatives."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logsumexp, softmax

Floats = NDArray[np.float64]


def compute_log_loss(margins: Floats, y: NDArray, weight: Floats) -> float:
    """Return the weighted mean log loss of margins of shape (n_rows, n_margins)."""
    return float((compute_losses(margins, y) * weight).sum() / weight.sum())


def compute_losses(margins: Floats, y: NDArray) -> Floats:
    """Return the log loss of each row."""
    if margins.shape[1] == 1:
        own: Floats = margins[:, 0] * y
        return np.logaddexp(0.0, margins[:, 0]) - own
    return logsumexp(margins, axis=1) - margins[np.arange(len(y)), y]


def compute_probabilities(margins: Floats) -> Floats:
    """Return the probabilities of shape (n_rows, n_classes)."""
    if margins.shape[1] > 1:
        every: Floats = softmax(margins, axis=1)
        return every
    positive = expit(margins[:, 0])
    return np.column_stack([1.0 - positive, positive])


def differentiate_log_loss(margins: Floats, y: NDArray) -> tuple[Floats, Floats]:
    """Return the first and second derivatives of each row's log loss, by margin."""
    if margins.shape[1] == 1:
        p = expit(margins)
        return p - y[:, None], p * (1.0 - p)
    p = softmax(margins, axis=1)
    gradient = p.copy()
    gradient[np.arange(len(y)), y] -= 1.0
    return gradient, p * (1.0 - p)
