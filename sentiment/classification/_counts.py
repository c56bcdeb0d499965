"""What counts as counts: checked, and dampened, in one place."""

from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.utils.validation import check_array, validate_data

from sentiment._set_output import read_sparse_frame
from sentiment._sparse import with_data


def check_counts(estimator: Any, X: Any, *, reset: bool = False) -> sp.csr_matrix:
    """Return counts as a CSR matrix in the one form that gives the same bits.

    Float64, the columns of each row in order, each once, no zero stored: a sum over a
    row then adds the same numbers in the same order, however the row was handed over.
    ``X`` itself is not changed.

    Raises
    ------
    ValueError
        If ``X`` is not two-dimensional, or a value is below 0, infinite or missing.
    """
    if not reset and _is_known(estimator, X):
        X = with_data(X, X.data.astype(np.float64))
    else:
        options = {
            "accept_sparse": "csr",
            "dtype": np.float64,
            "ensure_min_samples": 1 if reset else 0,
        }
        counts = read_sparse_frame(X)
        if counts is None:
            X = validate_data(estimator, X, reset=reset, **options)
        else:
            # The names of the columns, then what is in them.
            validate_data(estimator, X, reset=reset, skip_check_array=True)
            X = check_array(counts, estimator=estimator, input_name="X", **options)
        X = sp.csr_matrix(X)
    if not X.has_canonical_format or not X.data.all():
        X = X.copy()
        X.sum_duplicates()
        X.eliminate_zeros()
    if (X.data < 0).any():
        raise ValueError(
            f"Negative values in data passed to {type(estimator).__name__}. It takes "
            "counts: pass them as they are, not scaled or centred."
        )
    return X


def _is_known(estimator: Any, X: Any) -> bool:
    """Say whether these are counts as NgramVectorizer gives them.

    scikit-learn's checks of one row take longer than its prediction: 0.25 ms.
    """
    return (
        type(X) is sp.csr_matrix
        and X.dtype == np.int64
        and X.shape[1] == estimator.n_features_in_
        and not hasattr(estimator, "feature_names_in_")
    )


def dampen(X: sp.csr_matrix) -> sp.csr_matrix:
    """Return 1 + log(count) of counts without stored zeros.

    Below 1, where no count lies but a share may, the value itself: there the logarithm
    would fall below 0. The matrix shares what does not change with ``X``.
    """
    if not (X.data > 1.0).any():
        return X
    damped = np.minimum(X.data, 1.0 + np.log(np.maximum(X.data, 1.0)))
    return with_data(X, damped)
