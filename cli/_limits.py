"""``check=limit`` on the command line: what may be found."""

from typing import Any

import click

__all__ = ["CheckLimit"]


class CheckLimit(click.ParamType):
    """``overlap``, ``duplicates=10`` or ``label_errors=2%`` as a pair.

    The limit is None, a number of rows, or a share of them.
    """

    name = "CHECK[=LIMIT]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int | float | None]:
        """Return the name and the limit."""
        if not isinstance(value, str):
            return value
        name, given, text = value.partition("=")
        if name and not given:
            return name, None
        try:
            if not name:
                raise ValueError
            if text.endswith("%"):
                return name, float(text[:-1]) / 100
            return name, int(text)
        except ValueError:
            self.fail(
                f"{value!r} is not of the form check, check=rows or check=share%, such "
                "as overlap, duplicates=10 or label_errors=2%.",
                param,
                ctx,
            )
