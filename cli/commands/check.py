"""``sentiment check``: whether a model still answers as when it was saved."""

from typing import TYPE_CHECKING

import click

from .._command import as_command
from .._exit_codes import MISSED
from .._options import format_option, pickle_option
from .._reporting import progress
from .._tables import format_table, print_result
from .._types import Choice

if TYPE_CHECKING:
    from sentiment.persistence import CheckResult


@as_command(
    "sentiment check models:/reviews@champion",
    "sentiment check models:/reviews@champion --format json",
)
@click.argument("model")
@click.option(
    "--env-manager",
    type=Choice(["local", "uv"]),
    default="local",
    help="local: the packages installed here. uv: the environment that the model asks "
    "for, where the code that the model carries is run.",
)
@pickle_option
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
    print_result(result, output_format, _as_text)
    if not result.passed:
        click.get_current_context().exit(MISSED)


def _as_text(result: "CheckResult") -> str:
    rows = [["library", "when saved", "now"]]
    rows += [
        [name, then or "not installed", now or "not installed"]
        for name, (then, now) in result.versions.items()
    ]
    versions = format_table(rows, left=3) if result.versions else "Same versions."
    return "\n".join([versions, "", *result.describe()])
