"""Choose some columns of a matrix, and take them."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment._sparse import make_csr


def find_largest(values: NDArray[np.float64], limit: int | None) -> NDArray[np.int64]:
    """Return the places of the largest values, in order; of ties the first."""
    if limit is None or limit >= len(values):
        return np.arange(len(values))
    least = np.partition(values, -limit)[-limit]
    above = values > least
    n_ties = limit - np.count_nonzero(above)
    ties = np.flatnonzero(values == least)[:n_ties]
    return np.sort(np.concatenate([np.flatnonzero(above), ties]))


def take_columns(X: sp.csr_matrix, columns: NDArray[np.integer]) -> sp.csr_matrix:
    """Return ``X[:, columns]`` for sorted columns, of a matrix in canonical form.

    Without the index arithmetic that SciPy does for columns in any order.
    """
    if X.nnz < X.shape[1] and len(columns):
        # A few rows: no table of a million columns for them.
        column = np.searchsorted(columns, X.indices).astype(np.int32)
        column[column == len(columns)] = 0
        kept = columns[column] == X.indices
    else:
        place = np.full(X.shape[1], -1, np.int32)
        place[columns] = np.arange(len(columns), dtype=np.int32)
        column = place[X.indices]
        kept = column >= 0
    before = np.zeros(len(kept) + 1, X.indptr.dtype)
    np.cumsum(kept, out=before[1:])
    shape = (X.shape[0], len(columns))
    return make_csr(X.data[kept], column[kept], before[X.indptr], shape)
