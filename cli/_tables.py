"""Results on stdout: for people rows as aligned columns, for programs JSON."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from ._exit_codes import MISSED
from ._reporting import report, warn


def print_result(
    result: Any, output_format: str, as_text: Callable[[Any], str]
) -> None:
    """Print a result as --format asks: "json" or "table"."""
    is_json = output_format == "json"
    click.echo(json.dumps(result.to_dict()) if is_json else as_text(result))


def print_report(
    found: Any,
    output_format: str,
    as_text: Callable[[Any], str],
    output: Path | None,
    *said: str,
    missed: Sequence[str],
) -> None:
    """Print a report and say what else was done; exit with 3 if anything was missed."""
    print_result(found, output_format, as_text)
    for sentence in ([] if output is None else [f"Wrote {output}."]) + list(said):
        report(sentence)
    for sentence in missed:
        warn(sentence)
    if missed:
        click.get_current_context().exit(MISSED)


def plain(text: str) -> str:
    """Return text without the characters that make a terminal do something."""
    return "".join(
        one if one.isprintable() or one in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for one in text
    )


def format_table(rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Return rows as lines of aligned columns.

    ``rows``: the first is usually the header. ``left``: so many columns are aligned to
    the left, the others, numbers, to the right.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if position < left else cell.rjust(width)
            for position, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def format_number(value: float | None) -> str:
    """Return a metric with four digits; nothing for None."""
    return "" if value is None else f"{value:.4f}"
