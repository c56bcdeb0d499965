"""What ``set_output`` asks for: sparse matrices as DataFrames, and those read back."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from sentiment._sklearn import get_output_config, iter_column_arrays


def check_set_output(estimator: Any, why: str = "") -> str:
    """Return the output that is set, "default" or "pandas".

    Raises ValueError if it is another, such as "polars".
    """
    output: str = get_output_config("transform", estimator)["dense"]
    if output not in ("default", "pandas"):
        raise ValueError(
            f"{type(estimator).__name__} gives no {output} DataFrame{why}. Use "
            'set_output(transform="pandas") or set_output(transform="default").'
        )
    return output


def as_set_output(estimator: Any, matrix: sp.csr_matrix, X: Any) -> Any:
    """Return a matrix, or after ``set_output(transform="pandas")`` a DataFrame.

    scikit-learn would refuse a sparse matrix there. It names the columns itself.
    """
    n_rows, n_columns = matrix.shape
    megabytes = n_rows * n_columns * matrix.dtype.itemsize / 1e6
    size = (
        f": it has no sparse columns, and {n_rows:,} rows of {n_columns:,} columns "
        f"would take {megabytes:,.1f} MB"
    )
    if check_set_output(estimator, size) == "default":
        return matrix
    index = X.index if isinstance(X, pd.Series | pd.DataFrame) else None
    with _no_collection():
        return pd.DataFrame.sparse.from_spmatrix(matrix, index=index)


def read_sparse_frame(X: Any) -> sp.csr_matrix | None:
    """Return a DataFrame of sparse columns as a matrix, None for anything else.

    pandas makes a Series of each column for that: 4 s for 170,000 columns.
    """
    if not isinstance(X, pd.DataFrame) or not X.shape[1]:
        return None
    columns = []
    for column in iter_column_arrays(X):
        if not isinstance(column, pd.arrays.SparseArray) or column.fill_value != 0:
            return None
        columns.append(column)
    rows = [column.sp_index.indices for column in columns]
    ends = np.cumsum([0, *map(len, rows)])
    data = np.concatenate([column.sp_values for column in columns])
    return sp.csc_matrix((data, np.concatenate(rows), ends), shape=X.shape).tocsr()


@contextmanager
def _no_collection() -> Iterator[None]:
    """Let Python not look for garbage among the columns while they are made.

    It does so again and again, in 2.5 of 3 s for 170,000 columns, and finds none.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
