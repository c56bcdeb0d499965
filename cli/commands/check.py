"""``sentiment check``: whether a model still answers as when it was saved."""

import json
from typing import TYPE_CHECKING

import click

from .._command import Command
from .._exit_codes import MISSED
from .._options import Choice, format_option
from .._reporting import progress
from .._tables import format_table

if TYPE_CHECKING:
    from sentiment.persistence import CheckResult

__all__ = ["command"]


@click.command(
    "check",
    cls=Command,
    short_help="Ask a model whether it still answers as when it was saved.",
    examples=[
        "sentiment check models:/reviews@champion",
        "sentiment check models:/reviews@champion --format json",
    ],
)
@click.argument("model")
@click.option(
    "--env-manager",
    type=Choice(["local", "uv"]),
    default="local",
    help="local: the packages installed here. uv: the environment that the model asks "
    "for, where the code that the model carries is run.",
)
@click.option(
    "--allow-pickle",
    is_flag=True,
    help="Load a model saved with cloudpickle: runs whatever code it holds.",
)
@format_option("table", "json", help_text="Format of the result on stdout.")
def command(
    model: str, env_manager: str, allow_pickle: bool, output_format: str
) -> None:
    """Ask a model whether it still answers as when it was saved.

    Every model carries a few documents with their labels and probabilities. They are
    asked again in a process of their own. Printed are the libraries whose version
    differs from that at saving, and the documents whose label has changed or whose
    probabilities have moved by more than 0.000001; if there is one, or the classes or
    their order differ, the exit code is 3.
    """
    from sentiment.persistence import check_model

    with progress("Asking"):
        result = check_model(model, env_manager=env_manager, allow_pickle=allow_pickle)
    if output_format == "json":
        click.echo(json.dumps(result.to_dict()))
    else:
        click.echo(_as_text(result))
    if not result.passed:
        click.get_current_context().exit(MISSED)


def _as_text(result: "CheckResult") -> str:
    from sentiment._messages import shown

    rows = [["library", "when saved", "now"]]
    rows += [
        [name, then or "not installed", now or "not installed"]
        for name, (then, now) in result.versions.items()
    ]
    versions = format_table(rows, left=3) if result.versions else "Same versions."
    verdict = (
        f"{len(result.moved)} of {result.n_rows} documents get another label or "
        f"probability (largest difference {_difference(result.max_difference)}):"
        if result.moved
        else f"All {result.n_rows} documents get the answers they got when the model "
        f"was saved (largest difference {_difference(result.max_difference)})."
    )
    lines = [versions, "", verdict]
    if result.classes is not None:
        then, now = (shown(classes, 200) for classes in result.classes)
        lines.insert(2, f"The classes were {then} and are {now} now.")
    for moved in result.moved:
        labels = dict.fromkeys(map(shown, (moved.label, moved.label_now)))
        difference, text = _difference(moved.difference), shown(moved.text, 50)
        lines.append(f"  {difference}  {' -> '.join(labels)}  {text}")
    return "\n".join(lines)


def _difference(value: float | None) -> str:
    return "no number" if value is None else f"{value:.2g}"
