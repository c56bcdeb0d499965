"""What the three text steps share: one column in, one column out."""

from functools import lru_cache
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from sentiment._set_output import check_set_output
from sentiment._sklearn import validate_parameter_constraints


class OneColumnTransformer(TransformerMixin, BaseEstimator):
    """Base of the transformers that map a column of documents to another.

    The output is a Series; after ``set_output(transform="pandas")`` scikit-learn
    makes it a DataFrame of one column, which the next step takes as well.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {}
    _output_column: ClassVar[str]

    def check_parameters(self) -> None:
        """Raise InvalidParameterError if a parameter is none that we take."""
        values = [getattr(self, name) for name in self._parameter_constraints]
        # For one document, the check would take longer than the work.
        kind: Any = type(self)
        check = _check_once if all(map(_is_hashable, values)) else _check
        check(kind, *values)

    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the parameters; there is nothing to learn.

        Parameters
        ----------
        X : documents
            Ignored: a transformer without state must not depend on its batch.
        y : None
            Ignored: no label is used before the classifier.

        Returns
        -------
        self : object
        """
        self.check_parameters()
        check_set_output(self)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the name of the one output column.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        names : ndarray of shape (1,)
        """
        return np.array([self._output_column], dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = []
        return tags


def _check(kind: type[OneColumnTransformer], *values: Any) -> None:
    constraints = kind._parameter_constraints
    named = dict(zip(constraints, values, strict=True))
    validate_parameter_constraints(constraints, named, caller_name=kind.__name__)


# Typed: True is not 1 here.
_check_once = lru_cache(maxsize=256, typed=True)(_check)


def _is_hashable(value: Any) -> bool:
    return value is None or isinstance(value, str | int)
