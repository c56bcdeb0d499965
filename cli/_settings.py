"""Parameters of steps on the command line: ``--set step__param=value``."""

import ast
import shlex
from collections.abc import Mapping
from typing import Any

import click

__all__ = ["SETTING", "parse_value", "write_settings"]

_WORDS = {"true": True, "false": False, "none": None, "null": None}


class _Setting(click.ParamType):
    """``step__param=value`` as a pair; the value as Python or YAML would read it."""

    name = "STEP__PARAM=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Any]:
        if not isinstance(value, str):
            return value
        name, equals, text = value.partition("=")
        if not equals or not name.strip():
            self.fail(
                f"{value!r} is not of the form step__param=value, such as "
                "vectorize__min_df=5.",
                param,
                ctx,
            )
        return name.strip(), parse_value(text.strip())


SETTING = _Setting()


def parse_value(text: str) -> Any:
    """Return 1, 0.5, true, none, [1, 2] and (1, 3) as what they look like, else str."""
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def write_settings(params: Mapping[str, Any]) -> str:
    """Return the options that set these parameters, quoted for the shell.

    Examples
    --------
    >>> write_settings({"vectorize__ngram_range": (1, 2), "vectorize__min_df": 2})
    "--set 'vectorize__ngram_range=(1, 2)' --set vectorize__min_df=2"
    """
    words = []
    for name, value in params.items():
        text = str(value)
        # What would be read as something else, such as the text "1", is quoted.
        same = type(parse_value(text)) is type(value) and parse_value(text) == value
        words += ["--set", f"{name}={text if same else repr(value)}"]
    return shlex.join(words)
