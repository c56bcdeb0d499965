"""Which columns the output has, where that must be known before the first row."""

from contextlib import ExitStack

import pyarrow as pa

from sentiment.datasets._column_types import merged_type
from sentiment.datasets._inputs import InputFile, spooled
from sentiment.datasets._rows import require_column
from sentiment.inference._writers import Types


def find_types(
    inputs: list[InputFile],
    output_format: str,
    text_column: str,
    keep: ExitStack,
) -> tuple[Types | None, list[InputFile]]:
    """Return the columns of all inputs with their types, and the inputs to read.

    The columns are None where they need not be known: jsonl from jsonl; or cannot be:
    standard input and pipes, whose first rows say them. JSON lines that become parquet
    are looked through first, so standard input is copied to disk for it.
    """
    inputs = [
        spooled(one, keep)
        if not one.again and one.file_format == "jsonl" and output_format == "parquet"
        else one
        for one in inputs
    ]
    types: Types = {}
    known = True
    for one in inputs:
        if not one.again or (one.file_format == output_format == "jsonl"):
            known = False
            continue
        found = one.rows.types()
        if one.file_format != "jsonl":
            require_column(one.rows.name, tuple(found), text_column, "--text-column")
        for name, kind in found.items():
            types[name] = merged_type(types.get(name, pa.null()), kind)
    return (types if known else None), inputs
