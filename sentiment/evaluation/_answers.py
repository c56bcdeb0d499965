"""What a model said about rows whose label is known."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Answers:
    """The answers of one model, row by row.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        The labels.
    codes : ndarray of int of shape (n_rows,)
        The true classes as places in ``classes``.
    probabilities : ndarray of shape (n_rows, n_classes)
        What the model answered.
    chosen : ndarray of int of shape (n_rows,)
        The classes it chose; not always the likeliest, if it has a threshold.
    """

    classes: NDArray[Any]
    codes: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    chosen: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: NDArray[Any]) -> "Answers":
        """Return the answers for some rows, by places or by a mask."""
        return Answers(
            self.classes,
            self.codes[rows],
            self.probabilities[rows],
            self.chosen[rows],
        )

    def confusion(self) -> NDArray[np.int64]:
        """Return how often each class (row) was taken for each (column)."""
        n_classes = len(self.classes)
        cells = np.bincount(
            self.codes * n_classes + self.chosen, minlength=n_classes**2
        )
        return cells.reshape(n_classes, n_classes)
