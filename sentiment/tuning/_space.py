"""What a search may try: parameters of the Pipeline, and their values."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from sentiment.exceptions import DataError

__all__ = ["SearchSpace", "default_space", "read_space"]

_CLASSIFIER = "classify__estimator__"
_LINEAR: dict[str, Any] = {
    "tokenize__punctuation": ["all", "emphatic", None],
    "tokenize__negation_scope": [0, 2, 4, 8],
    "stop_words__stop_words": [None, "english"],
    "vectorize__ngram_range": [(1, 1), (1, 2), (1, 3)],
    "vectorize__min_df": [1, 0.0001, 0.0003, 0.001],
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
_RANGE_KEYS = {"low", "high", "log"}


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

    Examples
    --------
    >>> space = SearchSpace({"vectorize__min_df": [1, 2], "classify__estimator__C":
    ...                      {"low": 0.1, "high": 10.0, "log": True}})
    >>> sorted(space.draw(np.random.default_rng(0)))
    ['classify__estimator__C', 'vectorize__min_df']
    >>> SearchSpace({"vectorize__min_df": []})
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DataError: A search space gives each parameter a list of
    values, or a range with 'low' below 'high'. Got [] for 'vectorize__min_df'.
    """

    values: Mapping[str, Any]

    def __post_init__(self) -> None:
        for name, given in self.values.items():
            if not _is_choice(given) and not _is_range(given):
                raise DataError(
                    "A search space gives each parameter a list of values, or a range "
                    f"with 'low' below 'high'. Got {given!r} for {name!r}."
                )

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        """Draw a value for each parameter."""
        return {name: _draw(given, rng) for name, given in self.values.items()}

    def examples(self) -> list[dict[str, Any]]:
        """Return parameters in which every value, and every end of a range, occurs."""
        ends = [
            list(given) if _is_choice(given) else [given["low"], given["high"]]
            for given in self.values.values()
        ]
        return [
            {
                name: values[min(i, len(values) - 1)]
                for name, values in zip(self.values, ends, strict=True)
            }
            for i in range(max(map(len, ends), default=0))
        ]


def default_space(preset: str) -> SearchSpace:
    """Return what is searched for a preset, unless told otherwise."""
    if preset == "tutorial":
        return SearchSpace(_TUTORIAL | _TREES)
    return SearchSpace(_LINEAR if preset == "fast" else _LINEAR | _TREES)


def read_space(path: str | PathLike[str]) -> SearchSpace:
    """Read a search space from a YAML or JSON file.

    Raises
    ------
    DataError
        If it cannot be read, or is not a mapping of parameters to values.
    """
    import yaml

    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The search space {str(path)!r} cannot be read: {error}.") from (
            error
        )
    try:
        is_json = str(path).endswith(".json")
        content = json.loads(text) if is_json else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        where = " ".join(str(error).split())
        raise DataError(
            f"{path} is neither YAML nor JSON: {where}. Write it as in "
            "`vectorize__min_df: [1, 2, 5]`."
        ) from error
    if not isinstance(content, dict) or not content:
        raise DataError(
            f"{path} holds no search space. Write a line for each parameter, as in "
            "`vectorize__min_df: [1, 2, 5]`."
        )
    try:
        return SearchSpace(content)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _is_choice(given: Any) -> bool:
    return isinstance(given, list | tuple) and len(given) > 0


def _is_range(given: Any) -> bool:
    if not isinstance(given, Mapping) or not {"low", "high"} <= set(given) <= _RANGE_KEYS:
        return False
    low, high = given["low"], given["high"]
    if not all(isinstance(x, Real) and math.isfinite(x) for x in (low, high)):
        return False
    return low < high and (low > 0 or not given.get("log", False))


def _draw(given: Any, rng: np.random.Generator) -> Any:
    if not isinstance(given, Mapping):
        return given[int(rng.integers(len(given)))]
    low, high = given["low"], given["high"]
    whole = isinstance(low, int) and isinstance(high, int)
    if whole:
        # Half a step to each side, so that the ends are drawn like the others.
        low, high = low - 0.5, high + 0.5
    if given.get("log", False):
        drawn = math.exp(rng.uniform(math.log(max(low, 1e-12)), math.log(high)))
    else:
        drawn = rng.uniform(low, high)
    if not whole:
        return float(f"{drawn:.4g}")
    return int(min(max(round(drawn), given["low"]), given["high"]))
