"""Rows as aligned columns, for people."""

from collections.abc import Sequence

__all__ = ["format_number", "format_table"]


def format_table(rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Return rows as lines of aligned columns.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first is usually the header.
    left : int, default=1
        So many columns are aligned to the left, the others, numbers, to the right.
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
