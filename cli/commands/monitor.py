"""``sentiment monitor``: whether new data still look like those of the test."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .._command import as_command
from .._options import data_options, output_option, report_options, split_option
from .._reporting import progress
from .._tables import format_table, print_report
from .._types import WINDOW

if TYPE_CHECKING:
    from sentiment.monitoring import MonitoringReport


@as_command(
    "sentiment monitor models:/reviews@champion new.jsonl -o monitoring.html",
    "sentiment monitor models:/reviews@champion reviews.csv --window 60",
    "sentiment monitor models:/reviews@champion new.jsonl --reference reviews.csv "
    "--format json",
)
@click.argument("model")
@click.argument("source", metavar="NEW_DATA")
@output_option("HTML page to write as well.")
@click.option(
    "--window",
    type=WINDOW,
    help="Look at every so many rows, or every period, by itself as well.",
)
@click.option(
    "--time-column",
    metavar="NAME",
    help="Column that holds the time of each row.  [default: rows are in order]",
)
@click.option(
    "--reference",
    metavar="DATA",
    help="Compare with these rows, which MODEL has not learned from.  [default: the "
    "profile that MODEL keeps]",
)
@split_option("test", "--reference-split")
@click.option(
    "--max-psi",
    type=click.FloatRange(0),
    default=0.2,
    help="Population stability index from which a distribution may alarm.",
)
@click.option(
    "--max-strange",
    type=click.FloatRange(0, 1),
    default=0.02,
    help="Share of outliers, beyond the expected, from which it may alarm.",
)
@click.option(
    "--max-drop",
    type=click.FloatRange(0, 1),
    default=0.05,
    help="Fall of the accuracy from which it may alarm.",
)
@click.option(
    "--strange",
    "n_strange",
    type=click.IntRange(0),
    default=5,
    help="How many documents to show of each strange kind, in page and json.",
)
@report_options
@data_options
def command(
    model: str, source: str, output: Path | None, output_format: str, **options: Any
) -> None:
    """Compare new data with those that a model was tested on.

    No label is needed: words that the model has never seen, the length of the
    documents, repeated words, the score and the predicted classes are compared with the
    small profile that MODEL keeps of its test or validation rows, and outliers are
    counted. Where rows have a label, the metrics are measured, too.

    MODEL is {MODEL}. NEW_DATA is {DATA}.

    The exit code is 3 on an alarm: something has changed that is large enough to matter
    and no chance.
    """
    from sentiment.monitoring import monitor

    with progress("Monitoring") as advance:
        found = monitor(model, source, output=output, progress=advance, **options)
    alarms = [f"Alarm: {sentence}" for sentence in found.alarms]
    print_report(found, output_format, _as_table, output, missed=alarms)


def _as_table(found: "MonitoringReport") -> str:
    from sentiment.monitoring import CHECK_HEADER, check_row, metric_rows, window_rows

    checks = [check_row(check) for check in found.whole.checks]
    parts = [format_table([CHECK_HEADER, *checks])]
    metrics = metric_rows(found)
    if metrics:
        parts.append(format_table([["", "reference", "these rows"], *metrics]))
    if found.windows:
        parts.append(format_table(window_rows(found), left=2))
    return "\n\n".join(parts)
