"""Which columns the output has, where that must be known before the first row."""

from contextlib import ExitStack
from dataclasses import replace

from sentiment.datasets import Input, JsonReader, Schema, Source, require_column
from sentiment.exceptions import DataError
from sentiment.inference._output_file import COLUMNAR, DELIMITERS, JSON


def find_schema(
    inputs: list[Input], source: Source, output_format: str, keep: ExitStack
) -> tuple[Schema | None, list[Input]]:
    """Return the columns of all inputs with their types, and the inputs to read.

    The columns are None where they need not be known: JSON from JSON; or cannot be:
    standard input and pipes, whose first rows say them. JSON lines that become columns
    are looked through first, so standard input is copied to disk for it.
    """
    if output_format in COLUMNAR:
        inputs = [
            replace(one, rows=one.rows.spooled(keep), again=True)
            if isinstance(one.rows, JsonReader) and not one.again
            else one
            for one in inputs
        ]
    schema: Schema | None = None
    known = True
    for one in inputs:
        is_json = isinstance(one.rows, JsonReader)
        if not one.again or (is_json and output_format in JSON):
            known = False
            continue
        found = one.rows.schema()
        if not is_json:
            for column in source.text_columns:
                require_column(one.rows, found, column)
        name = found.repeated()
        if name is not None and output_format not in DELIMITERS:
            raise DataError(
                f"{one.rows.name} has two columns named {name!r}, which "
                f"{output_format} cannot hold. Write csv, or give each its own name."
            )
        schema = found if schema is None else schema.merged(found)
    return (schema if known else None), inputs
