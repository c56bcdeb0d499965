"""``metric=value`` on the command line: what is asked for."""

import math
from typing import Any

import click

__all__ = ["MetricValue"]


class MetricValue(click.ParamType):
    """``accuracy=0.9`` as a pair of name and number."""

    name = "METRIC=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, float]:
        """Return the name and the number."""
        if not isinstance(value, str):
            return value
        # Labels may hold "=", numbers do not.
        name, _, text = value.rpartition("=")
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not name or not math.isfinite(number):
            self.fail(
                f"{value!r} is not of the form metric=value, such as accuracy=0.9.",
                param,
                ctx,
            )
        return name, number
