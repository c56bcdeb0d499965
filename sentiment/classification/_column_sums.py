"""What Naive Bayes asks of the rows: sums over each column, by class."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ColumnSums:
    """Weighted sums over rows, one entry a column.

    Attributes
    ----------
    positive, negative : ndarray of float64 of shape (n_features,)
        The counts in the rows of each class.
    frequency : ndarray of float64 of shape (n_features,)
        The rows with a count above 0.
    weight : float
        Of all rows.
    """

    positive: Floats
    negative: Floats
    frequency: Floats
    weight: float

    @classmethod
    def of(cls, X: sp.csr_matrix, positive: NDArray[np.bool_], weight: Floats) -> Self:
        """Sum the rows of a matrix without stored zeros.

        Rows of weight 0 leave no trace, not even in the last bit.
        """
        by_class = X.T @ (positive * weight), X.T @ (~positive * weight)
        if (X.data == 1.0).all():
            frequency = by_class[0] + by_class[1]
        else:
            present = sp.csr_matrix((np.ones(X.nnz), X.indices, X.indptr), X.shape)
            frequency = present.T @ weight
        return cls(*by_class, frequency, float(weight.sum()))

    def take(self, columns: NDArray[np.bool_]) -> Self:
        """Return the sums over some columns."""
        kept = self.positive[columns], self.negative[columns], self.frequency[columns]
        return type(self)(*kept, self.weight)

    def weigh(self, alpha: float, power: float = 1.0) -> Floats:
        """Return inverse document frequency times log-count ratio.

        The smoothing is shared out between the classes as the counts are, so that a
        column of which nothing is known speaks for neither, however rare a class is.
        """
        of_positive, of_negative = self.positive.sum(), self.negative.sum()
        total = of_positive + of_negative
        # Smoothed all the same where a class has no count at all.
        share = np.clip(of_positive / total, 1e-6, 1 - 1e-6) if total else 0.5
        p = self.positive + 2.0 * alpha * share
        q = self.negative + 2.0 * alpha * (1.0 - share)
        ratio = np.log(p / q) - np.log(share / (1.0 - share))
        if power != 1.0:
            ratio = np.sign(ratio) * np.abs(ratio) ** power
        # scikit-learn's smooth inverse document frequency.
        idf = np.log((1 + self.weight) / (1 + self.frequency)) + 1.0
        return idf * ratio
