"""Which formats can be read, and how they are named."""

from pathlib import Path

from sentiment.datasets._bytes import COMPRESSIONS
from sentiment.exceptions import DataError

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".txt": "txt",
    ".xlsx": "xlsx",
    ".xls": "xlsx",
    ".ods": "xlsx",
    ".db": "sqlite",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
}
"""The format that an ending says; what a .txt file is, its first line does."""

NAMES = (
    "csv", "tsv", "jsonl", "json", "parquet", "arrow", "fasttext", "lines", "xlsx",
    "sqlite",
)  # fmt: skip
"""What ``input_format`` may be."""


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
        f"{path} does not end in {', '.join(FORMATS)}, or one of these and .gz, .zst, "
        ".bz2, .xz or .zip. Convert it, or name its format with input_format=..."
    )


def check_format(input_format: str) -> str:
    """Return a format, or refuse one that cannot be read."""
    if input_format not in NAMES:
        raise DataError(
            f"{input_format!r} is not a format that can be read. Use one of "
            f"{', '.join(NAMES)}."
        )
    return input_format
