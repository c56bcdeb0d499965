"""Reading one file, or standard input, by its ending or a format given."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sentiment.datasets._bytes import (
    COMPRESSIONS,
    STANDARD_INPUT_NAME,
    read_bytes,
    standard_input,
)
from sentiment.datasets._decoding import decode
from sentiment.datasets._delimited import read_delimited
from sentiment.datasets._jsonl import read_jsonl
from sentiment.datasets._parquet import read_parquet
from sentiment.datasets._rows import Rows
from sentiment.exceptions import DataError

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}


@dataclass(frozen=True)
class ReadOptions:
    """How to read a source that does not say so itself.

    Attributes
    ----------
    encoding : str
        Of csv, tsv, jsonl and txt files.
    input_format : {"csv", "tsv", "jsonl", "parquet"} or None
        Of standard input (None: csv) and of files, whatever their ending.
    columns : tuple of str or None
        The columns that will be asked for; None for all. A hint: formats that
        must be read as a whole ignore it.
    delimiter : str or None
        Between the cells of csv and tsv; None for what the ending says.
    """

    encoding: str = "utf-8"
    input_format: str | None = None
    columns: tuple[str, ...] | None = None
    delimiter: str | None = None


def read_file(path: Path, options: ReadOptions) -> Rows:
    """Read a csv, tsv, jsonl or parquet file, decompressed by its ending."""
    file_format = format_of(path, options.input_format)
    if file_format == "parquet" and path.suffix.lower() not in COMPRESSIONS:
        return read_parquet(path, str(path), options.columns)
    return _parse(read_bytes(path), file_format, str(path), options)


def read_standard_input(options: ReadOptions) -> Rows:
    """Read standard input to its end; it can be read only once."""
    file_format = check_format(options.input_format or "csv")
    return _parse(standard_input().read(), file_format, STANDARD_INPUT_NAME, options)


def _parse(data: bytes, file_format: str, name: str, options: ReadOptions) -> Rows:
    if not data:
        raise DataError(f"{name} is empty.")
    if file_format == "parquet":
        return read_parquet(data, name, options.columns)
    text = decode(data, options.encoding, name)
    if file_format == "jsonl":
        return read_jsonl(text, name)
    return read_delimited(text, name, delimiter_of(file_format, options))


def delimiter_of(file_format: str, options: ReadOptions) -> str:
    """Return what stands between the cells of a csv or tsv file."""
    return options.delimiter or ("\t" if file_format == "tsv" else ",")


def format_of(path: Path, input_format: str | None) -> str:
    """Return the format that is asked for, else that of the ending of a file."""
    if input_format is not None:
        return check_format(input_format)
    endings = [ending.lower() for ending in path.suffixes[-2:]]
    if endings and endings[-1] in COMPRESSIONS:
        endings.pop()
    if endings and endings[-1] in FORMATS:
        return FORMATS[endings[-1]]
    raise DataError(
        f"{path} does not end in {', '.join(FORMATS)}, or one of these and .gz or "
        ".zst. Convert it, or name its format with --input-format."
    )


def check_format(input_format: str) -> str:
    """Return a format, or refuse one that cannot be read."""
    known: Sequence[str] = list(dict.fromkeys(FORMATS.values()))
    if input_format not in known:
        raise DataError(
            f"{input_format!r} is not a format that can be read. Use one of "
            f"{', '.join(known)}."
        )
    return input_format
