"""``sentiment train``: one training, from data to the recorded model."""

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from .._command import as_command
from .._options import format_option, training_options
from .._reporting import report
from .._tables import format_table, print_result
from .._types import Choice

if TYPE_CHECKING:
    from sentiment.training import TrainingResult


class ParameterFile(NamedTuple):
    """The file of --config, and the parameters of steps in it."""

    path: str
    params: dict[str, Any]


def _read_config(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> ParameterFile | None:
    """Make the values of the file the defaults of the other options."""
    if value is None:
        return None
    from sentiment.training import read_parameter_file

    arguments = read_parameter_file(value)
    params = arguments.pop("params", {})
    arguments = {
        name: ",".join(map(str, one)) if isinstance(one, list) else one
        for name, one in arguments.items()
    }
    ctx.default_map = {**(ctx.default_map or {}), **arguments}
    return ParameterFile(value, params)


@as_command(
    "sentiment train",
    "sentiment train reviews.csv --test sample --register reviews --alias champion",
    "sentiment train --preset fast --set vectorize__ngram_range=1,2 --format json",
    "sentiment train --streaming reviews.csv --prune 30000",
)
@click.argument("source", metavar="[DATA]", required=False)
@click.option(
    "--instances",
    metavar="DATA",
    help="Texts alone, as etl writes them; with --labels.",
)
@click.option("--labels", metavar="DATA", help="The labels of --instances.")
@training_options(
    "Which Pipeline is trained.",
    "A parameter of a step: vectorize__min_df=5. Can be repeated.",
)
@click.option(
    "--prune",
    type=click.IntRange(1),
    metavar="N",
    help="Keep only the N strongest n-grams, for a small model.",
)
@click.option("--run-name", help="Name of the run.  [default: MLflow invents one]")
@click.option(
    "--model-name",
    metavar="NAME",
    default="model",
    help="Name of the model within its run: runs:/ID/NAME.",
)
@click.option(
    "--serialization",
    type=Choice(["skops", "cloudpickle"]),
    default="skops",
    help="How the model is stored. Whoever loads a cloudpickle runs whatever code it "
    "holds.",
)
@click.option(
    "--pip-requirements",
    metavar="FILE",
    help="Requirements of the model, instead of those found here.",
)
@click.option(
    "--conda-env",
    metavar="FILE",
    help="Conda environment of the model, instead of requirements.",
)
@click.option(
    "--hook",
    metavar="MODULE:FUNCTION",
    help="Function of yours that is called before the run ends, for metrics and "
    "artifacts of your own.",
)
@click.option(
    "--config",
    metavar="FILE",
    is_eager=True,
    callback=_read_config,
    help="YAML file with values for these options, kept with the run. Options win.",
)
@click.option(
    "--validation-fraction",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Part of DATA set aside.  [default: 0.3 for tutorial, else 0.1; with fewer "
    "than 1,000 rows none, but cross-validation]",
)
@click.option(
    "--streaming",
    is_flag=True,
    help="Train on files that need not fit in memory. DATA may be a pattern in quotes.",
)
@click.option(
    "--memory",
    type=click.IntRange(1),
    metavar="MB",
    help="With --streaming: data kept in memory; the rest goes to TMPDIR.  "
    "[default: 512]",
)
@format_option("table", "json", help_text="Format of the result on stdout.")
def command(
    source: str | None,
    params: tuple[tuple[str, Any], ...],
    config: "ParameterFile | None",
    output_format: str,
    memory: int | None,
    **options: Any,
) -> None:
    """Train a model and record the run in MLflow.

    DATA is {DATA}. Without DATA, the bundled sample is used.

    The run and its model go to the store that MLFLOW_TRACKING_URI names, else to
    mlflow.db and mlruns in this folder.
    """
    _check_usage(source, options)
    if memory is not None:
        if not options["streaming"]:
            raise click.UsageError("--memory goes with --streaming.")
        options["memory"] = memory
    from sentiment.tracking import scratch_folder
    from sentiment.training import train

    with scratch_folder():
        result = train(
            source,
            params=(config.params if config else {}) | dict(params),
            artifacts=[config.path] if config else [],
            **options,
        )
    print_result(result, output_format, _as_table)
    _say_what_next(result, options["serialization"])


def _check_usage(source: str | None, options: dict[str, Any]) -> None:
    if (options["instances"] is None) != (options["labels"] is None):
        raise click.UsageError("--instances and --labels go together.")
    if source is not None and options["instances"] is not None:
        raise click.UsageError("Give DATA, or --instances and --labels.")
    if options["pip_requirements"] is not None and options["conda_env"] is not None:
        raise click.UsageError("Give --pip-requirements or --conda-env.")
    if options["streaming"] and options["unlabelled_texts"] is not None:
        raise click.UsageError("--streaming takes no --unlabelled-texts.")
    if options["streaming"] and options["instances"] is not None:
        raise click.UsageError("--streaming takes DATA with texts and labels.")
    if options["alias"] is not None and options["register"] is None:
        raise click.UsageError("--alias goes with --register.")


def _as_table(result: "TrainingResult") -> str:
    facts = [
        ["run", result.run_id],
        ["model", result.model_uri],
        ["experiment", result.experiment],
        ["rows", f"{result.n_rows:,}"],
        ["validation", result.validation],
        ["seconds", f"{result.seconds:.1f}"],
    ]
    if result.registered_uri is not None:
        facts.insert(2, ["registered", result.registered_uri])
    own = [[name, f"{value:.4f}"] for name, value in result.own_metrics.items()]
    tables = [format_table(facts, left=2), format_table(result.to_table())]
    return "\n\n".join([*tables, format_table(own)] if own else tables)


def _say_what_next(result: "TrainingResult", serialization: str) -> None:
    from sentiment.persistence import EXAMPLE_TEXTS

    for note in (*result.notes, *filter(None, [result.prior, result.unlabelled])):
        report(f"\n{note}")
    model = result.registered_uri or result.model_uri
    allow = "" if serialization == "skops" else " --allow-pickle"
    report(
        "\nWhat next:\n"
        f'  sentiment predict {model}{allow} --text "{EXAMPLE_TEXTS[0]}"\n'
        f"  sentiment serve {model}{allow}\n"
        "  sentiment ui"
    )
