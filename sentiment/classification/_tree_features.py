"""What the trees see of the counts: some n-grams, as presence, count or tf-idf."""

from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment._sklearn import normalize_rows
from sentiment._sparse import take_columns, with_data
from sentiment.classification._linear_start import find_largest


class TreeFeatures:
    """The columns that the trees see, and how."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def fit(
        self,
        frequency: NDArray[np.int64],
        n_rows: int,
        strength: NDArray[np.float64],
        limit: int | None,
    ) -> Self:
        """Choose the strongest columns; the lower column wins a tie.

        ``frequency`` says in how many of the rows each column is.
        """
        self.columns = find_largest(strength, limit).astype(np.int32)
        self.n_columns_in = len(frequency)
        self.idf = np.log((1 + n_rows) / (1 + frequency[self.columns])) + 1.0
        return self

    def transform(self, X: sp.csr_matrix) -> sp.csr_matrix:
        """Return the chosen columns as float32."""
        X = take_columns(X, self.columns)
        if self.kind == "binary":
            X.data.fill(1.0)
        elif self.kind == "tfidf":
            X.data *= self.idf[X.indices]
            normalize_rows(X)
        return with_data(X, X.data.astype(np.float32))

    def restrict(self, places: NDArray[np.int32], n_columns: int) -> None:
        """Follow the columns to new places, of which there are ``n_columns``."""
        self.columns = places[self.columns]
        self.n_columns_in = n_columns

    def get_state(self) -> dict[str, Any]:
        """Return the attributes as plain values and arrays."""
        return dict(vars(self))

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Make the object of what :meth:`get_state` returned."""
        features = cls(state["kind"])
        names = ("columns", "n_columns_in", "idf")
        vars(features).update({name: state[name] for name in names})
        return features
