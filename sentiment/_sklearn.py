"""The private parts of scikit-learn, SciPy and pandas that this package uses.

A release that moves one of them breaks this file and no other.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from scipy.sparse._sparsetools import csr_matvec, csr_scale_columns
from sklearn.utils import _param_validation
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    RealNotInt,
    validate_parameter_constraints,
)
from sklearn.utils._set_output import _get_output_config as get_output_config
from sklearn.utils.parallel import _threadpool_controller_decorator
from sklearn.utils.sparsefuncs_fast import inplace_csr_row_normalize_l2
from sklearn.utils.validation import _check_sample_weight as check_sample_weight

__all__ = [
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "RealNotInt",
    "StrOptions",
    "check_sample_weight",
    "csr_matvec",
    "csr_scale_columns",
    "get_output_config",
    "iter_column_arrays",
    "normalize_rows",
    "on_one_blas_thread",
    "validate_parameter_constraints",
    "validate_parameters",
]

normalize_rows = inplace_csr_row_normalize_l2
"""What ``sklearn.preprocessing.normalize`` comes to; its import takes 0.1 s."""
on_one_blas_thread = _threadpool_controller_decorator(limits=1, user_api="blas")
"""Decorates a function whose matrices are too small to be shared out."""


class StrOptions(_param_validation.StrOptions):
    """A set of strings that error messages list in the order of the alphabet.

    scikit-learn's lists them in the order of the set, another in each process.
    """

    def __str__(self) -> str:
        return f"a str among {{{', '.join(map(repr, sorted(self.options)))}}}"


def validate_parameters(estimator: Any) -> None:
    """Refuse the values that ``_parameter_constraints`` of an estimator rule out."""
    validate_parameter_constraints(
        estimator._parameter_constraints,
        estimator.get_params(deep=False),
        caller_name=type(estimator).__name__,
    )


def iter_column_arrays(frame: pd.DataFrame) -> Iterator[Any]:
    """Return the array of each column; ``items`` makes a Series of each first."""
    return frame._iter_column_arrays()
