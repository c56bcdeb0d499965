"""Vectors of documents from their counts alone: correspondence analysis."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment._sklearn import on_one_blas_thread
from sentiment._sparse import take_columns, with_data

# Rarer n-grams say little of a subject, and of the commonest each document has all.
_LEAST, _MOST = 20, 0.5
_COMPONENTS, _N_ITER = 64, 3
# Few labels must go by the largest components, which many documents share. On IMDB,
# vectors whose components all count alike cost 11 points with 50 labels, 2.5 with 200
# and nothing with 20,000; with the first power, 3.5 and 0.5.
_POWER = 2
# Of fewer rows, as many components would learn their chance.
_ROWS_EACH = 100


@on_one_blas_thread
def embed_rows(X: sp.csr_matrix, seed: int) -> NDArray[np.float32]:
    """Return a vector of length 1 for each row: near where rows have alike columns.

    Parameters
    ----------
    X : csr_matrix of shape (n_rows, n_columns)
        Counts; what is above 0 counts as 1.
    seed : int
        Of the randomised singular value decomposition.

    Returns
    -------
    vectors : ndarray of float32 of shape (n_rows, n_components)
        64 components, or one for each hundred rows.

    References
    ----------
    J.-P. Benzécri (1973). "L'analyse des données".

    N. Halko, P. Martinsson and J. Tropp (2011). "Finding Structure with Randomness".
    SIAM Review.
    """
    from sklearn.utils.extmath import randomized_svd

    frequency = np.bincount(X.indices, minlength=X.shape[1])
    kept = (frequency >= _LEAST) & (frequency <= _MOST * X.shape[0])
    n_components = min(_COMPONENTS, X.shape[0] // _ROWS_EACH, kept.sum() - 1)
    if n_components < 1:
        return np.zeros((X.shape[0], 0), np.float32)
    X, frequency = take_columns(X, np.flatnonzero(kept)), frequency[kept]
    lengths = np.diff(X.indptr)
    expected = frequency[X.indices] * np.repeat(lengths, lengths)
    shares = with_data(X, (1.0 / np.sqrt(expected)).astype(np.float32))
    left, values, _ = randomized_svd(
        shares, n_components + 1, n_iter=_N_ITER, random_state=seed
    )
    # The first component says how long a document is, and nothing else.
    vectors = left[:, 1:] * values[1:] ** _POWER
    sizes = np.linalg.norm(vectors, axis=1, keepdims=True)
    sizes[sizes == 0.0] = 1.0
    return (vectors / sizes).astype(np.float32)
