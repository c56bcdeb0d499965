"""Options that several commands share, as decorators.

Each is named after the Python parameter it feeds, so a command passes its keyword
arguments on to the library as they are::

    @text_options      # text_column, encoding, delimiter, on_bad_rows, ...
    @label_options     # label_column, label_names, unlabelled
    @data_options      # both of the above
    @split_option("train")                            # split
    @split_option("test", "--test-split")             # test_split
    @output_option("Where to write the predictions.") # output: Path | None
    @force_option                                     # force
    @format_option("table", "json")                   # output_format, first is default
    @formulas_option                                  # escape_formulas
    @pickle_option                                    # allow_pickle
    @report_options                  # output_format, force, allow_pickle, split: test
    @training_options("...", "...")  # test, validation, preset, params, experiment, ...
"""

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar

import click

from sentiment.formats import READABLE

from ._types import LABEL_NAMES, SETTING, Choice

F = TypeVar("F", bound=Callable[..., Any])
# Not of F: a TypeVar in the result of a function alone says nothing to mypy.
Decorator = Callable[[Any], Any]


def _one_or_several(
    context: click.Context, parameter: click.Parameter, value: tuple[str, ...]
) -> str | list[str]:
    return value[0] if len(value) == 1 else list(value)


def text_options(function: F) -> F:
    """Add the options that say how texts are read."""
    return _chain(
        click.option(
            "--text-column",
            "text_column",
            default=["text"],
            multiple=True,
            callback=_one_or_several,
            metavar="NAME",
            help="Column that holds the text. Given several times, their cells are "
            "joined by a line end.",
        ),
        click.option(
            "--encoding",
            default="utf-8",
            metavar="NAME",
            help="Encoding of csv, tsv, json and txt files.",
        ),
        click.option(
            "--input-format",
            type=Choice(READABLE),
            help="Format of the input.  [default: its ending; csv for stdin]",
            show_default=False,
        ),
        _table_options,
        _bad_row_options,
    )(function)


def _table_options(function: F) -> F:
    return _chain(
        click.option(
            "--delimiter",
            metavar="CHARACTER",
            help="Between the cells of csv and tsv.  [default: a comma; a tab]",
            show_default=False,
        ),
        click.option(
            "--header/--no-header",
            default=True,
            help="Whether the first line of csv and tsv names the columns; else they "
            "are named 1, 2, ...",
        ),
        click.option(
            "--quoting",
            type=Choice(["double", "none"]),
            default="double",
            help="Whether a cell of csv and tsv may stand in quotes.",
        ),
    )(function)


def _bad_row_options(function: F) -> F:
    return _chain(
        click.option(
            "--on-bad-rows",
            type=Choice(["fail", "skip", "null"]),
            default="fail",
            help="What to do about a row that has no text or cannot be read: end, "
            "leave it out, or (in predict) write it with empty predictions.",
        ),
        click.option(
            "--bad-rows",
            type=click.Path(path_type=Path),
            help="File for the list of bad rows, as JSON lines.  [default: stderr; "
            "predict: OUTPUT.bad-rows.jsonl]",
            show_default=False,
        ),
    )(function)


def label_options(function: F) -> F:
    """Add the options that say how labels are read."""
    return _chain(
        click.option(
            "--label-column",
            default="label",
            metavar="NAME",
            help="Column that holds the label.",
        ),
        click.option(
            "--label-names",
            type=LABEL_NAMES,
            help="Names for labels: of the whole numbers there are, in their order "
            "(negative,positive), or one by one (0=negative,4=positive).",
        ),
        click.option(
            "--unlabelled",
            metavar="VALUE",
            help="A label that means that there is none.  [default: an empty cell]",
            show_default=False,
        ),
    )(function)


def data_options(function: F) -> F:
    """Add the options of :func:`text_options` and :func:`label_options`."""
    return _chain(text_options, label_options)(function)


def split_option(default: str, flag: str = "--split") -> Decorator:
    """Add the option that says which split of a folder or data set is read."""
    return click.option(
        flag,
        default=default,
        metavar="NAME",
        help="Split to read of a folder or hub data set; a file has no splits.",
    )


def output_option(
    help_text: str, name: str = "output", *, required: bool = False
) -> Decorator:
    """Add -o/--output, given to the command as a ``Path`` (or None)."""
    return click.option(
        "-o",
        "--output",
        name,
        type=click.Path(path_type=Path),
        required=required,
        help=help_text,
    )


def force_option(function: F) -> F:
    """Add --force."""
    return click.option(
        "--force", is_flag=True, help="Overwrite what exists at the output."
    )(function)


def formulas_option(function: F) -> F:
    """Add --escape-formulas."""
    return click.option(
        "--escape-formulas",
        is_flag=True,
        help="Put ' before each text of a csv that a spreadsheet would run.",
    )(function)


def pickle_option(function: F) -> F:
    """Add --allow-pickle."""
    return click.option(
        "--allow-pickle",
        is_flag=True,
        help="Load a model saved as a pickle, which runs whatever code it holds.",
    )(function)


def report_options(function: F) -> F:
    """Add what each report on a model takes beside what is read and written."""
    options = force_option, pickle_option, split_option("test")
    return _chain(format_option("table", "json"), *options)(function)


def _training_data_options(function: F) -> F:
    return _chain(
        click.option("--test", metavar="DATA", help="Data for the test metrics."),
        click.option(
            "--validation",
            metavar="DATA",
            help="Data for early stopping and validation metrics.  [default: a part of "
            "DATA; with fewer than 1,000 rows, cross-validation]",
        ),
        click.option(
            "--unlabelled-texts",
            metavar="DATA",
            help="Texts of the same kind without labels, to learn from as well.",
        ),
        data_options,
        click.option(
            "--weight-column",
            metavar="NAME",
            help="Column of numbers: how much each row counts.  [default: all "
            "the same]",
            show_default=False,
        ),
        split_option("train"),
        split_option("test", "--test-split"),
    )(function)


def training_options(preset: str, setting: str) -> Decorator:
    """Add what train and tune take: data, Pipeline, where it is recorded, the seed.

    The two texts say what --preset and --set are for.
    """
    return _chain(
        _training_data_options,
        click.option(
            "--preset",
            type=Choice(["accurate", "fast", "tutorial"]),
            default="accurate",
            help=preset,
        ),
        click.option("--set", "params", type=SETTING, multiple=True, help=setting),
        click.option(
            "--prior",
            metavar="MODEL|auto|none",
            default="auto",
            callback=lambda ctx, param, value: None if value == "none" else value,
            help="Model that knows before the first label, and counts as far as the "
            "labels confirm it. auto: reviews-en, where it helps.",
        ),
        click.option(
            "--experiment", default="sentiment", help="MLflow experiment of the run."
        ),
        click.option(
            "--register", metavar="NAME", help="Register the model under this name."
        ),
        click.option("--alias", help="Alias of this version of the registered model."),
        click.option(
            "--random-state", type=int, default=42, help="Seed of everything random."
        ),
    )


def format_option(
    *choices: str, default: str | None = None, help_text: str = "Format of the output."
) -> Decorator:
    """Add --format, given to the command as ``output_format``.

    The first choice is the default; with ``default=""`` there is none, and the
    command receives None.
    """
    chosen = choices[0] if default is None else default or None
    return click.option(
        "--format",
        "output_format",
        type=Choice(choices),
        default=chosen,
        help=help_text,
    )


def _chain(*decorators: Decorator) -> Decorator:
    """Apply decorators so that the help lists them in the order given."""
    return lambda function: reduce(
        lambda wrapped, decorate: decorate(wrapped), reversed(decorators), function
    )
