"""The params that a prediction takes, checked in one place for every door."""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from sentiment._messages import shown


@dataclass(frozen=True, slots=True)
class PredictionOptions:
    """What may be asked for besides label and score.

    ``probabilities``: whether to answer with a column for each class as well.
    ``threshold``: answer ``classes_[1]`` from this probability on. None: the likeliest
    class. ``explain``: answer with the margin as well, and with so many n-grams that it
    comes from.
    """

    probabilities: bool = False
    threshold: float | None = None
    explain: int | None = None


_NAMES = ("probabilities", "threshold", "explain")


def read_options(params: Any, n_classes: int) -> PredictionOptions:
    """Return MLflow's ``params`` as options.

    Raises TypeError, ValueError if there is a name we do not know, or a value of
    another type or range.
    """
    if params is None:
        return PredictionOptions()
    if not isinstance(params, Mapping):
        raise TypeError(
            f"'params' takes an object of names and values. Got {shown(params)}."
        )
    unknown = [name for name in params if name not in _NAMES]
    if unknown:
        raise ValueError(
            "'params' takes 'probabilities', 'threshold' and 'explain'. Got "
            f"{shown(unknown[0])}."
        )
    # What is None is not set: so MLflow's signature spells a missing default.
    probabilities = params.get("probabilities")
    if probabilities is not None and not isinstance(probabilities, bool):
        raise ValueError(
            "The param 'probabilities' takes true or false. Got "
            f"{shown(probabilities)}."
        )
    return PredictionOptions(
        bool(probabilities),
        _read_threshold(params.get("threshold"), n_classes),
        _read_explain(params.get("explain")),
    )


def _read_explain(value: Any) -> int | None:
    if value is None:
        return None
    # In JSON 10.0 is an integer.
    is_whole = isinstance(value, float) and value.is_integer()
    if isinstance(value, bool) or not (is_whole or isinstance(value, Integral)):
        raise TypeError(
            f"The param 'explain' takes a number of n-grams. Got {shown(value)}."
        )
    if value < 1:
        raise ValueError(f"The param 'explain' takes 1 or more. Got {shown(value)}.")
    return int(value)


def _read_threshold(value: Any, n_classes: int) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"The param 'threshold' takes a number. Got {shown(value)}.")
    if not 0 <= value <= 1:
        raise ValueError(
            "The param 'threshold' takes a probability from 0 to 1. Got "
            f"{shown(value)}."
        )
    if n_classes != 2:
        raise ValueError(
            "The param 'threshold' is for models of two classes. This one has "
            f"{n_classes}; ask for 'probabilities' and choose among them."
        )
    return float(value)
