"""What a search may try: parameters of the Pipeline, and their values."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Real
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from sentiment._json import read_json
from sentiment._messages import shown
from sentiment._sklearn import InvalidParameterError
from sentiment.exceptions import DataError

_RANGE_KEYS = {"low", "high", "log"}
_EXAMPLE = "`vectorize__min_df: [1, 2, 5]`"

_CLASSIFIER = "classify__estimator__"
_LINEAR: dict[str, Any] = {
    "tokenize__punctuation": ["all", "emphatic", None],
    "tokenize__negation_scope": [0, 2, 4, 8],
    "tokenize__stemmer": [None, "english"],
    "stop_words__stop_words": [None, "english"],
    "vectorize__ngram_range": [(1, 1), (1, 2), (1, 3), (1, 4)],
    # A share, so that it means the same on few rows and on all.
    "vectorize__min_df": {"low": 5e-5, "high": 3e-3, "log": True},
    f"{_CLASSIFIER}C": {"low": 0.03, "high": 3.0, "log": True},
    f"{_CLASSIFIER}alpha": ["auto", 0.3, 1.0, 3.0, 10.0],
    f"{_CLASSIFIER}power": {"low": 0.4, "high": 1.0},
}
_TREES: dict[str, Any] = {
    f"{_CLASSIFIER}max_depth": {"low": 2, "high": 8},
    f"{_CLASSIFIER}learning_rate": {"low": 0.03, "high": 0.3, "log": True},
    f"{_CLASSIFIER}min_child_weight": {"low": 0.5, "high": 20.0, "log": True},
    f"{_CLASSIFIER}colsample_bytree": {"low": 0.3, "high": 1.0},
}
_TUTORIAL: dict[str, Any] = {
    "vectorize__max_features": [1000, 2000, 5000, 10_000],
    "vectorize__ngram_range": [(1, 1), (1, 2)],
    "stop_words__stop_words": [None, "english", "tutorial"],
}
_OF_PRESET = {
    "accurate": _LINEAR | _TREES,
    "fast": _LINEAR,
    "tutorial": _TUTORIAL | _TREES,
}


@dataclass(frozen=True)
class SearchSpace:
    """Parameters of a Pipeline, each with the values that a search may try.

    Parameters
    ----------
    values : mapping of str to list or mapping
        The name of a parameter, as in :func:`sentiment.make_sentiment_pipeline`, to a
        list of values, or to a range ``{"low": 0.1, "high": 10.0, "log": True}``. Of
        two int, a range gives int. With ``log``, it is the order of magnitude that is
        drawn.
    name : str, default="The search space"
        What messages call it, such as the file it is from.

    Examples
    --------
    >>> space = SearchSpace({"vectorize__min_df": [1, 2], "classify__estimator__C":
    ...                      {"low": 0.1, "high": 10.0, "log": True}})
    >>> sorted(space.draw(np.random.default_rng(0)))
    ['classify__estimator__C', 'vectorize__min_df']
    >>> SearchSpace({"vectorize__min_df": []}, name="space.yaml")
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DataError: space.yaml: 'vectorize__min_df' takes a list of
    values such as [1, 2, 5], or a range such as {low: 1, high: 5}, with low below high.
    Got [].
    """

    values: Mapping[str, Any]
    name: str = "The search space"

    def __post_init__(self) -> None:
        if not isinstance(self.values, Mapping) or not self.values:
            raise DataError(
                f"{self.name} names no parameter. Give each its values, as in "
                f"{_EXAMPLE}."
            )
        for key, given in self.values.items():
            if not isinstance(key, str):
                raise DataError(
                    f"{self.name}: {shown(key)} is no name of a parameter. Write step "
                    "and "
                    f"parameter, as in {_EXAMPLE}."
                )
            if not _is_choice(given) and not _is_range(given):
                raise DataError(
                    f"{self.name}: {shown(key)} takes a list of values such as [1, 2, "
                    "5], "
                    "or a range such as {low: 1, high: 5}, with low below high"
                    f"{_above_zero(given)}. Got {shown(given)}."
                )

    def check(self, build: Callable[[dict[str, Any]], Any]) -> None:
        """Refuse names and values that the Pipeline does not take.

        Parameters
        ----------
        build : callable
            Builds a Pipeline from parameters; raises ``InvalidParameterError``.

        Raises
        ------
        InvalidParameterError
            If ``build`` does, for a value or an end of a range.
        """
        before: dict[str, Any] = {}
        for key, given in self.values.items():
            values = given if _is_choice(given) else [given["low"], given["high"]]
            for value in values:
                try:
                    build(before | {key: value})
                except InvalidParameterError as error:
                    raise InvalidParameterError(
                        f"{self.name}: {key}: {error}"
                    ) from None
            before[key] = values[0]

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        """Draw a value for each parameter."""
        return {name: _draw(given, rng) for name, given in self.values.items()}


def read_space(path: str | PathLike[str]) -> SearchSpace:
    """Read a search space from a YAML or JSON file.

    Parameters
    ----------
    path : str or path
        Of a mapping as :class:`SearchSpace` takes it.

    Raises
    ------
    DataError
        If it cannot be read, or is not a mapping of parameters to values.
    """
    from sentiment._yaml import YAMLError, read_yaml

    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(
            f"The search space {str(path)!r} cannot be read: {reason}. Give a YAML or "
            f"JSON file with lines as in {_EXAMPLE}."
        ) from error
    try:
        is_json = str(path).endswith(".json")
        content = read_json(text) if is_json else read_yaml(text)
    except (ValueError, RecursionError, YAMLError) as error:
        where = " ".join(str(error).split())
        raise DataError(
            f"{path} is not {'JSON' if is_json else 'YAML'}: {where}. Write lines as "
            f"in {_EXAMPLE}."
        ) from error
    return SearchSpace(content, name=str(path))


def _is_choice(given: Any) -> bool:
    return isinstance(given, list | tuple) and len(given) > 0


def _is_range(given: Any) -> bool:
    if (
        not isinstance(given, Mapping)
        or not {"low", "high"} <= set(given) <= _RANGE_KEYS
    ):
        return False
    low, high, log = given["low"], given["high"], given.get("log", False)
    if not isinstance(log, bool) or not _is_number(low) or not _is_number(high):
        return False
    return low < high and (low > 0 or not log)


def _is_number(value: Any) -> bool:
    is_real = isinstance(value, Real) and not isinstance(value, bool)
    return is_real and math.isfinite(value)


def _above_zero(given: Any) -> str:
    is_log = isinstance(given, Mapping) and given.get("log", False)
    return " and, with log: true, above 0" if is_log else ""


def _draw(given: Any, rng: np.random.Generator) -> Any:
    if not isinstance(given, Mapping):
        return given[int(rng.integers(len(given)))]
    first, last = given["low"], given["high"]
    whole = isinstance(first, int) and isinstance(last, int)
    # Of int half a step to each side, so that the ends are drawn like the others.
    low, high = (first - 0.5, last + 0.5) if whole else (first, last)
    if given.get("log", False):
        drawn = math.exp(rng.uniform(math.log(low), math.log(high)))
    else:
        drawn = rng.uniform(low, high)
    rounded = round(drawn) if whole else float(f"{drawn:.4g}")
    return min(max(rounded, first), last)


def default_space(preset: str) -> SearchSpace:
    """Return what is searched for a preset, unless told otherwise."""
    return SearchSpace(_OF_PRESET[preset])
