"""``sentiment evaluate``: how good a model is, on labelled rows."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .._command import as_command
from .._options import data_options, output_option, report_options
from .._reporting import progress
from .._tables import format_number, format_table, print_report
from .._types import METRIC_VALUE

if TYPE_CHECKING:
    from sentiment.evaluation import EvaluationReport


@as_command(
    "sentiment evaluate models:/reviews@champion reviews.csv -o report.html",
    "sentiment evaluate models:/reviews@champion sample --fail-under accuracy=0.6",
    "sentiment evaluate models:/reviews@champion sample --tune-threshold f1",
    "sentiment evaluate models:/reviews@champion sample --against "
    "models:/reviews/1 --format json",
)
@click.argument("model")
@click.argument("source", metavar="DATA")
@output_option("HTML page to write as well.")
@click.option(
    "--fail-under",
    type=METRIC_VALUE,
    multiple=True,
    help="Exit with 3 if a metric is worse: accuracy=0.9, log_loss=0.3. Can be "
    "repeated.",
)
@click.option(
    "--slice",
    "slices",
    metavar="COLUMN",
    multiple=True,
    help="Look at each value of this column by itself. Can be repeated.",
)
@click.option(
    "--against", metavar="MODEL", help="Compare with this model on the same rows."
)
@click.option(
    "--tune-threshold",
    "tune_for",
    metavar="METRIC",
    help="Choose the threshold that is best for accuracy, balanced_accuracy, f1 or "
    "f1_LABEL.",
)
@click.option(
    "--save-threshold",
    is_flag=True,
    help="Log a new model that answers by this threshold. MODEL stays as it is.",
)
@click.option(
    "--log", is_flag=True, help="Record metrics and page in the run MODEL is from."
)
@click.option(
    "--mlflow",
    "by_mlflow",
    is_flag=True,
    help="Run MLflow's own evaluation as well, in a new run beside that of MODEL.",
)
@click.option(
    "--mistakes",
    "n_mistakes",
    type=click.IntRange(0),
    default=20,
    help="How many of the most confident mistakes to list in page and json.",
)
@report_options
@data_options
@click.option("--random-state", type=int, default=0, help="Seed of the bootstrap.")
def command(
    model: str,
    source: str,
    fail_under: tuple[tuple[str, float], ...],
    output: Path | None,
    output_format: str,
    **options: Any,
) -> None:
    """Measure how good a model is, on labelled rows.

    Accuracy, balanced accuracy, F1 of each class, ROC AUC, log loss and calibration
    error, each with its 95 % interval; by length, by the column source, and by any
    other column. The page adds curves and the most confident mistakes.

    MODEL is {MODEL}. DATA is {DATA}.

    The exit code is 3 when a metric is worse than --fail-under asks for. Of log_loss
    and calibration_error, --fail-under names the most that is allowed.
    """
    if options["save_threshold"] and options["tune_for"] is None:
        raise click.UsageError("--save-threshold goes with --tune-threshold.")
    from sentiment.evaluation import evaluate

    with progress("Evaluating") as advance:
        found = evaluate(
            model,
            source,
            fail_under=dict(fail_under),
            output=output,
            progress=advance,
            **options,
        )
    done = {
        "Logged {}, which answers by the threshold.": found.saved_model,
        "MLflow's own evaluation is run {}.": found.mlflow_run,
        "Recorded in run {}.": found.logged_to,
    }
    print_report(
        found,
        output_format,
        _as_table,
        output,
        *(text.format(what) for text, what in done.items() if what is not None),
        missed=[f"Missed: {sentence}" for sentence in found.missed],
    )


def _as_table(found: "EvaluationReport") -> str:
    parts = [format_table([["", "value", "95 % interval"], *_metric_rows(found)])]
    if found.comparison is not None:
        rows = [
            [name, f"{value:+.4f}", _interval(found.comparison.intervals[name], "+")]
            for name, value in found.comparison.differences.items()
        ]
        header = ["less the other's", "difference", "95 % interval"]
        parts.append(format_table([header, *rows]))
        parts.append(f"McNemar's test: p = {found.comparison.p_value:.4g}")
    if found.tuned is not None:
        tuned = found.tuned
        rows = [
            ["threshold", f"{tuned.threshold:.6g}"],
            [f"{tuned.metric} before", format_number(tuned.value_before)],
            [f"{tuned.metric} after", format_number(tuned.value)],
            [f"{tuned.metric} held out", format_number(tuned.value_held_out)],
        ]
        parts.append(format_table(rows))
    rows = [
        [
            one.by,
            one.value,
            f"{one.n_rows:,}",
            format_number(one.accuracy),
            _interval(one.accuracy_interval),
        ]
        for one in found.slices
    ]
    header = ["by", "", "rows", "accuracy", "95 % interval"]
    parts.append(format_table([header, *rows], left=2))
    return "\n\n".join(parts)


def _metric_rows(found: "EvaluationReport") -> list[list[str]]:
    return [
        [name, format_number(value), _interval(found.intervals[name])]
        for name, value in found.metrics.items()
        if value == value
    ]


def _interval(interval: tuple[float, float], sign: str = "") -> str:
    low, high = interval
    return f"{low:{sign}.4f} to {high:{sign}.4f}"
