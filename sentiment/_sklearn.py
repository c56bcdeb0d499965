"""The private parts of scikit-learn and SciPy that this package uses, in one place.

A release that moves one of them breaks this file and no other.
"""

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
    "validate_parameter_constraints",
]


class StrOptions(_param_validation.StrOptions):
    """A set of strings that error messages list in the order of the alphabet.

    scikit-learn's lists them in the order of the set, another in each process.
    """

    def __str__(self) -> str:
        return f"a str among {{{', '.join(map(repr, sorted(self.options)))}}}"
