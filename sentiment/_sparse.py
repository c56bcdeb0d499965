"""CSR matrices in canonical form, made of arrays and of one another."""

from copy import copy

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment._arrays import Array


def make_csr(
    data: Array, indices: Array, indptr: Array, shape: tuple[int, int]
) -> sp.csr_matrix:
    """Return rows whose columns are in order, each once, as a matrix."""
    matrix = sp.csr_matrix((data, indices, indptr), shape=shape)
    matrix.has_sorted_indices = matrix.has_canonical_format = True
    return matrix


def with_data(X: sp.csr_matrix, data: Array) -> sp.csr_matrix:
    """Return a matrix with other values in the same places, which it shares."""
    changed = copy(X)
    changed.data = data
    return changed


def take_columns(X: sp.csr_matrix, columns: NDArray[np.integer]) -> sp.csr_matrix:
    """Return ``X[:, columns]`` for sorted columns, of a matrix in canonical form.

    Without the index arithmetic that SciPy does for columns in any order.
    """
    if X.nnz < X.shape[1] and len(columns):
        # A few rows: no table of a million columns for them.
        column = np.searchsorted(columns, X.indices).astype(X.indices.dtype)
        column[column == len(columns)] = 0
        kept = columns[column] == X.indices
    else:
        place = np.full(X.shape[1], -1, X.indices.dtype)
        place[columns] = np.arange(len(columns), dtype=place.dtype)
        column = place[X.indices]
        kept = column >= 0
    before = np.zeros(len(kept) + 1, X.indptr.dtype)
    np.cumsum(kept, out=before[1:])
    shape = (X.shape[0], len(columns))
    return make_csr(X.data[kept], column[kept], before[X.indptr], shape)
