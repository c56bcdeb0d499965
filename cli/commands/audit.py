"""``sentiment audit``: what is wrong with data, before a model is trained on them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .._command import as_command
from .._flags import spell_flags
from .._options import (
    data_options,
    force_option,
    format_option,
    output_option,
    split_option,
)
from .._reporting import progress
from .._tables import format_table, plain, print_report
from .._types import CHECK_LIMIT

if TYPE_CHECKING:
    from sentiment.auditing import AuditReport, Finding

_SHOWN = 3


@as_command(
    "sentiment audit reviews.csv -o audit.html",
    "sentiment audit sample --fail-on overlap --fail-on label_errors=20%",
    "sentiment audit reviews.csv --test sample --format json",
    "sentiment audit reviews.csv --skip label_errors -o audit.json --force",
)
@click.argument("source", metavar="DATA")
@click.option(
    "--test",
    metavar="DATA",
    help="Test data to compare with.  [default: the test split of DATA, if it has one]",
)
@output_option("HTML page or, with the ending .json, data to write as well.")
@click.option(
    "--fail-on",
    type=CHECK_LIMIT,
    multiple=True,
    help="Exit with 3 if a check finds anything, or more than so many rows: overlap, "
    "duplicates=10, label_errors=2%; any for every problem. Can be repeated.",
)
@click.option(
    "--skip",
    metavar="CHECK",
    multiple=True,
    help="Leave this check out. Can be repeated.",
)
@click.option(
    "--near",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.4,
    help="Similarity from which two texts are near duplicates: shared pairs of words "
    "by all pairs of both.",
)
@click.option(
    "--top",
    type=click.IntRange(0),
    default=20,
    help="How many rows of each check the page shows.",
)
@format_option("table", "json")
@force_option
@split_option("train")
@split_option("test", "--test-split")
@data_options
@click.option(
    "--random-state", type=int, default=42, help="Seed of the folds of label_errors."
)
def command(
    source: str,
    fail_on: tuple[tuple[str, int | float | None], ...],
    output: Path | None,
    output_format: str,
    **options: Any,
) -> None:
    """Find what is wrong with data before training on them.

    Cells that are no text (not_text), texts without a word (empty), rows without a
    label (unlabelled), damage from a wrong encoding (encoding), tags (markup), texts
    that occur again (duplicates) or nearly so (near_duplicates), test texts that are in
    the training data (overlap), equal texts with different labels (conflicts), labels
    that are probably wrong (label_errors), rows sorted by label (label_order), classes
    of very different size (balance), texts of unusual length (length) or in another
    language (language). Each names its rows, the worst first, and the remedy.

    DATA is {DATA}.

    The exit code is 0 whatever is found, and 3 when it goes beyond --fail-on.
    """
    from sentiment.auditing import audit

    with progress("Auditing", unit="checks") as advance:
        found = audit(
            source, fail_on=dict(fail_on), output=output, progress=advance, **options
        )
    missed = [f"Missed: {sentence}" for sentence in found.missed]
    print_report(found, output_format, _as_table, output, missed=missed)


def _as_table(found: "AuditReport") -> str:
    rows = [
        [one.state, one.check, *_counts(one)]
        for state in ("problem", "notice", "fine", "skipped")
        for one in found.findings
        if one.state == state
    ]
    parts = [format_table([["", "check", "rows", "share"], *rows], left=2)]
    for state in ("problem", "notice"):
        parts += [_describe(one) for one in found.findings if one.state == state]
    return plain("\n\n".join(parts))


def _counts(one: "Finding") -> list[str]:
    if not one.rows:
        return ["", ""]
    return [f"{one.n_rows:,}", f"{100 * one.share:.1f} %"]


def _describe(one: "Finding") -> str:
    """Return a finding with its first rows and its remedy."""
    summary = f"; {one.summary}" if one.summary else ""
    lines = [f"{one.check}: {one.title}{summary}."]
    lines += [f"  {row['place']}{_say(row)}" for row in one.rows[:_SHOWN]]
    if len(one.rows) > _SHOWN:
        lines.append(f"  ... and {len(one.rows) - _SHOWN:,} more")
    return "\n".join([*lines, f"  {spell_flags(one.remedy)}"])


def _say(row: dict[str, Any]) -> str:
    """Return in words what a check says of a row."""
    said = []
    if "suggested" in row:
        said.append(f"is {row['label']!r}, probably {row['suggested']!r}")
        said.append(f"probability {row['probability']:.4f}")
    elif "label" in row:
        said.append(f"is {row['label']!r}")
    if "other_place" in row:
        other = f" is {row['other_label']!r}" if "other_label" in row else ""
        said.append(f"other: {row['other_place']}{other}")
    if "similarity" in row:
        said.append(f"similarity {row['similarity']:.2f}")
    if "found" in row:
        meant = f", was {row['meant']!r}" if "meant" in row else ""
        said.append(f"{row['found']}{meant}")
    if "words" in row:
        said.append(f"{row['words']:,} words")
    return f": {', '.join(said)}" if said else ""
