"""What the trees see of the counts: some n-grams, as presence, count or tf-idf."""

from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.preprocessing import normalize


class TreeFeatures:
    """The columns that the trees see, and how."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def fit(
        self, X: sp.csr_matrix, strength: NDArray[np.float64], limit: int | None
    ) -> Self:
        """Choose the strongest columns; the lower column wins a tie."""
        self.columns = _find_largest(strength, limit).astype(np.int32)
        self.n_columns_in = X.shape[1]
        frequency = np.bincount(X.indices, minlength=X.shape[1])[self.columns]
        self.idf = np.log((1 + X.shape[0]) / (1 + frequency)) + 1.0
        return self

    def transform(self, X: sp.csr_matrix) -> sp.csr_matrix:
        """Return the chosen columns as float32."""
        X = self._select(X)
        if self.kind == "binary":
            X.data.fill(1.0)
        elif self.kind == "tfidf":
            X.data *= self.idf[X.indices]
            # scikit-learn's normalize refuses a batch of no rows.
            X = normalize(X, copy=False) if X.shape[0] else X
        # As X.astype(np.float32), in a third of the time: this is half of what the
        # features of one row cost.
        return sp.csr_matrix(
            (X.data.astype(np.float32), X.indices, X.indptr), shape=X.shape
        )

    def _select(self, X: sp.csr_matrix) -> sp.csr_matrix:
        # As X[:, columns], without the index arithmetic that scipy does for any order.
        if X.nnz < self.n_columns_in and len(self.columns):
            # A few rows: no table of a million columns for them.
            column = np.searchsorted(self.columns, X.indices).astype(np.int32)
            column[column == len(self.columns)] = 0
            kept = self.columns[column] == X.indices
        else:
            place = np.full(self.n_columns_in, -1, np.int32)
            place[self.columns] = np.arange(len(self.columns), dtype=np.int32)
            column = place[X.indices]
            kept = column >= 0
        before = np.concatenate([[0], np.cumsum(kept)])
        return sp.csr_matrix(
            (X.data[kept], column[kept], before[X.indptr]),
            shape=(X.shape[0], len(self.columns)),
        )

    def get_state(self) -> dict[str, Any]:
        """Return the attributes as plain values and arrays."""
        return dict(vars(self))

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Make the object of what :meth:`get_state` returned."""
        features = cls(state["kind"])
        vars(features).update(state)
        return features


def _find_largest(values: NDArray[np.float64], limit: int | None) -> NDArray[np.int64]:
    """Return the places of the largest values, in order; of ties the first."""
    if limit is None or limit >= len(values):
        return np.arange(len(values))
    least = np.partition(values, -limit)[-limit]
    above = values > least
    n_ties = limit - np.count_nonzero(above)
    ties = np.flatnonzero(values == least)[:n_ties]
    return np.sort(np.concatenate([np.flatnonzero(above), ties]))
