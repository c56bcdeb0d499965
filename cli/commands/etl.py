"""``sentiment etl``: a split of a data set as instances and labels."""

from pathlib import Path
from typing import Any

import click

from .._command import as_command
from .._options import data_options, force_option, output_option, split_option
from .._reporting import progress, report


@as_command(
    "sentiment etl sample --split test -o data",
    "sentiment etl reviews.csv -o data",
    "sentiment etl - --input-format jsonl --split new -o data < new.jsonl",
)
@click.argument("source")
@output_option(
    "Folder to write to; made when it does not exist.", "directory", required=True
)
@force_option
@split_option("train")
@data_options
def command(source: str, directory: Path, label_column: str, **reading: Any) -> None:
    """Write a data set as instances and labels, in Parquet.

    instances_SPLIT.parquet holds the texts, in the column text; labels_SPLIT.parquet
    the labels of the labelled rows, in the column label. When no row has a label,
    only the instances are written. The paths written are printed, one a line.

    SOURCE is sample (the bundled reviews), {DATA}.
    """
    from sentiment.datasets import export_split, source_name, split_of, with_split

    # A source without labels is fine unless its label column was named.
    origin = click.get_current_context().get_parameter_source("label_column")
    asked = origin is not click.core.ParameterSource.DEFAULT
    with progress("Reading"):
        if asked:
            reading["label_column"] = label_column
        summary = export_split(source, directory=directory, **reading)
    click.echo(summary.instances_path)
    if summary.labels_path is not None:
        click.echo(summary.labels_path)
    labels = f"{summary.n_labels:,} labels" if summary.n_labels else "no labels"
    report(
        f"Wrote {summary.n_instances:,} instances and {labels} of "
        f"{with_split(source_name(source), split_of(source, reading['split']))}."
    )
