"""The private parts of scikit-learn that this package uses, in one place.

A release of scikit-learn that moves one of them breaks this file and no other.
"""

from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    StrOptions,
    validate_parameter_constraints,
)
from sklearn.utils._set_output import _get_output_config as get_output_config

__all__ = [
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "StrOptions",
    "get_output_config",
    "validate_parameter_constraints",
]
