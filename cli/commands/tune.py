"""``sentiment tune``: search for better parameters, and train with the best."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .._command import Command
from .._options import data_options, format_option, split_option
from .._reporting import report
from .._tables import format_number, format_table
from .train import _Setting

if TYPE_CHECKING:
    from sentiment.tuning import TuningResult

__all__ = ["command"]


@click.command(
    "tune",
    cls=Command,
    short_help="Search for better parameters, and train with the best.",
    examples=[
        "sentiment tune --budget 0.1 --preset fast",
        "sentiment tune reviews.csv --space space.yaml --budget 30 --test sample",
        "sentiment tune reviews.csv --metric accuracy --trials 40 --format json",
    ],
)
@click.argument("source", metavar="[DATA]", required=False)
@click.option(
    "--space",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What may be tried, as YAML or JSON.  [default: a space of our own]",
)
@click.option(
    "--budget",
    type=click.FloatRange(0, min_open=True),
    default=10.0,
    metavar="MINUTES",
    help="No trial begins later than this.",
)
@click.option(
    "--trials",
    "max_trials",
    type=click.IntRange(1),
    help="End after so many trials.  [default: no limit]",
)
@click.option(
    "--metric",
    type=click.Choice(["log_loss", "accuracy", "roc_auc"]),
    default="log_loss",
    help="What is compared.",
)
@click.option("--cv", type=click.IntRange(2), default=3, help="Folds of each trial.")
@click.option("--test", metavar="DATA", help="Data for the test metrics of the best.")
@click.option(
    "--validation",
    metavar="DATA",
    help="Data for early stopping and validation metrics.  [default: a part of DATA]",
)
@data_options
@split_option("train")
@split_option("test", "--test-split")
@click.option(
    "--preset",
    type=click.Choice(["accurate", "fast", "tutorial"]),
    default="accurate",
    help="The Pipeline that the search starts from.",
)
@click.option(
    "--set",
    "params",
    type=_Setting(),
    multiple=True,
    help="A parameter of a step that is not searched: clean__lowercase=false.",
)
@click.option("--experiment", default="sentiment", help="MLflow experiment of the runs.")
@click.option("--register", metavar="NAME", help="Register the model under this name.")
@click.option("--alias", help="Alias of this version of the registered model.")
@click.option("--random-state", type=int, default=42, help="Seed of everything random.")
@format_option("table", "json", help_text="Format of the result on stdout.")
def command(
    source: str | None,
    space: Path | None,
    params: tuple[tuple[str, Any], ...],
    output_format: str,
    **options: Any,
) -> None:
    """Search for better parameters, and train with the best.

    Candidates are cross-validated on the training rows only: many on a ninth of the
    rows, the best of them on more (successive halving). Each is a child run in MLflow.
    Then a model is trained with the best parameters and recorded, as train does it.
    Ctrl-C ends the search early and trains with the best so far; a second Ctrl-C stops.

    A space FILE has a line for each parameter, with a list or a range:

    \b
      vectorize__min_df: [1, 2, 5]
      classify__estimator__max_depth: {low: 2, high: 8}
      classify__estimator__C: {low: 0.03, high: 3.0, log: true}
    """
    if options["alias"] is not None and options["register"] is None:
        raise click.UsageError("--alias goes with --register.")
    from sentiment.tuning import tune

    result = tune(source, space=space, params=dict(params), **options)
    if output_format == "json":
        click.echo(json.dumps(result.to_dict()))
    else:
        click.echo(_as_table(result))
    _say_what_next(result)


def _as_table(result: "TuningResult") -> str:
    training = result.training
    facts = [
        ["search", result.search_id],
        ["trials", f"{result.n_trials:,}"],
        [f"cv {result.metric}", format_number(result.score)],
        ["of the preset", format_number(result.preset_score)],
        ["run", training.run_id],
        ["model", training.model_uri],
    ]
    facts += [[f"best {name}", str(x)] for name, x in result.params.items()]
    scores = [
        [name, format_number(value)] for name, value in sorted(training.metrics.items())
    ]
    return f"{format_table(facts, left=2)}\n\n{format_table(scores)}"


def _say_what_next(result: "TuningResult") -> None:
    model = result.training.registered_uri or result.training.model_uri
    settings = "".join(f" --set {key}={x!r}" for key, x in result.params.items())
    report(
        "\nWhat next:\n"
        f'  sentiment predict {model} --text "Not bad at all."\n'
        f"  sentiment train{settings}"
        + ("" if settings else "   # the preset was not beaten")
    )
