"""Which formats can be read, and how they are named."""

from pathlib import Path

from sentiment.exceptions import DataError
from sentiment.formats import COMPRESSIONS, ENDINGS, READABLE


def format_of(path: Path, input_format: str | None) -> str:
    """Return the format that is asked for, else that of the ending of a file."""
    if input_format is not None:
        return check_format(input_format)
    endings = [ending.lower() for ending in path.suffixes[-2:]]
    if endings and endings[-1] in COMPRESSIONS:
        endings.pop()
    if endings and endings[-1] in ENDINGS:
        return ENDINGS[endings[-1]]
    raise DataError(
        f"{path} does not end in {', '.join(ENDINGS)}, or one of these and .gz, .zst, "
        ".bz2, .xz or .zip. Convert it, or name its format with input_format=..."
    )


def check_format(input_format: str) -> str:
    """Return a format, or refuse one that cannot be read."""
    if input_format not in READABLE:
        raise DataError(
            f"{input_format!r} is not a format that can be read. Use one of "
            f"{', '.join(READABLE)}."
        )
    return input_format
