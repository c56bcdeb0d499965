"""``sentiment tune``: search for better parameters, and train with the best."""

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from .._command import as_command
from .._options import format_option, training_options
from .._reporting import report
from .._tables import format_number, format_table, print_result
from .._types import Choice, parse_value

if TYPE_CHECKING:
    from sentiment.tuning import TuningResult


@as_command(
    "sentiment tune reviews.csv --space space.yaml --budget 30 --test sample",
    "sentiment tune --preset fast --metric accuracy --trials 3 --format json",
)
@click.argument("source", metavar="[DATA]", required=False)
@click.option(
    "--space",
    metavar="FILE",
    help="What may be tried, as YAML or JSON.  [default: a space of our own]",
)
@click.option(
    "--budget",
    type=click.FloatRange(0, min_open=True),
    default=10.0,
    metavar="MINUTES",
    help="How long the search takes; the training at the end comes on top.",
)
@click.option(
    "--trials",
    "max_trials",
    type=click.IntRange(1),
    help="End after so many trials.  [default: no limit]",
)
@click.option(
    "--metric",
    type=Choice(["log_loss", "accuracy", "roc_auc"]),
    default="log_loss",
    help="What is compared.",
)
@click.option("--cv", type=click.IntRange(2), default=3, help="Folds of each trial.")
@training_options(
    "The Pipeline that the search starts from.",
    "A parameter of a step that is not searched: clean__lowercase=false.",
)
@format_option("table", "json", help_text="Format of the result on stdout.")
def command(
    source: str | None,
    params: tuple[tuple[str, Any], ...],
    output_format: str,
    **options: Any,
) -> None:
    """Search for better parameters, and train with the best.

    Candidates are cross-validated on the training rows only: many on a part of the
    rows, the best of them on more, the best of those on all. Each is a child run in
    MLflow. Then a model is trained with the best parameters and recorded as train does
    it. Ctrl-C ends the search early and trains with the best so far; a second Ctrl-C
    stops.

    A space FILE has a line for each parameter, with a list or a range:

    \b
      vectorize__ngram_range: [[1, 1], [1, 2], [1, 3]]
      vectorize__min_df: {low: 1e-4, high: 1e-2, log: true}
      classify__estimator__max_depth: {low: 2, high: 8}
    """  # noqa: D301 - click takes the character, not its name
    if options["alias"] is not None and options["register"] is None:
        raise click.UsageError("--alias goes with --register.")
    from sentiment.tracking import scratch_folder
    from sentiment.tuning import tune

    with scratch_folder():
        result = tune(source, params=dict(params), **options)
    print_result(result, output_format, _as_table)
    _say_what_next(result, dict(params), options["preset"])


def _as_table(result: "TuningResult") -> str:
    training = result.training
    facts = [
        ["search", result.search_id],
        ["run", training.run_id],
        ["model", training.model_uri],
        ["trials", f"{result.n_trials:,}"],
        [f"cv {result.metric}", format_number(result.score)],
        ["of the preset", format_number(result.preset_score)],
    ]
    if result.params or result.rejected:
        facts.append(["best better by", _gain(result)])
    if training.registered_uri is not None:
        facts.insert(3, ["registered", training.registered_uri])
    best = [[name, str(value)] for name, value in result.params.items()]
    parts = [format_table(facts, left=2), format_table(training.to_table())]
    if best:
        parts.insert(1, format_table(best, left=2))
    return "\n\n".join(parts)


def _gain(result: "TuningResult") -> str:
    if result.gain is None or result.gain_error is None:
        return format_number(result.gain)
    return f"{result.gain:.4f} ± {result.gain_error:.4f}"


def _say_what_next(result: "TuningResult", params: dict[str, Any], preset: str) -> None:
    from sentiment.persistence import EXAMPLE_TEXTS

    if result.rejected:
        tried = write_settings(params | result.rejected)
        report(
            f"\nThe best trial beat the start by {_gain(result)}, less than twice the "
            "error, which may be chance. So the model has the parameters of the start. "
            f"To try those of the trial:\n  sentiment train --preset {preset} {tried}"
        )
    elif not result.params:
        report("\nNothing that was tried beat the start, which the model has.")
    model = result.training.registered_uri or result.training.model_uri
    again = write_settings(params | result.params)
    report(
        "\nWhat next:\n"
        f'  sentiment predict {model} --text "{EXAMPLE_TEXTS[0]}"\n'
        "  sentiment ui\n"
        f"The same parameters again: sentiment train --preset {preset} {again}".rstrip()
    )


def write_settings(params: Mapping[str, Any]) -> str:
    """Return the options that set these parameters, quoted for the shell.

    Examples
    --------
    >>> write_settings({"vectorize__ngram_range": (1, 2), "vectorize__min_df": 2})
    "--set 'vectorize__ngram_range=(1, 2)' --set vectorize__min_df=2"
    """
    words = []
    for name, value in params.items():
        text = str(value)
        # What would be read as something else, such as the text "1", is quoted.
        same = type(parse_value(text)) is type(value) and parse_value(text) == value
        words += ["--set", f"{name}={text if same else repr(value)}"]
    return shlex.join(words)
