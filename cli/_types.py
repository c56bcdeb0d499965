"""What is typed for an option, as the value that the library takes."""

import ast
import math
from collections.abc import Callable
from typing import Any

import click

from sentiment.suggestions import did_you_mean

_WORDS = {"true": True, "false": False, "none": None, "null": None}
_PERIODS = ("hour", "day", "week", "month")


class Choice(click.Choice[str]):
    """One of some words; of another, it says which may be meant."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Return the message of click, and a guess."""
        message = super().get_invalid_choice_message(value, ctx)
        return message + did_you_mean(str(value), self.choices)


class _Typed(click.ParamType):
    """A text as what a function makes of it, which raises ``ValueError`` if it cannot.

    ``fault`` says what such a text is, and what to write.
    """

    def __init__(self, name: str, parse: Callable[[str], Any], fault: str) -> None:
        self.name = name
        self._parse = parse
        self._fault = fault

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return self._parse(value)
        except ValueError:
            self.fail(f"{value!r} {self._fault}", param, ctx)


def parse_value(text: str) -> Any:
    """Return 1, 0.5, true, none, [1, 2] and (1, 3) as what they look like, else str."""
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def _parse_limit(text: str) -> tuple[str, int | float | None]:
    name, given, limit = text.partition("=")
    if not name:
        raise ValueError(text)
    if not given:
        return name, None
    return name, float(limit[:-1]) / 100 if limit.endswith("%") else int(limit)


def _parse_metric(text: str) -> tuple[str, float]:
    # Labels may hold "=", numbers do not.
    name, _, value = text.rpartition("=")
    if not name or not math.isfinite(float(value)):
        raise ValueError(text)
    return name, float(value)


def _parse_names(text: str) -> list[str] | dict[str, str]:
    names = [name.strip() for name in text.split(",")]
    if not all("=" in name[1:] for name in names):
        if not all(names):
            raise ValueError(text)
        return names
    pairs = [name.rpartition("=") for name in names]
    found = {label.strip(): name.strip() for label, _, name in pairs}
    if len(found) < len(pairs) or not all(found.values()):
        raise ValueError(text)
    return found


def _parse_setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise ValueError(text)
    return name.strip(), parse_value(value.strip())


def _parse_window(text: str) -> int | str:
    if text in _PERIODS:
        return text
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ValueError(text)
    return int(text)


CHECK_LIMIT = _Typed(
    "CHECK[=LIMIT]",
    _parse_limit,
    "is not of the form check, check=rows or check=share%, such as overlap, "
    "duplicates=10 or label_errors=2%.",
)
METRIC_VALUE = _Typed(
    "METRIC=VALUE",
    _parse_metric,
    "is not of the form metric=value, such as accuracy=0.9.",
)
LABEL_NAMES = _Typed(
    "A,B,...|LABEL=A,...",
    _parse_names,
    "holds an empty name, or names a label twice. Write the names with one comma "
    "between two: negative,positive for whole numbers in their order, or "
    "0=negative,4=positive for any labels.",
)
SETTING = _Typed(
    "STEP__PARAM=VALUE",
    _parse_setting,
    "is not of the form step__param=value, such as vectorize__min_df=5.",
)
WINDOW = _Typed(
    "ROWS|hour|day|week|month",
    _parse_window,
    f"is neither a number of rows nor one of {', '.join(_PERIODS)}.",
)
