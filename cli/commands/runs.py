"""``sentiment runs``: what was trained."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from .._command import as_command
from .._options import format_option, formulas_option
from .._reporting import report
from .._tables import format_number, format_table

if TYPE_CHECKING:
    from sentiment.tracking import RunSummary

_FACTS = ["run_id", "started", "status", "experiment", "name", "data", "seconds"]
_IN_TABLE = [
    "cv_accuracy",
    "cv_roc_auc",
    "validation_accuracy",
    "validation_roc_auc",
    "test_accuracy",
    "test_roc_auc",
]


@as_command("sentiment runs", "sentiment runs --limit 100 --format csv > runs.csv")
@click.option("--experiment", help="Only the runs of this experiment.  [default: all]")
@click.option(
    "--limit", type=click.IntRange(1, 50_000), default=20, help="How many at most."
)
@format_option("table", "json", "jsonl", "csv")
@formulas_option
def command(
    experiment: str | None, limit: int, output_format: str, escape_formulas: bool
) -> None:
    """List what was trained, newest first: id, when, status, data and metrics.

    Times are local in the table, and UTC elsewhere. A run id is a MODEL for predict and
    serve. Runs of the store that MLFLOW_TRACKING_URI names, else of mlflow.db in this
    folder. A run whose process on this host was killed is marked KILLED.
    """
    if escape_formulas and output_format != "csv":
        raise click.UsageError("--escape-formulas goes with --format csv.")
    from sentiment.tracking import list_runs, remove_left_behind

    remove_left_behind()
    runs = list_runs(experiment, limit)
    write = partial(_as_csv, escape_formulas=True) if escape_formulas else None
    text = (write or _FORMATS[output_format])(runs)
    if text:
        click.echo(text)
    if not runs:
        report("Nothing was trained here yet.")


def _as_table(runs: "Sequence[RunSummary]") -> str:
    if not runs:
        return ""
    names = [name for name in _IN_TABLE if any(name in run.metrics for run in runs)]
    rows = [["run_id", "started", "status", "experiment", "data", *names]]
    rows += [
        [
            run.run_id,
            f"{run.started.astimezone():%Y-%m-%d %H:%M}",
            run.status,
            run.experiment,
            run.data or "",
            *(format_number(run.metrics.get(name)) for name in names),
        ]
        for run in runs
    ]
    return format_table(rows, left=5)


def _as_csv(runs: "Sequence[RunSummary]", *, escape_formulas: bool = False) -> str:
    from sentiment.cells import delimited_line

    names = [*_FACTS, *sorted({name for run in runs for name in run.metrics})]
    facts = [run.to_dict() | run.metrics for run in runs]
    rows: list[list[object]] = [[*names]]
    rows += [[row.get(name) for name in names] for row in facts]
    lines = [delimited_line(row, ",", escape_formulas=escape_formulas) for row in rows]
    return "".join(lines).rstrip("\n")


_FORMATS: "dict[str, Callable[[Sequence[RunSummary]], str]]" = {
    "table": _as_table,
    "csv": _as_csv,
    "json": lambda runs: json.dumps([run.to_dict() for run in runs]),
    "jsonl": lambda runs: "\n".join(json.dumps(run.to_dict()) for run in runs),
}
