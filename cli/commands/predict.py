"""``sentiment predict``: the labels of new texts, with any trained model."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sentiment.formats import WRITABLE

from .._command import as_command
from .._options import (
    force_option,
    format_option,
    formulas_option,
    output_option,
    pickle_option,
    split_option,
    text_options,
)
from .._reporting import progress, report

if TYPE_CHECKING:
    from sentiment.inference import PredictionSummary, TextPrediction

_FILES = ("parquet", "arrow", "xlsx", "sqlite")


@as_command(
    "sentiment predict models:/reviews@champion reviews.csv -o predicted.csv",
    "sentiment predict models:/reviews@champion new.jsonl --probabilities",
    "sentiment predict models:/reviews@champion - --input-format jsonl < new.jsonl",
    'sentiment predict models:/reviews@champion "review*.csv" -o all.jsonl.gz --resume',
    "sentiment predict models:/reviews@champion new.jsonl --on-bad-rows skip",
    'sentiment predict models:/reviews@champion --text "Wonderful, never boring"',
)
@click.argument("model")
@click.argument("sources", metavar="[INPUT]...", nargs=-1)
@output_option("File to write.  [default: stdout]")
@click.option("--text", help="Predict this one text instead of INPUT.")
@click.option(
    "--probabilities", is_flag=True, help="Add the probability of every class."
)
@format_option(
    *WRITABLE,
    default="",
    help_text="Format of the output.  [default: its ending; csv on stdout]",
)
@formulas_option
@click.option(
    "--resume",
    is_flag=True,
    help="Continue a run that was killed; keep what is done if this one is stopped.",
)
@force_option
@pickle_option
@split_option("test")
@text_options
def command(
    model: str,
    sources: tuple[str, ...],
    output: Path | None,
    text: str | None,
    output_format: str | None,
    **options: Any,
) -> None:
    """Predict the labels of new texts with any trained model.

    Every column of INPUT is kept as it was; predicted_label, predicted_score (the
    probability of that label) and, with --probabilities, one probability_CLASS per
    class are added. The output is UTF-8, and a file is written whole or not at all.
    Rows are read and written in batches, so any number of them takes the same memory.

    MODEL is {MODEL}. INPUT is {DATA}, which is answered line by line. Several files,
    and patterns such as "data/*.csv", become one output, in the order given; the files
    of a pattern come as 2.csv, 10.csv.
    """
    if (not sources) == (text is None):
        raise click.UsageError("Give INPUT or --text, one of the two.")
    if text is not None:
        if output is not None:
            raise click.UsageError("--text prints its answer; -o goes with INPUT.")
        _predict_text(model, text, output_format, **options)
        return
    if output_format in _FILES and (output is None or str(output) == "-"):
        raise click.UsageError(
            f"{output_format} is not written to stdout. Name a file with -o."
        )
    from sentiment.inference import predict_file

    is_stdout = output is None or str(output) == "-"
    # On a terminal the rows themselves show how far it is.
    shown = not (is_stdout and sys.stdout is not None and sys.stdout.isatty())
    with progress("Predicting", shown=shown) as advance:
        summary = predict_file(
            model,
            sources,
            output,
            output_format=output_format,
            progress=advance,
            **options,
        )
    _report(summary, skipped=options["on_bad_rows"] == "skip")


def _report(summary: "PredictionSummary", *, skipped: bool) -> None:
    if summary.output is not None:
        report(f"Wrote {summary.n_rows:,} rows to {summary.output}.")
    if summary.n_bad:
        done = "left out" if skipped else "written without an answer"
        listed = f": see {summary.bad_rows}" if summary.bad_rows else ""
        plural = "bad row" if summary.n_bad == 1 else "bad rows"
        report(f"{summary.n_bad:,} {plural} {done}{listed}.")


def _predict_text(
    model: str,
    text: str,
    output_format: str | None,
    *,
    probabilities: bool,
    allow_pickle: bool,
    **_: Any,
) -> None:
    if output_format not in (None, "jsonl"):
        raise click.UsageError(
            f"--text answers in words or with --format jsonl, not {output_format}."
        )
    from sentiment.inference import predict_text

    with progress("Predicting"):
        prediction = predict_text(model, text, allow_pickle=allow_pickle)
    if output_format == "jsonl":
        click.echo(json.dumps(_as_row(text, prediction, probabilities)))
        return
    answers = prediction.probabilities if probabilities else {}
    ranked = sorted(answers.items(), key=lambda answer: -answer[1])
    for label, score in ranked or [(prediction.label, prediction.score)]:
        click.echo(f"{label} {score:.4f}")


def _as_row(
    text: str, prediction: "TextPrediction", probabilities: bool
) -> dict[str, Any]:
    row = {
        "text": text,
        "predicted_label": prediction.label,
        "predicted_score": prediction.score,
    }
    if probabilities:
        for label, score in prediction.probabilities.items():
            row[f"probability_{label}"] = score
    return row
