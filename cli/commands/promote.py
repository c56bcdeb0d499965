"""``sentiment promote``: an alias for a model that has earned it."""

from typing import TYPE_CHECKING, Any

import click

from .._command import as_command
from .._exit_codes import MISSED
from .._options import data_options, format_option, pickle_option, split_option
from .._reporting import report
from .._tables import format_number, format_table, print_result

if TYPE_CHECKING:
    from sentiment.tracking import Promotion


@as_command(
    "sentiment promote models:/reviews/1 --alias champion --if-better accuracy",
    "sentiment promote models:/reviews/1 --if-better log_loss --data reviews.csv",
)
@click.argument("model")
@click.option("--alias", default="champion", help="The alias to give.")
@click.option(
    "--if-better",
    metavar="METRIC",
    help="Only if this is better than the present one's: accuracy, roc_auc, log_loss.",
)
@click.option(
    "--data",
    metavar="DATA",
    help="Compare on these labelled rows.  [default: what both trainings recorded on "
    "the same test or validation data]",
)
@split_option("test")
@data_options
@pickle_option
@format_option("table", "json")
def command(
    model: str,
    alias: str,
    if_better: str | None,
    data: str | None,
    output_format: str,
    **options: Any,
) -> None:
    """Give a version of a registered model an alias.

    MODEL is models:/NAME/VERSION or models:/NAME@ALIAS. With --if-better it is compared
    with the version that has the alias now, on the same data; unless it is strictly
    better, the alias stays where it is and the exit code is 3.
    """
    if data is not None and if_better is None:
        raise click.UsageError("--data goes with --if-better.")
    from sentiment.training import promote_model

    found = promote_model(model, alias=alias, if_better=if_better, data=data, **options)
    print_result(found, output_format, _as_table)
    if found.had_alias:
        report(
            f"Version {found.version} of {found.name} has the alias {alias} already: "
            "nothing was compared or changed."
        )
    if not found.promoted:
        report(f"The alias {alias} stays with version {found.champion}.")
        click.get_current_context().exit(MISSED)


def _as_table(found: "Promotion") -> str:
    uri = f"models:/{found.name}/{found.version}"
    before = "" if found.champion is None else f"models:/{found.name}/{found.champion}"
    rows = [
        ["", "model", found.metric or ""],
        ["asked", uri, format_number(found.value)],
        [found.alias, before, format_number(found.champion_value)],
        ["promoted", _outcome(found), ""],
    ]
    return format_table(rows, left=2)


def _outcome(found: "Promotion") -> str:
    if found.had_alias:
        return "had the alias already"
    return "yes" if found.promoted else "no"
