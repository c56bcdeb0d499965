"""Reading CSV and TSV text, every cell exactly as it is written.

pandas is not used here: its parser ends a cell at a NUL, drops blank lines and
turns ``NA`` into a missing value.
"""

import csv
import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sentiment.datasets._rows import Rows, check_names, numbered_rows, to_column
from sentiment.exceptions import DataError

# The csv module has one limit for the whole process.
_limit_lock = threading.Lock()


def read_delimited(text: str, name: str, delimiter: str = ",") -> Rows:
    """Read CSV (RFC 4180) or the same with another delimiter.

    A blank line is a row with one empty cell when there is one column (pandas
    drops it); with several columns no cell can be told from it, and it is skipped.
    """
    with _unlimited_cells():
        table = list(_records(text, name, delimiter))
    if not table:
        raise DataError(f"{name} is empty. Its first line must name the columns.")
    header, *rows = table
    check_names(header, name)
    if not rows:
        raise DataError(f"{name} has a header and no rows.")
    return Rows(
        name=name,
        columns={
            column: to_column(list(cells))
            for column, cells in zip(header, zip(*rows, strict=True), strict=True)
        },
        n_rows=len(rows),
        place=numbered_rows(name),
        names=tuple(header),
        untyped=True,
    )


def _records(text: str, name: str, delimiter: str) -> Iterator[list[str]]:
    text, newline, shield = _shield_carriage_returns(text)
    # strict: otherwise a quote that is never closed swallows the rest of the file.
    reader = csv.reader(
        io.StringIO(text, newline=newline), delimiter=delimiter, strict=True
    )
    width = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError(f"{name}:{line}: {_explain(error)}") from None
        if not cells:
            if width != 1:
                continue
            cells = [""]
        width = width or len(cells)
        if len(cells) != width:
            plural = "cell" if len(cells) == 1 else "cells"
            raise DataError(
                f"{name}:{line}: {len(cells)} {plural} where the header has {width}. "
                f"Put quotes around a cell that holds {_SPELLED[delimiter]}."
            )
        yield [cell.replace(shield, "\r") for cell in cells] if shield else cells


def _shield_carriage_returns(text: str) -> tuple[str, str, str]:
    r"""Put another character for each lone \r; return text, line end, that character.

    pandas and Python's csv write a \r without quotes where lines end in \n. The
    csv module would not read it back. A file without \n has lines that end in \r.
    """
    if "\r" not in text:
        return text, "\n", ""
    if "\n" not in text:
        return text, "\r", ""
    # \r\r\n is how a file opened without newline="" ends its lines on Windows.
    lone = re.compile(r"\r(?!\r*\n)")
    if not lone.search(text):
        return text, "\n", ""
    shield = next(
        mark for mark in map(chr, range(0xE000, 0x110000)) if mark not in text
    )
    return lone.sub(shield, text), "\n", shield


_SPELLED = {",": "a comma", "\t": "a tab"}


def _explain(error: csv.Error) -> str:
    said = str(error)
    if "unexpected end of data" in said:
        return "a quote is opened here and never closed."
    if "expected after" in said:
        return "text follows a closing quote. Write a quote inside a quoted cell twice."
    return f"{said}."


@contextmanager
def _unlimited_cells() -> Iterator[None]:
    """Allow cells over 131,072 characters, for this reading only."""
    with _limit_lock:
        before = csv.field_size_limit(2**31 - 1)
        try:
            yield
        finally:
            csv.field_size_limit(before)
